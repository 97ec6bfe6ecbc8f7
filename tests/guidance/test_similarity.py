"""How alike two questions are."""

from __future__ import annotations

import pytest

from orchestrator.core.tool import Example
from orchestrator.guidance.similarity import _indexes, index_of, similarities

QUESTIONS = ("Take 38 away from 520.", "What is 83 less than 500?", "What is 500 less 83?", "Who wrote Hamlet?")

EXAMPLES = tuple(Example(question, "", "", "") for question in QUESTIONS)


def nearest(question: str) -> str:
    near = [*similarities(question, index_of([EXAMPLES]))]
    return QUESTIONS[near.index(max(near))]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_nearest_to_itself(question):
    assert nearest(question) == question
    assert similarities(question, index_of([EXAMPLES]))[QUESTIONS.index(question)] == pytest.approx(1)


def test_numbers_count_by_their_order_and_not_by_their_digits():
    assert nearest("what is 12 less than 91") == "What is 83 less than 500?"
    assert nearest("what is 91 less 12") == "What is 500 less 83?"


def test_signs_of_numbers_do_not_count():
    index = index_of([EXAMPLES])
    for signed, plain in (("Take -38 from 520", "Take 38 from 520"), ("minus 3 less 5", "3 less 5")):
        assert similarities(signed, index) == similarities(plain, index)


def test_a_question_with_nothing_in_common_is_like_none():
    assert max(similarities("ξ", index_of([(Example("abc", "", "", ""),)]))) < 0.7


def test_an_index_is_made_once_for_the_same_examples_and_few_are_kept():
    index = index_of([EXAMPLES, EXAMPLES[:1]])
    assert index.groups == (0, 0, 0, 0, 1)
    assert index_of([EXAMPLES]) is index_of([EXAMPLES])
    kept = [tuple(EXAMPLES[:count]) for count in range(4)] * 3
    assert all(index_of([group, group[:at]]).examples == (*group, *group[:at]) for at, group in enumerate(kept))
    assert len(_indexes) <= 8


def test_what_stands_in_every_third_example_is_not_looked_at():
    common = tuple(Example(f"the {chr(97 + at % 26)}{at}", "", "", "") for at in range(200))
    assert max(similarities("the", index_of([common]))) < max(similarities("the", index_of([common[:20]])))
