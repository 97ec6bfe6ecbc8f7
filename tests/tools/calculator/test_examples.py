"""The examples in the prompt: every result is the calculator's own."""

from __future__ import annotations

from orchestrator.core.told_value import told_value
from orchestrator.tools._calculator import calculate
from orchestrator.tools.calculator import create

EXAMPLES = create().examples


def test_every_example_shows_the_calculators_own_result():
    assert [example for example in EXAMPLES if calculate(example.argument) != example.result] == []


def test_every_examples_answer_contains_the_result_unchanged():
    told = [(each, told_value(each.result)) for each in EXAMPLES]
    assert [each for each, value in told if value not in each.answer or not each.thought] == []


def test_no_question_is_asked_twice():
    asked = [example.question.lower() for example in EXAMPLES]
    assert len(set(asked)) == len(asked)


def test_the_description_settles_what_calculators_disagree_on():
    description = create().description
    assert "radians" in description
    assert "natural" in description
    assert "15% is 0.15" in description
