"""Expressions that stand in a question already."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.numbers import numbers_in
from orchestrator.tools._calculator.parser import parse
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


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is 20% of 50 plus 7?", "20/100*50+7"),
        ("What is 5 plus 20 percent of 50?", "5+20/100*50"),
        ("Was ist 20 % von 50?", "20/100*50"),
        ("What is -5 times -3?", "-5*-3"),
        ("What is negative 6 plus 2?", "-6+2"),
        ("What is -3 squared?", "(-3)**2"),
        ("What is 5 minus 3 squared?", "5-3**2"),
        ("What is the square of -7?", "(-7)**2"),
        ("the cube of 4 plus 1", "(4)**3+1"),
        ("What is the cube root of -27?", "∛-27"),
        ("What is the log of -3?", "log(-3)"),
        ("log(0)", "log(0)"),
        ("gcd(12, 18) + 1", "gcd(12, 18)+1"),
        ("max(2, (3+4)) * 2", "max(2, (3+4))*2"),
        ("the absolute value of -12?", "abs(-12)"),
        ("5 factorial divided by 3", "5!/3"),
        ("the factorial of 5 plus 3", "factorial(5)+3"),
        ("9**9**9", "9**9**9"),
        ("(3 + 4", "3+4"),
        ("- 3 + 4!", "-3+4!"),
        ("3 x 4 =", "3*4"),
        ("half of -30", "-30/2"),
        ("10 divided by half of 4", "10/(4/2)"),
        ("half of the square root of 16", "1/2*√16"),
    ],
)
def test_the_whole_calculation_is_read_with_its_signs(question, expected):
    assert expressions_in(question) == (expected,)


@pytest.mark.parametrize(
    "question",
    [
        "What is 40 plus 15 percent?",  # of what?
        "200 minus 30%",
        "5 dozen minus 8",
        "6 plus 7 all, then squared",
        "81 divided by 9, then that squared",
        "100 / 7 rounded to two decimals",
        "eighty divided by four, plus seven",
        "double 19 and double it again",
        "half a dozen times 35",
        "12 -5 9 3 in order",
        "What weekday was 2021-07-04?",
        "the digit sum of 4821",
        "sum 5",
        "log of x",
        "|−3|",
        "-5",
        "square root",
    ],
)
def test_a_part_of_a_calculation_is_none(question):
    assert expressions_in(question) == ()


@given(st.text(max_size=200) | st.text("0123456789 +-*/()%.,^", max_size=60))
def test_what_is_read_can_be_calculated_and_has_the_questions_numbers(question):
    for expression in expressions_in(question):
        parse(expression)
        assert set(re.findall(r"\d+", expression)) >= {
            number for each in numbers_in(question) if each.in_digits for number in re.findall(r"\d+", each.value)
        }
