"""Embedders that need no weights: real ones, of hashed words, and one that knows nothing."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pytest
from numpy.typing import NDArray

from orchestrator.code.identifiers import terms
from orchestrator.experiments._embedders import Named


class HashedWords:
    """Counts words, each in one of 64 places; a real embedder, if a poor one."""

    name, dimension = "hashed-words", 64

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for term in terms(text):
                row[crc32(term.encode()) % self.dimension] += 1
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: NDArray[np.float32] = np.divide(rows, lengths, out=rows, where=lengths > 0)
        return unit


class KnowsNothing:
    """Gives zeros for every text, as a static model does for words it has never seen."""

    name, dimension = "knows-nothing", 8

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.zeros((len(texts), self.dimension), dtype=np.float32)


@pytest.fixture(scope="session")
def words() -> Named:
    return Named("words", HashedWords())


@pytest.fixture
def nothing() -> Named:
    return Named("nothing", KnowsNothing())
