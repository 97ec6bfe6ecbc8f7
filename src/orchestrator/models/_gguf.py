"""Reads single values of a GGUF file's header, such as the context that a model was trained for. Knows only its format.

The header is a list of named values. Each value gives its own length. They are read one after another. The weights
after them are not read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}  # bytes, by the format's type number
_STRING, _ARRAY = 8, 9
_FORMATS = {4: "<I", 5: "<i", 10: "<Q", 11: "<q"}
_MOST_VALUES = 10_000
_LONGEST_KEY = 1 << 16
_LONGEST_TEXT = 1 << 16


def trained_context(path: Path) -> int | None:
    """Return the number of tokens in ``<architecture>.context_length``; None if the file does not say."""
    for key, kind, file in _values(path):
        if key.endswith(".context_length") and kind in _FORMATS:
            return max(1, _number(file, _FORMATS[kind]))
    return None


def text_of(path: Path, name: str) -> str | None:
    """Return a text of the header, such as ``general.type``; None if the file does not have it."""
    for key, kind, file in _values(path):
        if key == name and kind == _STRING:
            return file.read(_length(file, _LONGEST_TEXT)).decode("utf-8", "replace")
    return None


def _values(path: Path) -> Iterator[tuple[str, int, BinaryIO]]:
    """The header's values: name, type, and the file at the value. It ends where the header cannot be read."""
    with suppress(OSError, struct.error, KeyError, ValueError), path.open("rb") as file:
        magic, version, _, count = struct.unpack("<4sIQQ", file.read(24))
        if magic != b"GGUF" or version < 2 or count > _MOST_VALUES:
            return
        for _ in range(count):
            key = file.read(_length(file, _LONGEST_KEY)).decode("utf-8", "replace")
            kind = _number(file, "<I")
            value = file.tell()
            yield key, kind, file
            file.seek(value)
            _skip(file, kind)


def _skip(file: BinaryIO, kind: int) -> None:
    if kind == _STRING:
        file.seek(_length(file), 1)
    elif kind == _ARRAY:
        inner, count = _number(file, "<I"), _number(file, "<Q")
        if inner in _SIZES:
            file.seek(_SIZES[inner] * count, 1)
        else:
            for _ in range(count):
                _skip(file, inner)
    else:
        file.seek(_SIZES[kind], 1)


def _length(file: BinaryIO, most: int = 1 << 31) -> int:
    length = _number(file, "<Q")
    if length > most:
        raise ValueError(length)
    return length


def _number(file: BinaryIO, form: str) -> int:
    (value,) = struct.unpack(form, file.read(struct.calcsize(form)))
    return int(value)
