"""20 lines per chunk, without regard to syntax: the baseline for the other chunkers."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.code.chunkers._cuts import lines_of, pieces
from orchestrator.code.chunkers._named import named
from orchestrator.code.protocols import Chunk, Chunker

LINES = 20


def create() -> Chunker:
    """Return the chunker."""
    return LineChunker()


@dataclass(frozen=True, slots=True)
class LineChunker:
    """Cuts a file into chunks of 20 lines."""

    name: str = "line"

    def chunks(self, path: str, text: str) -> list[Chunk]:
        """Cut a file, as ``Chunker.chunks`` says."""
        lines = lines_of(text)
        return named(path, text, lines, pieces(lines, 1, len(lines), least=LINES, most=LINES))
