"""Whether an answer says the tool's value, and nothing that was not asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.answer_check import carries
from orchestrator.core.faithful import faithful
from orchestrator.core.types import ToolResult

DIGITS = st.text("0123456789.,-−eE+ \u202f", max_size=120)


def called(argument: str, value: str, *, ok: bool = True) -> ToolResult:
    return ToolResult("CALCULATOR", argument, value, ok, 0.0)


@pytest.mark.parametrize(
    ("question", "argument", "value", "answer"),
    [
        ("What is the average of 4, 8 and 15?", "(4+8+15)/3", "9", "The average of 4, 8 and 15 is 9."),
        ("What is the average of 4, 6 and 8?", "(4+6+8)/3", "6", "The average of 4, 6 and 8 is 6."),
        ("average of three and nine", "(3+9)/2", "6", "The average of 3 and 9 is 6."),
        ("What is 20% of 50?", "20/100*50", "10", "20% of 50 is 10."),
        ("What is a fifth of 50?", "50*0.2", "10", "20% of 50 is 10."),
        ("It was -6 and rose by 11.", "-6+11", "5", "It rose from 6 below zero to 5."),
        ("How much is 1,000 * 3?", "1000*3", "3000", "1000 * 3 = 3,000"),
        ("What is 50 / 3?", "50/3", "50/3 ≈ 16.6666666666667", "It is 16.67, or 50/3."),
        ("Is the 3rd name, Anna, long?", "len('Anna')", "4", "The 3rd name has 4 letters. [1]"),
        ("What is 2 plus 2?", "2+2", "4", "1. I add.\n2. It is 4. See GPT4."),
        ("What is the gcd of 12 and 18?", "gcd(12, 18)", "6", "The gcd of 12 and 18 is 6."),
        ("Sort 9, 3 and 7.", "sorted([9, 3, 7])", "[3, 7, 9]", "9, 3 and 7 are [3, 7, 9]."),
        ("How many weeks are 21 days?", "21/7", "3", "With 7 days a week, 21 days are 3 weeks."),
    ],
)
def test_an_answer_of_known_numbers_is_faithful(question, argument, value, answer):
    assert faithful(question, answer, [called(argument, value)])


@pytest.mark.parametrize(
    ("question", "argument", "value", "answer"),
    [
        ("What is the average of 4, 8 and 15?", "(4+8+15)/3", "9", "The average of 4, 9 and 15 is 9."),
        ("mean of 12, 7, 20?", "(12+7+20)/3", "13", "The mean of 12, 13 and 20 is 13."),
        ("Average of 2.5, 3.5 and 9", "(2.5+3.5+9)/3", "5", "The average of 2.5, 5 and 9 is 5."),
        ("average of 3 and 9", "(3+9)/2", "6", "The average of 6 and 9 is 6."),
        ("What is 3 plus 4?", "3+4", "7", "3 plus 5 is 7."),
        ("What is 3 plus 4?", "3+4", "7", "It is 7, or 8."),
        ("What is 20% of 50 plus 7?", "20*50+7", "1007", "It is 1007."),
        ("What is 15% of 80 minus 3?", "15*80-3", "1197", "It is 1197."),
        ("What is the square root of -4?", "sqrt(4)", "2", "It is 2."),
        ("What is -5 times 3?", "5*3", "15", "It is 15."),
        ("How many a's are in banana?", "'are'.count('a')", "1", "There is 1."),
    ],
)
def test_an_answer_with_a_number_from_nowhere_or_to_another_question_is_not(question, argument, value, answer):
    assert carries(answer, [called(argument, value)])
    assert faithful(question, answer, [called(argument, value)]) is False


@pytest.mark.parametrize(
    ("question", "failed", "argument"),
    [
        ("two to the power of 100000", "2**100000", "2*100000"),
        ("seven to the power of 90000", "7**90000", "7+90000"),
        ("5 over 0, plus 2?", "5/0+2", "5+2"),
        ("the factorial of 100000 over 2", "factorial(100000)/2", "100000/2"),
    ],
)
def test_after_an_error_an_answer_to_another_question_is_not_faithful(question, failed, argument):
    calls = [called(failed, "no", ok=False), called(argument, "12")]
    assert faithful(question, "It is 12.", calls) is False
    assert faithful(question, "It is 12.", [calls[0], called(failed, "12")])


def test_without_a_value_there_is_no_verdict_on_the_numbers_either():
    assert faithful("What?", "It is 5.", []) is None
    assert faithful("What?", "It is 5.", [called("5/0", "no", ok=False)]) is None


@given(st.text(max_size=200) | DIGITS, st.text(max_size=200) | DIGITS, st.text(max_size=60) | DIGITS)
def test_any_question_and_answer_are_judged(question, answer, value):
    assert faithful(question, answer, [called("1+1", value)]) in (True, False, None)


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10**9))
def test_a_sentence_says_the_questions_numbers_and_the_result_or_it_is_not_faithful(one, other, odd):
    value = one + other
    question, call = f"What is {one} plus {other}?", called(f"{one}+{other}", str(value))
    assert faithful(question, f"{one} plus {other} is {value}.", [call])
    known = {one, other, value} | {100 * n for n in (one, other, value)} | {n / 100 for n in (one, other, value)}
    assert faithful(question, f"{one} plus {odd} is {value}.", [call]) is (odd in known and odd != value)
