"""Reads a text in the common encodings: escapes, codes such as base64 and hexadecimal, numbers, Morse, shifted letters.

It finds text that is hidden by encoding, not by encryption. Every part of the text that may be a code is decoded, so
that no text before it can use up a limit.
Pure; does not know what is being looked for.
"""

from __future__ import annotations

import re
import zlib
from base64 import a85decode, b85decode
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from html import unescape
from itertools import product
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from unicodedata import lookup
from urllib.parse import unquote_plus

DEPTH = 2  # an encoding inside an encoding
AT_MOST = 64  # readings that ``decoded`` returns by themselves

_HEX = "[0-9a-fA-F]"
_ESCAPES = re.compile(
    rf"(?:\\x|=(?={_HEX}{{2}}=)|(?<==..)=)({_HEX}{{2}})"
    rf"|(?:\\u|%u)({_HEX}{{4}})|\\U({_HEX}{{8}})|\\u\{{({_HEX}{{1,6}})\}}|\\({_HEX}{{6}}) ?|\\([0-7]{{2,3}})"
)
_OCTAL = 6  # the group of ``_ESCAPES`` that is not hexadecimal
_NAMED_ESCAPE = re.compile(r"\\N\{([A-Za-z -]{1,80})\}")
_LETTER_ESCAPE = re.compile(r"\\([nrt\"'/])")
_LETTER_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}

_PRINTABLE = re.compile(rb"[\x20-\x7e]{4,}")
_MOST_INFLATED = 100_000  # bytes
_CASES = 6  # bits; an alphabet with fewer has no need of both cases
_LONGEST_NUMBER = 256  # digits; reading a number takes quadratic time
_PACKED = re.compile(r"[\w+/-]{16,}(?:\r?\n[\w+/-]+)*", re.ASCII)  # perhaps in lines
_BASE45_DIGITS = digits + ascii_uppercase + " $%*+-./:"
_BASE45 = re.compile(f"[{re.escape(_BASE45_DIGITS)}]{{9,}}")
_CODE = re.compile(r"(?<![0-9a-z])(?:0[box]|u\+|[ux])?([0-9a-f]{1,8})h?(?![0-9a-z])", re.IGNORECASE)
_NUMBER = re.compile(r"\b[0-9]{1,9}\b")
_FEWEST_MOVED = 6  # numbers; fewer are read as any text by some number
_DIGITS = re.compile(r"\d{9,}")
_MORSE = re.compile(r"[.·•_−–—-]{1,6}")
_MORSE_DASHES = str.maketrans(".·•_−–—-", "00011111")
_MORSE_TREE = "  etianmsurwdkgohvf?l?pjbxcyzq??54?3???2???????16???????7???8?90"
_TWO = re.compile(r"([\s\S])([\s\S])")
_PUNYCODE = re.compile(r"xn--([a-z0-9-]+)", re.IGNORECASE)
_SPOKEN = {
    name: str(at)
    for at, name in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
}

_HEX_DIGITS = digits + "abcdef"
_BIT_CODES = (  # alphabets of 2, 16, 32 and 64 characters
    "01",
    "ab",
    _HEX_DIGITS,
    "abcdefghijklmnop",
    ascii_lowercase + "234567",
    digits + ascii_lowercase[:22],
    digits + "abcdefghjkmnpqrstvwxyz",
    ascii_uppercase + ascii_lowercase + digits + "+/",
    ascii_uppercase + ascii_lowercase + digits + "-_",
    "".join(map(chr, range(0x20, 0x60))),
)
_NUMBER_CODES = (
    digits,
    digits + ascii_lowercase,
    digits + ascii_uppercase,
    digits + ascii_letters,
    digits + ascii_uppercase + ascii_lowercase,
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
)


def unescaped(text: str) -> list[str]:
    """Return the text, and the text with percent signs, entities and escapes resolved, if that differs."""
    readings = [text]
    for _ in range(DEPTH + 1):
        plain = _ESCAPES.sub(_character, unescape(unquote_plus(readings[-1])))
        plain = _NAMED_ESCAPE.sub(_named, plain)
        plain = _LETTER_ESCAPE.sub(lambda match: _LETTER_ESCAPES.get(match[1], match[1]), plain)
        if plain == readings[-1]:
            break
        readings.append(plain)
    return readings


@lru_cache(maxsize=64)  # the pages of a long chat are read again for each call
def unpacked(text: str) -> str:
    """Return what the long codes in a text from outside hold, such as base64 and hexadecimal, read once.

    Args:
        text: The text, perhaps a long page.
    """
    return "\n".join(piece for code in dict.fromkeys(_PACKED.findall(text)) for piece in _in_bits(code))


def decoded(text: str) -> list[str]:
    """Return other texts that the text, or parts of it, may encode.

    Returns:
        At most ``AT_MOST`` readings: the first by themselves, the others together in the last one. The results of
        ``unescaped`` are not included.
    """
    codes = sorted(spelled(text), key=len, reverse=True)
    plain = unescaped(text)
    found = [reading for reading in dict.fromkeys((*codes, *turned(text))) if reading not in plain]
    return [*found[: AT_MOST - 1], "\n".join(found[AT_MOST - 1 :])] if len(found) > AT_MOST else found


def spelled(text: str) -> list[str]:
    """Return what is written in codes for characters, such as base64, in the text or in the reversed text."""
    plain = unescaped(text)[-1]
    latest = list(dict.fromkeys((text, plain, plain[::-1], plain.translate(_shifted(13)))))
    found: dict[str, None] = {}  # a set that keeps its order
    for _ in range(DEPTH):
        pieces = dict.fromkeys(piece for each in latest for decode in _DECODERS for piece in decode(each))
        found |= pieces
        together = "\n".join(pieces)
        latest = [together, together[::-1]]
        found |= dict.fromkeys(piece[::-1] for piece in pieces)
    return [piece for piece in found if piece.strip()]


def turned(text: str) -> list[str]:
    """Return the text with letters in another order, and with other letters for the letters."""
    plain = unescaped(text)[-1]
    dense = "".join(plain.split())
    initials = "".join(_SPOKEN.get(word, word[0]) for word in re.findall(r"\w+", plain.lower()))
    return [
        plain[::-1],
        *(each.translate(table) for each in (plain, plain[::-1]) for table in _SUBSTITUTIONS),
        *(each[start::step] for each in dict.fromkeys((plain, dense)) for step in (2, 3) for start in range(step)),
        *(initials[start::step] for step in range(1, 6) for start in range(step)),
        *(_TWO.sub(r"\2\1", each[start:]) for each in (plain, dense) for start in (0, 1)),
        " ".join(word[::-1] for word in plain.split()),
        *_moved([int(number) for number in _NUMBER.findall(plain)]),
    ]


def _character(match: re.Match[str]) -> str:
    at = match.lastindex or 1
    code = int(match[at], 8 if at == _OCTAL else 16)
    return chr(code) if code <= 0x10FFFF else match[0]


def _named(match: re.Match[str]) -> str:
    try:
        return lookup(match[1])
    except KeyError:
        return match[0]


def _in_bits(text: str) -> Iterator[str]:
    """Codes whose alphabet has 2, 16, 32 or 64 characters. Blanks may be inside, and the first bits may be missing."""
    dense = "".join(text.split())
    for pattern, table in _bit_readers():
        for run in dict.fromkeys((*pattern.findall(text), *pattern.findall(dense))):
            bits = run.translate(table)
            for start in range(8):
                part = bits[start : len(bits) - (len(bits) - start) % 8]
                yield from _text_of(int(part, 2).to_bytes(len(part) // 8, "big"))


def _in_numbers(text: str) -> Iterator[str]:
    """Codes in which the whole text is one number, as in base 58."""
    for pattern, table in _number_readers():
        for run in pattern.findall(text):
            number = 0
            for character in run:
                number = number * len(table) + table[character]
            yield from _text_of(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _in_base85(text: str) -> Iterator[str]:
    for run in re.findall(r"\S{5,}", text):
        for decode in (a85decode, b85decode):
            with suppress(ValueError):
                yield from _text_of(decode(run.strip("<~>")))


def _in_base45(text: str) -> Iterator[str]:
    for run in _BASE45.findall(text):
        for start in range(3):
            values = [_BASE45_DIGITS.index(character) for character in run[start:]]
            pairs = zip(values[::3], values[1::3], values[2::3], strict=False)
            yield from _text_of(
                b"".join((low + 45 * mid + 2025 * high & 0xFFFF).to_bytes(2, "big") for low, mid, high in pairs)
            )


def _in_codes(text: str) -> Iterator[str]:
    """A number for each character, whatever is between the numbers."""
    codes = _CODE.findall(text)
    for base in (2, 8, 10, 16):
        yield from _runs("".join(_of_number(code, base) for code in codes))
    yield from _runs("".join(map(_of_place, codes)))
    for run in _DIGITS.findall(text):
        for base, start in product((8, 10), range(3)):
            yield from _runs("".join(_of_number(run[at : at + 3], base) for at in range(start, len(run), 3)))


def _of_number(code: str, base: int) -> str:
    try:
        number = int(code, base)
    except ValueError:
        return "\n"
    return chr(number) if 0x20 <= number <= 0x2FFF else "\n"


def _of_place(code: str) -> str:
    """The letter at a place in the alphabet; other numbers stay."""
    return ascii_lowercase[int(code) - 1] if code.isdigit() and 1 <= int(code) <= 26 else code


def _moved(numbers: Sequence[int]) -> Iterator[str]:
    """The characters of numbers to which the same number was added, whichever it is."""
    if len(numbers) >= _FEWEST_MOVED:
        middle = sorted(numbers)[len(numbers) // 2]
        for by in range(middle - 0x7E, middle - 0x1F):
            yield "".join(chr(each - by) if 0x20 <= each - by <= 0x7E else "\n" for each in numbers)


def _runs(text: str) -> Iterator[str]:
    return (run for run in text.split("\n") if len(run) >= 4)


def _in_morse(text: str) -> Iterator[str]:
    signs = [int("1" + sign.translate(_MORSE_DASHES), 2) for sign in _MORSE.findall(text)]
    if len(signs) >= 4:
        yield "".join(_MORSE_TREE[sign] if sign < len(_MORSE_TREE) else "?" for sign in signs)


def _in_a_block(text: str) -> Iterator[str]:
    """Each byte as a character of one Unicode block, such as the signs for Braille."""
    yield from _text_of(bytes(ord(character) & 0xFF for character in text if ord(character) > 0xFF))


def _in_punycode(text: str) -> Iterator[str]:
    for label in _PUNYCODE.findall(text):
        with suppress(ValueError):
            yield label.encode().decode("punycode")


def _text_of(data: bytes) -> Iterator[str]:
    """The text in the bytes, or the stretches of ASCII in them: what is before or after a code spoils some bytes."""
    data = _inflated(data).replace(b"\0", b"")  # a text in UTF-16 or UTF-32 has zeros
    with suppress(ValueError):
        text = data.decode("utf-8")
        if len(text) >= 4 and text.isprintable():
            yield text
            return
    yield from (run.decode("ascii") for run in _PRINTABLE.findall(data))


def _inflated(data: bytes) -> bytes:
    if data[:2] != b"\x1f\x8b" and data[:1] != b"\x78":
        return data
    try:
        return zlib.decompressobj(wbits=47).decompress(data, _MOST_INFLATED)
    except zlib.error:
        return data


@cache
def _bit_readers() -> list[tuple[re.Pattern[str], dict[int, str]]]:
    """For each alphabet: how a code is found, and the bits of each character. Made when first used."""
    readers = []
    for alphabet in _BIT_CODES:
        width = (len(alphabet) - 1).bit_length()
        table = {ord(character): f"{at:0{width}b}" for at, character in enumerate(alphabet)}
        if width < _CASES:
            table |= {ord(character.upper()): table[ord(character)] for character in alphabet}
        readers.append((re.compile(f"[{re.escape(''.join(map(chr, table)))}]{{{max(6, 30 // width)},}}"), table))
    return readers


@cache
def _number_readers() -> list[tuple[re.Pattern[str], dict[str, int]]]:
    """For each alphabet: how a number is found, and the value of each digit. Made when first used."""
    readers = []
    for alphabet in _NUMBER_CODES:
        table = {character: at for at, character in enumerate(alphabet)}
        inside = re.escape(alphabet)
        pattern = re.compile(f"(?<![{inside}])[{inside}]{{8,{_LONGEST_NUMBER}}}(?![{inside}])")
        readers.append((pattern, table))
    return readers


def _shifted(by: int) -> dict[int, int]:
    return str.maketrans(ascii_letters, "".join(each[by:] + each[:by] for each in (ascii_lowercase, ascii_uppercase)))


_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_SUBSTITUTIONS = (
    *map(_shifted, range(1, 26)),
    str.maketrans(ascii_letters, ascii_lowercase[::-1] + ascii_uppercase[::-1]),
    str.maketrans(_ASCII, _ASCII[47:] + _ASCII[:47]),
)
Decoder = Callable[[str], Iterator[str]]
_DECODERS: tuple[Decoder, ...] = (
    _in_bits,
    _in_numbers,
    _in_base85,
    _in_base45,
    _in_codes,
    _in_morse,
    _in_a_block,
    _in_punycode,
)
