"""Files with very long lines: minified code, or code of people with data in it, such as a picture in one line.

The whole text is cut into chunks, as half a string would hide what comes after it. Then each long line of a chunk is
shortened. Knows lines and definitions; not chunkers.
"""

from __future__ import annotations

from orchestrator.code.chunkers._outline import flat, outline
from orchestrator.code.languages import language_of

LONG = 2_000  # characters
_MEAN = 250  # characters in a line, on average
_SHOWN = 200  # characters of a long line that are kept
_SHORT_LINES = 5  # lines that are not long, in a file of a language without a grammar


def has_long_lines(text: str) -> bool:
    """Return whether a file is minified, or has much data in single lines."""
    lines = text.count("\n") + 1
    return len(text) > LONG and len(text) / lines > _MEAN and len(max(text.split("\n"), key=len)) > LONG


def minified(path: str, text: str) -> bool:
    """Return whether nothing of a file with long lines was written by people: all it defines is in long lines.

    Args:
        path: The path of the file. Its name tells the language.
        text: The text of the file.
    """
    lines = text.split("\n")
    long = [len(line) > LONG for line in lines]
    short = sum(bool(line.strip()) and not is_long for line, is_long in zip(lines, long, strict=True))
    if language_of(path) is None:
        return short < _SHORT_LINES
    return not short or all(any(long[each.start - 1 : each.end]) for each in flat(outline(path, text)))


def without_long_lines(text: str) -> str:
    """Return a text whose long lines are cut."""
    return "\n".join(f"{line[:_SHOWN]} …" if len(line) > LONG else line for line in text.split("\n"))
