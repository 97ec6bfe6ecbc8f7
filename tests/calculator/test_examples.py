"""The examples in the prompt: every result is the calculator's own."""

from __future__ import annotations

import pytest

from orchestrator.calculator.examples import EXAMPLES
from orchestrator.tools.calculator import create


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.argument)
def test_an_example_shows_the_calculators_own_result(example):
    assert create().run(example.argument) == example.result


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.argument)
def test_an_examples_answer_contains_the_result_unchanged(example):
    assert example.result in example.answer
    assert example.thought


def test_the_description_settles_what_calculators_disagree_on():
    description = create().description
    assert "radians" in description
    assert "natural" in description
    assert "15% is 0.15" in description
