"""The minus signs of a question's numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.numbers import numbers_in
from orchestrator.core.signs import joined, negative_numbers, signed, without_signs


def numbers_of(text: str) -> list[str]:
    numbers = numbers_in(text)
    negative = negative_numbers(text, numbers)
    return [signed(number, negative) for number in numbers]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("What is -5 plus 3?", ["-5", "3"]),
        ("-5 plus −3", ["-5", "-3"]),
        ("What is 7 minus -3?", ["7", "-3"]),
        ("7 minus 3", ["7", "3"]),
        ("7 minus minus 3", ["7", "-3"]),
        ("multiply minus 9 by minus 6", ["-9", "-6"]),
        ("What is minus 5 plus 3?", ["-5", "3"]),
        ("Minus 4 times 3", ["-4", "3"]),
        ("negative 4 and negative five", ["-4", "-5"]),
        ("sort 12 -5 9, -3 and (-2)", ["12", "-5", "9", "-3", "-2"]),
        ("2020-2024", ["2020", "2024"]),
        ("pages 3 - 5", ["3", "5"]),
        ("The coat is 150 euros, minus 20 percent", ["150", "20"]),
        ("- 5 apples", ["5"]),
        ("x=-4", ["-4"]),
    ],
)
def test_a_sign_is_no_operator(text, numbers):
    assert numbers_of(text) == numbers


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=6))
def test_each_number_of_a_list_has_its_own_sign(numbers):
    assert numbers_of(f"Sort {', '.join(map(str, numbers))}.") == [str(number) for number in numbers]


@given(st.text(max_size=200) | st.text("0123456789 -−,.minus", max_size=60))
def test_without_its_signs_a_text_has_the_same_length_and_numbers_at_the_same_places(text):
    bare = without_signs(text)
    assert len(bare) == len(text)
    assert [number.value for number in numbers_in(bare)] == [number.value for number in numbers_in(text)]


@pytest.mark.parametrize(
    ("before", "value", "after", "written"),
    [
        ("", "-5", "+3", "-5"),
        ("7-", "-3", "", "7-(-3)"),
        ("7 * ", "-3", "", "7 * (-3)"),
        ("", "-3", "**2", "(-3)"),
        ("sqrt(", "-4", ")", "sqrt(-4"),
        ("7-", "3", "", "7-3"),
        ("[1, ", "-2", "]", "[1, -2"),
    ],
)
def test_a_negative_number_has_brackets_where_its_sign_would_be_an_operator(before, value, after, written):
    assert joined(before, value, after) == written
