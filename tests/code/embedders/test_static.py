from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.code.embedders import static
from orchestrator.code.protocols import Embedder

REMOVE = "shelf.py\nShelf.discard\ndef discard(self, path):\n    if path.exists():\n        path.unlink()\n"
LOGIN = "auth.py\nverify\ndef verify(user, password):\n    return check_hash(user.password_hash, password)\n"
AVERAGE = "stats.py\nmean\ndef mean(values):\n    return sum(values) / len(values)\n"


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return static.create()


def test_a_row_has_unit_length_and_an_empty_text_is_zeros(embedder: Embedder) -> None:
    rows = embedder.encode([REMOVE, "", LOGIN])
    assert rows.shape == (3, embedder.dimension)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1.0, 0.0, 1.0], abs=1e-5)
    assert embedder.encode([]).shape == (0, embedder.dimension)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("delete a file if it is there", REMOVE),
        ("is the login correct", LOGIN),
        ("arithmetic average of some numbers", AVERAGE),
    ],
)
def test_a_question_lies_nearest_to_the_code_that_answers_it_without_sharing_its_words(
    embedder: Embedder, question: str, answer: str
) -> None:
    codes = [REMOVE, LOGIN, AVERAGE]
    near = embedder.encode(codes) @ embedder.encode([question])[0]
    assert codes[int(near.argmax())] == answer


@given(st.lists(st.text(max_size=200), max_size=4))
def test_any_text_is_embedded_and_alike_whatever_stands_beside_it(texts: list[str]) -> None:
    embedder = static.create()
    together = embedder.encode(texts)
    assert np.isfinite(together).all()
    for number, text in enumerate(texts):
        assert np.allclose(together[number], embedder.encode([text])[0], atol=1e-6)


def test_a_term_that_is_not_known_has_a_shared_row_and_always_the_same() -> None:
    embedder = static.create()
    unknown = embedder.row("zqxjkvbnm")
    assert len(embedder.known) <= unknown < len(embedder.vectors)
    assert embedder.row("zqxjkvbnm") == unknown
    assert embedder.encode(["zqxjkvbnm"]).any()


def test_what_stands_early_weighs_more() -> None:
    weights = static.weighted("parse " + "filler " * 50 + "late")
    assert weights["pars"] > weights["late"]
    assert weights["filler"] > 3


def test_the_weights_are_small_and_the_card_names_them_and_their_sources() -> None:
    file = Path(str(files(static.__package__) / static.WEIGHTS))
    card = file.with_suffix(".md").read_text(encoding="utf-8")
    assert file.stat().st_size <= 10_000_000
    assert static.create().name in card
    licences = re.findall(r"^\| [^|]+ \| (?:PyPI|npm|Debian|Debian source) \| ([^|]+) \| \d+ \|$", card, re.MULTILINE)
    assert len(licences) > 100
    assert not [one for one in licences if "GPL" in one and " or " not in one.lower() and "|" not in one]
