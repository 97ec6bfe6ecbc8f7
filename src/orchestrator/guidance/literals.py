"""Literals of grammars (GBNF). Text in, text out."""

from __future__ import annotations

import re

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def quoted(text: str) -> str:
    """Return a text as a literal of a grammar, without the characters that no grammar may contain."""
    return f'"{UNSPEAKABLE.sub("", text).translate(_ESCAPES)}"'
