"""Blocks of 5 to 10 lines, cut at blank lines and at the end of indented blocks: many small chunks."""

from __future__ import annotations

from orchestrator.code.chunkers._by_lines import LineChunker
from orchestrator.code.protocols import Chunker


def create() -> Chunker:
    """Return the chunker."""
    return LineChunker("block", least=5, most=10)
