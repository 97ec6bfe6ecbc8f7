"""Expressions that stand in a question already."""

from __future__ import annotations

import pytest

from orchestrator.tools._calculator.reading import expressions_in


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is 34 squared plus 98?", "34**2+98"),
        ("What is 276 divided by 13?", "276/13"),
        ("What is the remainder of 276 divided by 13?", "276 mod 13"),
        ("What remainder does 50 over 7 leave?", "50 mod 7"),
    ],
)
def test_arithmetic_is_read_as_it_is_said(question, expected):
    assert expressions_in(question) == (expected,)


def test_a_problem_in_words_is_none():
    assert expressions_in("Tom has 3 boxes of 12 eggs. How many eggs are there?") == ()
