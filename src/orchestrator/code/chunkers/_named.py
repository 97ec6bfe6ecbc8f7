"""Chunks of given lines, each with the name of what it lies in. For chunkers that cut by lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orchestrator.code.chunkers._outline import Definition, outline
from orchestrator.code.protocols import Chunk


def named(path: str, text: str, lines: list[str], parts: Iterable[tuple[int, int]]) -> list[Chunk]:
    """A chunk for each part; ``parts`` are first and last lines in order."""
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
