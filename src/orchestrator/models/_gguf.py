"""Reads from a GGUF file's header how long a context its model was trained for. Knows only the header's format.

The header is a list of named values. Each value gives its own length. They are read one after another. The weights
after them are not read.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}  # bytes, by the format's type number
_STRING, _ARRAY = 8, 9
_FORMATS = {4: "<I", 5: "<i", 10: "<Q", 11: "<q"}
_MOST_VALUES = 10_000
_LONGEST_KEY = 1 << 16


def trained_context(path: Path) -> int | None:
    """Return the number of tokens in ``<architecture>.context_length``; None if the file does not say."""
    try:
        with path.open("rb") as file:
            magic, version, _, count = struct.unpack("<4sIQQ", file.read(24))
            if magic != b"GGUF" or version < 2 or count > _MOST_VALUES:
                return None
            for _ in range(count):
                key = file.read(_length(file, _LONGEST_KEY))
                kind = _number(file, "<I")
                if key.endswith(b".context_length") and kind in _FORMATS:
                    return max(1, _number(file, _FORMATS[kind]))
                _skip(file, kind)
    except (OSError, struct.error, KeyError, ValueError):
        return None
    return None


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
