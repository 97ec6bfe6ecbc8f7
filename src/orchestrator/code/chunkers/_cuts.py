"""Where a stretch of lines is best cut: at blank lines and where indentation ends. Knows lines; not syntax."""

from __future__ import annotations

from collections.abc import Iterator


def lines_of(text: str) -> list[str]:
    """The lines without their ends, as an editor counts them. A newline at the end begins no further line."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


def pieces(lines: list[str], start: int, end: int, *, least: int, most: int) -> Iterator[tuple[int, int]]:
    """Cuts the lines ``start`` to ``end`` (from 1, both in it) into pieces of ``least`` to ``most`` lines.

    Only the last may be shorter. A cut lies before the least indented line that can begin the next piece, a line behind
    a blank one if there is one, and as late as possible.
    """
    while end - start + 1 > most:
        rest = end - start + 1 - most
        # Leave the last piece no shorter than it must be.
        latest = start + most if rest >= least else max(start + least, end - least + 1)
        cut = min(range(start + least, latest + 1), key=lambda line: (*_cost(lines, line), -line))
        yield start, cut - 1
        start = cut
    if start <= end:
        yield start, end


def _cost(lines: list[str], line: int) -> tuple[bool, int]:
    """How bad a cut before ``line`` is: it begins with a blank or a closing one, or deep inside."""
    text = lines[line - 1]
    blank_before = not lines[line - 2].strip()
    if not text.strip():
        return True, 0
    return False, 2 * (len(text) - len(text.lstrip())) - 3 * blank_before + 4 * (text.strip()[0] in ")]}")
