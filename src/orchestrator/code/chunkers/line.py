"""20 lines a chunk, whatever is in them: the baseline that the others are measured against."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.code.chunkers._cuts import lines_of, pieces
from orchestrator.code.chunkers._named import named
from orchestrator.code.protocols import Chunk, Chunker

LINES = 20


def create() -> Chunker:
    """The chunker, ready to register."""
    return LineChunker()


@dataclass(frozen=True, slots=True)
class LineChunker:
    """A fixed number of lines."""

    name: str = "line"

    def chunks(self, path: str, text: str) -> list[Chunk]:
        lines = lines_of(text)
        return named(path, text, lines, pieces(lines, 1, len(lines), least=LINES, most=LINES))
