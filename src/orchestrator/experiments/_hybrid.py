"""A hybrid of two chunkers: whole functions, and the blocks of long functions. Knows chunks; not syntax."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.code.protocols import Chunk, Chunker

LONG = 20  # lines; a shorter function stays one chunk


@dataclass(frozen=True, slots=True)
class HybridChunker:
    """A chunker that cuts with one chunker, and cuts chunks of more than 20 lines again with another.

    Attributes:
        coarse: Cuts the file.
        fine: Cuts long chunks.
        name: The name in reports.
    """

    coarse: Chunker
    fine: Chunker
    name: str = "hybrid"

    def chunks(self, path: str, text: str) -> list[Chunk]:
        """Cut a file, as ``Chunker.chunks`` says."""
        lines = text.split("\n")
        found: list[Chunk] = []
        for chunk in self.coarse.chunks(path, text):
            if chunk.end_line - chunk.start_line < LONG:
                found.append(chunk)
                continue
            before = chunk.start_line - 1
            part = "\n".join(lines[before : chunk.end_line])
            found += [
                Chunk(path, each.start_line + before, each.end_line + before, chunk.name, each.text, each.defines)
                for each in self.fine.chunks(path, part)
            ]
        return found
