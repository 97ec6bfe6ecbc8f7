from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.code.closeness import Closeness
from orchestrator.code.description import DESCRIPTION, describes, fit
from orchestrator.code.protocols import Chunk


@pytest.mark.parametrize(
    "question",
    [
        "Return the index where to insert item x", "where do we validate the e-mail?", "Load all configuration files",
        "loads configuration files", "Set title of turtle-window", "tests whether two files are the same",
        "a passage that is written over and over", "Format bytes as text",
    ],
)  # fmt: skip
def test_a_sentence_or_an_action_describes_a_function(question):
    assert describes(question)


@pytest.mark.parametrize(
    "question",
    [
        "parse", "parse url", "Session.send", "how are the routes registered", "store creation and dispatch lifecycle",
        "", "test runner for CLI commands", "help text formatting", "cookie storage", "how a request is built",
    ],
)  # fmt: skip
def test_a_topic_a_name_and_how_something_works_do_not(question):
    assert not describes(question)


@given(st.text(max_size=200))
def test_any_text_is_a_description_or_not(question):
    assert describes(question) in (True, False)


def test_a_long_question_of_one_kind_of_word_is_told_at_once():
    assert not describes("set " * 100_000 + "x")


def given_features(**one: float) -> np.ndarray:
    """How two chunks fit, equal but for the first one's ``one``."""
    both = {name: np.array([one.get(name, 0.0), 0.0], np.float32) for name in ("said", "named", "begun", "size")}
    chunks = [
        Chunk("a.py", 1, 1, "f", "class A:" if one.get("type") else "def f():"),
        Chunk("a.py", 2, 2, "g", "def g():"),
    ]
    cosines, files = (np.array([one.get(name, 0.0), 0.0]) for name in ("cosine", "file"))
    return fit(cosines, files.astype(np.float32), chunks, Closeness(**both), DESCRIPTION)


@pytest.mark.parametrize("part", [field.name for field in fields(DESCRIPTION)])
def test_each_part_speaks_for_a_chunk_or_against_it(part):
    first, second = given_features(**{part: 1.0})
    assert (first > second) == (getattr(DESCRIPTION, part) > 0)
    assert first != second


@pytest.mark.parametrize(
    ("text", "is_type"),
    [
        ("class A:", True), ("@dataclass\n@other(1, 2)\nclass A:", True), ("export default class A {", True),
        ("pub(crate) struct A {", True), ("type A struct {", True), ("public sealed interface A {", True),
        ("def classify():", False), ("@cached\ndef f():", False), ("const type = 1", False), ("", False),
    ],
)  # fmt: skip
def test_the_head_of_a_type_is_told_in_any_language(text, is_type):
    chunks = [Chunk("a", 1, 1, "A", text)]
    zero = np.zeros(1, np.float32)
    (found,) = fit(np.zeros(1), zero, chunks, Closeness(zero, zero, zero, zero), replace(DESCRIPTION, type=-1.0))
    assert (found < 0) == is_type


def test_many_decorators_are_read_at_once():
    text = "@ " * 50_000
    zero = np.zeros(1, np.float32)
    assert fit(np.zeros(1), zero, [Chunk("a", 1, 1, "", text)], Closeness(zero, zero, zero, zero), DESCRIPTION) == [0]
