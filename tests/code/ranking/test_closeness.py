from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.code.identifiers import terms
from orchestrator.code.protocols import Chunk
from orchestrator.code.ranking.closeness import closeness


def of(question: str, *chunks: tuple[str, str]) -> list[float]:
    """The closeness of (name, text) with all words equally rare."""
    made = [Chunk("a.py", 1, 1, name, text) for name, text in chunks]
    close = closeness(terms(question), made, lambda some: np.ones(len(list(some)), np.float32))
    found: list[float] = (close.said + close.named).tolist()
    return found


def test_a_word_that_means_the_same_counts_and_an_unrelated_one_does_not():
    same, near, far = of("delete", ("", "delete"), ("", "remove"), ("", "color"))
    assert same == 1
    assert near > 0.5 > far


def test_a_name_loses_by_each_word_that_the_question_does_not_say():
    short, long = of("parse url", ("parse_url", "x"), ("parse_url_color_table", "x"))
    assert short == 2
    assert 1 < long < 2


def test_a_rare_word_counts_for_more():
    chunks = [Chunk("a.py", 1, 1, "", text) for text in ("zebra", "color")]
    close = closeness(["zebra", "color"], chunks, lambda some: np.array([3.0, 1.0], np.float32)[: len(list(some))])
    assert close.said[0] > close.said[1]


def test_what_a_function_does_is_said_by_the_first_word_of_the_question_and_by_its_own_name():
    chunks = [Chunk("a.py", 1, 1, name, "x = 1") for name in ("Parser.delete_word", "Delete.parse_word")]
    close = closeness(terms("delete word"), chunks, lambda some: np.ones(len(list(some)), np.float32))
    assert close.begun[0] == 1 > close.begun[1]
    assert close.size.tolist() == [3 + 1, 3 + 1]


def test_what_has_no_words_is_close_to_nothing():
    assert of("parse", ("", "}")) == [0]
    assert of("", ("parse", "parse")) == [0]
    assert of("parse") == []


@given(
    st.text(max_size=20),
    st.lists(st.tuples(st.text(max_size=9), st.text(max_size=30)), max_size=4),
)
def test_it_is_never_below_zero_nor_above_two(question, chunks):
    assert all(0 <= each <= 2.0001 for each in of(question, *chunks))
