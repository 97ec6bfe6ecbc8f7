"""Gives chunks that were cut by lines the name of the definition around them. Knows outlines; not where to cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orchestrator.code.chunkers._outline import Definition, outline
from orchestrator.code.protocols import Chunk


def named(path: str, text: str, lines: list[str], parts: Iterable[tuple[int, int]]) -> list[Chunk]:
    """Return a chunk for each part of a file.

    Args:
        path: The path of the file.
        text: The text of the file.
        lines: The same text as lines.
        parts: The first and the last line of each part, counted from 1, in order.
    """
    found = sorted(_all(outline(path, text)), key=lambda each: each.start)
    open_: list[Definition] = []
    chunks, at = [], 0
    for start, end in parts:
        begun = at
        while at < len(found) and found[at].start <= end:
            at += 1
        begin_here = found[begun:at]
        open_ = [each for each in open_ if each.end >= start]
        first = next((each for each in begin_here if each.kind != "value"), None)
        around = open_[-1] if open_ else first
        open_ += [each for each in begin_here if each.kind != "value" and each.end > end]
        open_.sort(key=lambda each: each.start)
        defines = tuple(dict.fromkeys(each.name for each in begin_here if each.name))
        body = "\n".join(lines[start - 1 : end])
        chunks.append(Chunk(path, start, end, around.qualified if around else "", body, defines))
    return chunks


def _all(found: list[Definition]) -> Iterator[Definition]:
    for each in found:
        yield each
        yield from _all(each.inner)
