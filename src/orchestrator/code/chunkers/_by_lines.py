"""A chunker that cuts a file by its lines, and names each chunk by the definition around it.

Knows lines and outlines; not how long a chunk should be.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.code.chunkers._cuts import lines_of, pieces
from orchestrator.code.chunkers._outline import Definition, flat, outline
from orchestrator.code.protocols import Chunk


@dataclass(frozen=True, slots=True)
class LineChunker:
    """Cuts a file into chunks of ``least`` to ``most`` lines. Only the last one may be shorter."""

    name: str
    least: int
    most: int

    def chunks(self, path: str, text: str) -> list[Chunk]:
        """Cut a file, as ``Chunker.chunks`` says."""
        lines = lines_of(text)
        found = sorted(flat(outline(path, text)), key=lambda each: each.start)
        open_: list[Definition] = []
        chunks, at = [], 0
        for start, end in pieces(lines, 1, len(lines), least=self.least, most=self.most):
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
