"""One chunk per function, method or type, and for the lines between them; over 80 lines it is cut. The default."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.code.chunkers._cuts import lines_of, pieces
from orchestrator.code.chunkers._outline import Definition, flat, outline
from orchestrator.code.protocols import Chunk, Chunker

LONGEST = 80
SHORTEST = 10  # lines of a piece of something longer
PLAIN = 20  # lines of a chunk if the language has no grammar


def create() -> Chunker:
    """Return the chunker."""
    return FunctionChunker()


@dataclass(frozen=True, slots=True)
class FunctionChunker:
    """Cuts a file along its outline. A type's own chunk holds what is not in its methods."""

    name: str = "function"

    def chunks(self, path: str, text: str) -> list[Chunk]:
        """Cut a file, as ``Chunker.chunks`` says."""
        lines = lines_of(text)
        if not lines:
            return []
        found = outline(path, text)
        if not found:
            parts = pieces(lines, 1, len(lines), least=PLAIN, most=PLAIN)
            return [_chunk(path, lines, _Part(first, last, "", False)) for first, last in parts]
        whole = Definition("", "", "type", 1, len(lines), found)
        return [_chunk(path, lines, part) for part in _settled(lines, _within(lines, 1, len(lines), whole))]


@dataclass(slots=True)
class _Part:
    """Lines with one name. A ``loose`` part is between definitions."""

    start: int
    end: int
    name: str
    loose: bool
    defines: tuple[str, ...] = ()


def _within(lines: list[str], start: int, end: int, around: Definition) -> Iterator[_Part]:
    """The parts of a definition, or of a whole file: every line is in one of them, in order."""
    here = (around.name,) if around.name else ()
    values = [each for each in around.inner if each.kind == "value"]
    for each in around.inner:
        if each.kind == "value" or each.end < start:
            continue
        first, last = max(each.start, start), min(each.end, end)
        if first > start:
            yield from _cut(lines, _Part(start, first - 1, around.qualified, True, here), values)
            here = ()
        divided = each.kind == "type" or last - first >= LONGEST
        if divided and any(one.kind != "value" for one in each.inner):
            yield from _within(lines, first, last, each)
        else:
            part = _Part(first, last, each.qualified, False, (each.name,) if each.name else ())
            yield from _cut(lines, part, [one for one in flat(each.inner) if one.name])
        start = last + 1
    if start <= end:
        yield from _cut(lines, _Part(start, end, around.qualified, True, here), values)


def _cut(lines: list[str], part: _Part, inner: list[Definition]) -> Iterator[_Part]:
    """Cut a part into pieces. A piece defines what begins in it of ``inner``; the first one ``part.defines`` too."""
    here = part.defines
    for first, last in pieces(lines, part.start, part.end, least=SHORTEST, most=LONGEST):
        names = tuple(each.name for each in inner if first <= each.start <= last)
        yield _Part(first, last, part.name, part.loose, here + names)
        here = ()


def _settled(lines: list[str], parts: Iterator[_Part]) -> Iterator[_Part]:
    """Join loose parts without a word (blank lines, a closing bracket) to the part before; the first to the next."""
    before: _Part | None = None
    for part in parts:
        text = "".join(lines[part.start - 1 : part.end])
        empty = part.loose and not any(map(str.isalnum, text))
        if before is None:
            before = part
        elif empty:
            before.end = part.end
        elif before.loose and not before.defines and not any(map(str.strip, lines[before.start - 1 : before.end])):
            part.start, before = before.start, part
        else:
            yield before
            before = part
    if before is not None:
        yield before


def _chunk(path: str, lines: list[str], part: _Part) -> Chunk:
    text = "\n".join(lines[part.start - 1 : part.end])
    return Chunk(path, part.start, part.end, part.name, text, tuple(dict.fromkeys(part.defines)))
