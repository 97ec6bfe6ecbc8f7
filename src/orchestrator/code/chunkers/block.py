"""Blocks of 5 to 10 lines, cut at blank lines and at the end of indented blocks: many small chunks."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.code.chunkers._cuts import lines_of, pieces
from orchestrator.code.chunkers._named import named
from orchestrator.code.protocols import Chunk, Chunker

SHORTEST, LONGEST = 5, 10


def create() -> Chunker:
    """Return the chunker."""
    return BlockChunker()


@dataclass(frozen=True, slots=True)
class BlockChunker:
    """Cuts a file into small chunks, for answers of a few lines."""

    name: str = "block"

    def chunks(self, path: str, text: str) -> list[Chunk]:
        """Cut a file, as ``Chunker.chunks`` says."""
        lines = lines_of(text)
        return named(path, text, lines, pieces(lines, 1, len(lines), least=SHORTEST, most=LONGEST))
