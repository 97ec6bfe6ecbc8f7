"""Ways to write a text so that a person can read it back and a comparison of letters does not find it."""

from __future__ import annotations

import bz2
import codecs
import gzip
import re
import zlib
from base64 import a85encode, b32encode, b32hexencode, b64encode, b85encode
from binascii import b2a_uu
from collections.abc import Callable
from string import ascii_lowercase, ascii_uppercase, digits
from unicodedata import name
from urllib.parse import quote

Hide = Callable[[str], str]
BASE_58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BASE_45 = digits + ascii_uppercase + " $%*+-./:"
MORSE_LETTERS = """
.- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..
----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----.
"""
SPELLING_WORDS = """
alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec romeo sierra
tango uniform victor whiskey xray yankee zulu zero one two three four five six seven eight nine
"""
MORSE = dict(zip(ascii_lowercase + digits, MORSE_LETTERS.split(), strict=True))
SPOKEN = dict(zip(ascii_lowercase + digits, SPELLING_WORDS.split(), strict=True))
NIBBLES = str.maketrans(digits + "abcdef", "abcdefghijklmnop")


def numbered(alphabet: str) -> Hide:
    """The whole text as one number."""

    def write(text: str) -> str:
        number, written = int.from_bytes(text.encode(), "big"), ""
        while number:
            number, digit = divmod(number, len(alphabet))
            written = alphabet[digit] + written
        return written

    return write


def in_base_45(text: str) -> str:
    data = text.encode()
    written = ""
    for at in range(0, len(data), 2):
        number = int.from_bytes(data[at : at + 2], "big")
        for _ in range(3 if len(data) - at > 1 else 2):
            written += BASE_45[number % 45]
            number //= 45
    return written


def moved(by: int) -> Hide:
    shifted = ascii_lowercase[by:] + ascii_lowercase[:by]
    table = str.maketrans(ascii_lowercase + ascii_uppercase, shifted + shifted.upper())
    return lambda text: text.translate(table)


def each(template: str, separator: str = "") -> Hide:
    return lambda text: separator.join(template.format(ord(character)) for character in text)


def b64(data: bytes) -> str:
    return b64encode(data).decode()


PARTS: dict[str, Hide] = {
    "without the last two": lambda text: text[:-2],
    "without the first two": lambda text: text[2:],
    "without both ends": lambda text: text[1:-1],
    "without the middle": lambda text: text[: len(text) // 2 - 1] + text[len(text) // 2 + 1 :],
    "in the path of a link": lambda text: f"https://a.test/{quote(text[:-2])}",
    "in the query of a link": lambda text: f"https://a.test/?q={quote(text[2:])}",
    "in the fragment of a link": lambda text: f"https://a.test/#{text[:-1]}",
    "over the parameters of a link": lambda text: (
        "https://a.test/?"
        + "&".join(
            f"{name}={quote(text[at : at + 6])}"
            for name, at in zip("abcdefghijklmno", range(0, len(text), 6), strict=False)
        )
    ),
    "in a JSON value": lambda text: '{"to": "bob", "text": "' + text[:-2] + '"}',
}
LETTERS: dict[str, Hide] = {
    "with dots": ".".join,
    "with pipes": "|".join,
    "with lines": "\n".join,
    "with zero-width characters": "\u200b".join,
    "with accents": lambda text: "".join(f"{character}\u0301\u0335" for character in text),
    "in tags": lambda text: "".join(chr(0xE0000 + ord(character)) for character in text),
    "in full width": lambda text: text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}),
    "in Cyrillic letters": lambda text: text.translate(str.maketrans("aeopcyxk", "аеорсухк")),
    "in small capitals": lambda text: text.lower().translate(
        str.maketrans("abcdefghijklmnoprtuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ")
    ),
    "in circles": lambda text: text.lower().translate({code: 0x24D0 + code - 97 for code in range(97, 123)}),
    "in Arabic digits": lambda text: text.translate(str.maketrans(digits, "٠١٢٣٤٥٦٧٨٩")),
    "in Braille": lambda text: text.lower().translate(str.maketrans(ascii_lowercase, "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵")),
    "in digits for letters": lambda text: text.lower().translate(str.maketrans("aeost", "43057")),
    "in other characters' low bytes": lambda text: "".join(chr(0x4E00 + ord(character)) for character in text),
}
ORDERS: dict[str, Hide] = {
    "reversed": lambda text: text[::-1],
    "words reversed": lambda text: " ".join(word[::-1] for word in text.split()),
    "pairs swapped": lambda text: "".join(text[at : at + 2][::-1] for at in range(0, len(text), 2)),
    "halves swapped": lambda text: text[len(text) // 2 :] + text[: len(text) // 2],
    "every second letter first": lambda text: text[::2] + text[1::2],
    "in five columns": lambda text: "".join(text[at::5] for at in range(5)),
    "between other letters": "q".join,
    "moved by 3": moved(3),
    "moved by 20, reversed": lambda text: moved(20)(text)[::-1],
    "from the end of the alphabet": lambda text: text.translate(
        str.maketrans(ascii_lowercase + ascii_uppercase, ascii_lowercase[::-1] + ascii_uppercase[::-1])
    ),
    "rot47": lambda text: "".join(
        chr(33 + (ord(character) + 14) % 94) if character > " " else character for character in text
    ),
}
CODES: dict[str, Hide] = {
    "quoted-printable": each("={:02X}"),
    "octal escapes": each("\\{:03o}"),
    "CSS escapes": each("\\{:06x}"),
    "JavaScript's old escapes": each("%u{:04x}"),
    "names": lambda text: "".join(f"\\N{{{name(character)}}}" for character in text),
    "percent signs twice": each("%25{:02x}"),
    "entities": each("&#x{:x};"),
    "base64 of UTF-16": lambda text: b64(text.encode("utf-16-le")),
    "base64 of UTF-32": lambda text: b64(text.encode("utf-32")),
    "base64 of gzip": lambda text: b64(gzip.compress(text.encode())),
    "base64 of zlib, in hexadecimal": lambda text: b64(zlib.compress(text.encode())).encode().hex(),
    "base64 without its beginning": lambda text: b64(text.encode())[5:],
    "base64 in pieces": lambda text: " ".join(b64(text.encode())[at : at + 5] for at in range(0, 2 * len(text), 5)),
    "base64, reversed": lambda text: b64(text.encode())[::-1],
    "base64, rot13": lambda text: codecs.encode(b64(text.encode()), "rot13"),
    "base64 in an e-mail's header": lambda text: f"=?utf-8?B?{b64(text.encode())}?=",
    "base 58": numbered(BASE_58),
    "base 62": numbered(digits + ascii_uppercase + ascii_lowercase),
    "base 36": numbered(digits + ascii_lowercase),
    "one number": numbered(digits),
    "base 45": in_base_45,
    "base 85": lambda text: b85encode(text.encode()).decode(),
    "Ascii85": lambda text: a85encode(text.encode()).decode(),
    "base 32": lambda text: b32encode(text.encode()).decode().lower().rstrip("="),
    "base 32 of numbers": lambda text: b32hexencode(text.encode()).decode(),
    "uuencode": lambda text: b2a_uu(text.encode()[:45]).decode(),
    "hexadecimal in letters": lambda text: (
        text.encode().hex().translate(str.maketrans(digits + "abcdef", "abcdefghijklmnop"))
    ),
    "hexadecimal with slashes": each("{:02x}", "/"),
    "hexadecimal with an h": each("{:02X}h", " "),
    "code points": each("U+{:04X}", " "),
    "hexadecimal of UTF-16": lambda text: text.encode("utf-16-be").hex(),
    "numbers with dots": each("{}", "."),
    "numbers in a program": each("chr({})", "+"),
    "numbers of three digits": each("{:03}"),
    "octal numbers": each("{:o}", " "),
    "binary numbers": each("{:08b}", " "),
    "binary digits": each("{:08b}"),
    "binary digits of As and Bs": lambda text: each("{:08b}")(text).translate(str.maketrans("01", "ab")),
    "places in the alphabet": lambda text: " ".join(
        str(ord(character) - 96) if character.isalpha() else character for character in text.lower()
    ),
    "Morse": lambda text: " ".join(MORSE.get(character, "/") for character in text.lower()),
    "spelling words": lambda text: " ".join(SPOKEN[character] for character in text.lower() if character in SPOKEN),
    "a domain": lambda text: (
        "xn--" + LETTERS["in Cyrillic letters"](re.sub(r"\W", "-", text.lower())).encode("punycode").decode()
    ),
}
UNKNOWN: dict[str, Hide] = {  # that nothing decodes: it only looks encoded
    "base64 of bzip2": lambda text: b64(bz2.compress(text.encode())),
    "xor in hexadecimal": lambda text: bytes(byte ^ 0x55 for byte in text.encode()).hex(),
    "numbers moved by 100": lambda text: " ".join(str(byte + 100) for byte in text.encode()),
    "digits in base 5": lambda text: " ".join(f"{byte // 25}{byte // 5 % 5}{byte % 5}" for byte in text.encode()),
    "letters As and Bs": lambda text: " ".join(
        each("{:05b}")(character).translate(str.maketrans("01", "AB")) for character in text
    ),
    "coloured circles": lambda text: each("{:07b}")(text).translate(str.maketrans("01", "🔴⚪")),
    "blanks and tabs": lambda text: "a" + each("{:08b}")(text).translate(str.maketrans("01", " \t")) + "b",
    "dots and dashes in words": lambda text: " ".join(
        {".": "dot", "-": "dash"}[sign] for character in text.lower() for sign in MORSE.get(character, "")
    ),
    "numbers in words": lambda text: " ".join(SPOKEN[digit] for byte in text.encode() for digit in str(byte)),
    "yes and no": lambda text: each("{:07b}")(text).replace("0", "no ").replace("1", "yes "),
    "arrows": lambda text: each("{:07b}")(text).translate(str.maketrans("01", "←→")),
    "private characters": lambda text: "".join(chr(0xE07F - ord(character) % 90) for character in text),
}
