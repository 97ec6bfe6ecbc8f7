"""Cuts lines into pieces at blank lines and at the end of indented blocks. Knows lines; not syntax."""

from __future__ import annotations

from collections.abc import Iterator


def lines_of(text: str) -> list[str]:
    """Return the lines of a text without their newlines. A newline at the end does not begin another line."""
    return text.removesuffix("\n").split("\n") if text else []


def pieces(lines: list[str], start: int, end: int, *, least: int, most: int) -> Iterator[tuple[int, int]]:
    """Cut lines into pieces. Only the last piece may be shorter than ``least``.

    A cut is before the least indented line that can begin the next piece. A line after a blank one is preferred, and
    then the latest.

    Args:
        lines: All lines of the file.
        start: The first line to cut, counted from 1.
        end: The last line, which is included.
        least: The fewest lines of a piece.
        most: The most lines of a piece.

    Yields:
        The first and the last line of each piece.
    """
    while end - start + 1 > most:
        rest = end - start + 1 - most
        # The last piece is not shorter than it must be.
        latest = start + most if rest >= least else max(start + least, end - least + 1)
        cut = min(range(start + least, latest + 1), key=lambda line: (*_cost(lines, line), -line))
        yield start, cut - 1
        start = cut
    if start <= end:
        yield start, end


def _cost(lines: list[str], line: int) -> tuple[bool, int]:
    """How bad a cut before ``line`` is: bad if the line is blank, closes a bracket or is deeply indented."""
    text = lines[line - 1]
    blank_before = not lines[line - 2].strip()
    if not text.strip():
        return True, 0
    return False, 2 * (len(text) - len(text.lstrip())) - 3 * blank_before + 4 * (text.strip()[0] in ")]}")
