"""How alike two questions are."""

from __future__ import annotations

import pytest

from orchestrator.guide.likeness import bank_of, likeness

QUESTIONS = ("Take 38 away from 520.", "What is 83 less than 500?", "What is 500 less 83?", "Who wrote Hamlet?")


def nearest(question: str) -> str:
    near = likeness(question, bank_of(QUESTIONS))
    return QUESTIONS[near.index(max(near))]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_nearest_to_itself(question):
    assert nearest(question) == question
    assert likeness(question, bank_of(QUESTIONS))[QUESTIONS.index(question)] == pytest.approx(1)


def test_numbers_count_by_their_order_and_not_by_their_digits():
    assert nearest("what is 12 less than 91") == "What is 83 less than 500?"
    assert nearest("what is 91 less 12") == "What is 500 less 83?"


def test_a_question_with_nothing_in_common_is_like_none():
    assert likeness("ξ", bank_of(("abc",))) == [pytest.approx(0.0, abs=0.7)]
