"""Decodes a text in all common ways: percent signs, entities, escapes, base64, hexadecimal, numbers, reversed, rot13.

It finds text that is hidden by encoding, not by encryption. Pure; does not know what is being looked for.
"""

from __future__ import annotations

import re
from base64 import b32decode, b64decode
from collections.abc import Callable, Iterator
from functools import partial
from html import unescape
from urllib.parse import unquote_plus

DEPTH = 2  # an encoding inside an encoding
AT_MOST = 64  # decoded texts for each depth

_HEX = "[0-9a-fA-F]"
_ESCAPES = re.compile(rf"\\(?:x({_HEX}{{2}})|u({_HEX}{{4}})|U({_HEX}{{8}})|u\{{({_HEX}{{1,6}})\}})")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}")
_BASE32 = re.compile(r"[A-Za-z2-7]{8,}")
_HEXADECIMAL = re.compile(r"(?:(?:0x|\\x|%)?[0-9a-f]{2}[\s:,-]?){4,}", re.IGNORECASE)
_NOT_HEXADECIMAL = re.compile(r"0x|\\x|[^0-9a-f]", re.IGNORECASE)
_NUMBERS = re.compile(r"(?:\d{2,3}[\s,;-]+){3,}\d{2,3}")
_A, _Z = "abcdefghijklm", "nopqrstuvwxyz"
_ROT13 = str.maketrans(_A + _Z + (_A + _Z).upper(), _Z + _A + (_Z + _A).upper())


def unescaped(text: str) -> list[str]:
    """Return the text, and the text with percent signs, entities and escapes resolved, if that differs."""
    readings = [text]
    for _ in range(DEPTH + 1):
        plain = _ESCAPES.sub(_character, unescape(unquote_plus(readings[-1])))
        if plain == readings[-1]:
            break
        readings.append(plain)
    return readings


def decoded(text: str) -> list[str]:
    """Return other texts that the text, or parts of it, may encode.

    Returns:
        At most ``AT_MOST`` texts for each depth. The results of ``unescaped`` are not included.
    """
    plain = unescaped(text)
    found = dict.fromkeys(plain)  # a set that keeps its order
    latest = plain
    for _ in range(DEPTH):
        latest = [reading for each in latest for decode in _DECODERS for reading in decode(each)][:AT_MOST]
        found |= dict.fromkeys(latest)
    return list(found)[len(plain) :]


def _character(match: re.Match[str]) -> str:
    code = int(next(filter(None, match.groups())), 16)
    return chr(code) if code <= 0x10FFFF else match[0]


def _turned(text: str) -> Iterator[str]:
    yield text[::-1]
    yield text.translate(_ROT13)


def _in_base64(text: str) -> Iterator[str]:
    for code in _BASE64.findall(text.replace("-", "+").replace("_", "/")):
        whole = code[: len(code) - (len(code) % 4 == 1)]
        yield from _text_of(partial(b64decode, whole + "=="))


def _in_base32(text: str) -> Iterator[str]:
    for code in _BASE32.findall(text):
        yield from _text_of(partial(b32decode, code + "=" * (-len(code) % 8), casefold=True))


def _in_hexadecimal(text: str) -> Iterator[str]:
    for code in _HEXADECIMAL.findall(text):
        yield from _text_of(partial(bytes.fromhex, _NOT_HEXADECIMAL.sub("", code)))


def _in_numbers(text: str) -> Iterator[str]:
    for numbers in _NUMBERS.findall(text):
        yield "".join(chr(int(number)) for number in re.findall(r"\d+", numbers))


def _text_of(decode: Callable[[], bytes]) -> Iterator[str]:
    """The text in the bytes, if they are text."""
    try:
        text = decode().decode("utf-8")
    except ValueError:  # the bytes are no text, so it was another encoding
        return
    if text.isprintable():
        yield text


_DECODERS = (_turned, _in_base64, _in_base32, _in_hexadecimal, _in_numbers)
