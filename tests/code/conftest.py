"""What the tests of code search share: a small project, and an embedder that needs no weights."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from orchestrator.code.identifiers import terms

SAMPLES = Path(__file__).parent / "samples"


class HashEmbedder:
    """A random direction for each term. ``texts`` is what it was asked to encode."""

    def __init__(self, name: str = "hash", dimension: int = 64) -> None:
        self.name, self.dimension = name, dimension
        self.texts: list[str] = []
        self._rows = np.random.default_rng(0).standard_normal((1_024, dimension)).astype(np.float32)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += texts
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for at, text in enumerate(texts):
            for term in terms(text):
                rows[at] += self._rows[zlib.crc32(term.encode()) % len(self._rows)]
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        rows /= np.where(lengths > 0, lengths, 1)
        return rows


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The samples of all languages, in a folder of their own."""
    folder = tmp_path / "project"
    shutil.copytree(SAMPLES, folder / "bank")
    (folder / "tests").mkdir()
    (folder / "tests" / "test_account.py").write_text("def test_deposit():\n    assert Account().deposit(5)\n", "utf-8")
    (folder / "mail.py").write_text(
        'def validate_email(address):\n    """Raises ValueError where this is no address."""\n'
        '    if "@" not in address:\n        raise ValueError(address)\n    return address\n',
        "utf-8",
    )
    return folder
