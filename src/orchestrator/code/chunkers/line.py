"""20 lines per chunk, without regard to syntax: the baseline for the other chunkers."""

from __future__ import annotations

from orchestrator.code.chunkers._by_lines import LineChunker
from orchestrator.code.protocols import Chunker


def create() -> Chunker:
    """Return the chunker."""
    return LineChunker("line", least=20, most=20)
