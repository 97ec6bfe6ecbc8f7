"""Whether an answer carries what the tool said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.answer_check import carried_value, carries, faithful
from orchestrator.core.citations import Citation
from orchestrator.core.types import ToolResult


def result(value: str, *, ok: bool = True, citations: tuple[Citation, ...] = ()) -> ToolResult:
    return ToolResult("CALCULATOR", "…", value, ok, 0.0, citations)


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("147934", "323 * 458 is 147,934."),
        ("147934", "That is $147934.00 in all."),
        ("16.4", "You get $16.40 back."),
        ("-5", "It is −5 degrees."),
        ("16.6666666666667", "About 16.67 km."),
        ("1e+30", "It is 1e30."),
        ("nezam", "Backwards it is Nezam."),
        ("[3, 7, 19]", "In order they are [3, 7, 19]."),
        ("True", "Yes, level is a palindrome."),
        ("False", "It isn't one."),
        ("x = 7", "The solution is x = 7"),
        ("9" * 150, f"It is {'9' * 150}."),
        ("5", "It is on pages 3-5."),
        ("2024", "In the season 2023-2024."),
        ("-5", "Between -5 and 3."),
        ("147934", "C'est 147 934."),
        ("1000000.5", "1\u202f000\u202f000.5 in all"),
        ("345", "They are 12 345 678."),
        ("3.14159265358979", "pi is 3.14159265358979"),
        ("1e+999999", "It is 1e999999."),
        ("1/3 ≈ 0.333333333333333", "It is 1/3."),
        ("1/3 ≈ 0.333333333333333", "It is about 0.33."),
        ("-22/7 ≈ -3.14285714285714", "It is −3.14286."),
        ("50/3 ≈ 16.6666666666667", "It goes 16.6666666666667 km."),
        ("3 (note: halves are rounded away from zero)", "It is 3."),
        ("8.04672 km", "That is 8.05 kilometres."),
        ("8.04672 km", "It is 8.04672 km."),
        ("340/9 ≈ 37.7777777777778 °C", "It is 37.78 degrees."),
        ("90°", "The angle has 90 degrees."),
        ("50 km/h", "It drives at 50 km/h."),
        ("x = 1/3 ≈ 0.333333333333333", "So x = 1/3."),
        ("x = 1/3 ≈ 0.333333333333333", "So x = 0.333333333333333."),
        ("x = -1/3 ≈ -0.333, x = 2", "So x = -1/3, x = 2."),
        ("1 + 2i", "The root is 1 + 2i."),
    ],
)
def test_an_answer_with_the_value_is_faithful(value, answer):
    assert carries(answer, [result(value)])


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("147934", "323 * 458 is 147714."),
        ("147934", "It is 1147934."),
        ("35", "It is 12345."),
        ("-5", "It is 5 degrees."),
        ("16.6666666666667", "About 16.7 km."),
        ("16.6666666666667", "About 17."),
        ("e", "The letter is x, seen twice."),
        ("True", "No, it is not."),
        ("False", "Yes, it is."),
        ("12", ""),
        ("9" * 150, f"It is {'9' * 149}8."),
        ("9" * 100, f"It is {'9' * 150}."),
        ("3", "It is −3."),
        ("3.14159265358979323846", "It is 3.14159265358979323846264338327950288"),
        ("0.5", "It is 1e-50."),
        ("0.5", "It is 1e-99999999999999999999."),
        ("1e+30", "It is 1e99999999999999999999."),
        ("1e99999999999999999999", "It is 5."),
        ("1000", "It is 11 000."),
        ("1/3 ≈ 0.333333333333333", "It is 0.34."),
        ("1/3 ≈ 0.333333333333333", "It is 1/31."),
        ("1/3 ≈ 0.333333333333333", "It is 2.1/3."),
        ("3 (note: halves are rounded away from zero)", "It is 2."),
        ("8.04672 km", "It is 8.1 km."),
        ("90°", "It is 9°."),
        ("x = 1/3 ≈ 0.333333333333333", "So x = 1/4."),
        ("2i", "It is 2."),
    ],
)
def test_an_answer_with_another_value_is_not(value, answer):
    assert carries(answer, [result(value)]) is False


@pytest.mark.parametrize(
    "results",
    [
        [],
        [result("no such town", ok=False)],
        [result("first\nsecond")],
        [result(" ")],
        [result("x" * 201)],
        [result("one page", citations=(Citation("https://example.org", "title"),))],
    ],
)
def test_where_there_is_no_value_to_carry_there_is_no_verdict(results):
    assert carried_value(results) is None
    assert carries("anything", results) is None


@given(st.integers(-(10**20), 10**20), st.sampled_from(["{}", "{:,}", "it is {}.", "${:,}.00"]))
def test_a_number_may_be_written_in_its_usual_ways(number, way):
    assert carries(way.format(number).replace("$-", "-"), [result(str(number))])


DIGITS = st.text("0123456789.,-−eE+ \u202f", max_size=120)


@given(st.text(max_size=300) | DIGITS, st.text(max_size=100) | DIGITS)
def test_any_answer_is_judged(answer, value):
    assert carries(answer, [result(value)]) in (True, False, None)


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
