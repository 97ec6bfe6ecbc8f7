"""The numbers of a question, in digits and in words."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.numbers import folded, numbers_in


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3 dozen eggs", ["3", "12"]),
        ("two hundred and five", ["205"]),
        ("a trip of twenty-five miles and 3 hours", ["25", "3"]),
        ("1,234,567.5 and 12,34", ["1234567.5", "12", "34"]),
        ("seven thousand two hundred", ["7200"]),
        ("forty five, sixty", ["45", "60"]),
        ("three and four", ["3", "4"]),
        ("one hundred and none", ["100"]),
        ("five, six", ["5", "6"]),
        ("fourteen five", ["14", "5"]),
        ("half of 90", ["2", "90"]),
        ("a third of sixty", ["3", "60"]),
        ("twice as many as 007", ["2", "7"]),
        ("0 and 0.50", ["0", "0.50"]),
        ("two and a half hours, 3 and a quarter, 1.5 and a half", ["2.5", "3.25", "1.5", "2"]),
        ("4 and a bit", ["4"]),
        ("no numbers here", []),
    ],
)
def test_numbers_are_found_in_their_order(text, values):
    assert [number.value for number in numbers_in(text)] == values


def test_words_that_are_often_no_number_are_doubtful():
    assert [number.doubtful for number in numbers_in("one of the two, 2, a dozen, fourteen")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert [number.doubtful for number in numbers_in("twenty-one")] == [False]


@given(st.integers(0, 10**12))
def test_a_number_with_commas_is_read_as_without(number):
    assert [found.value for found in numbers_in(f"about {number:,} of them")] == [str(number)]


@given(st.text(max_size=200))
def test_every_number_stands_where_it_says(text):
    numbers = numbers_in(text)
    assert all(text[number.start : number.end].strip() for number in numbers)
    assert all(one.end <= other.start for one, other in itertools.pairwise(numbers))


def test_questions_with_other_numbers_letters_or_quoted_words_are_folded_to_the_same():
    assert folded("What is 17 * 1,250.5?") == folded("What is 3 * 4?") == "What is 0 * 0?"
    assert folded('How many "o" are in "moon"?') == folded("How many 'E' are in “street”?")
    assert folded("Reverse 'ab cd'") == folded('Reverse "some more words"') != folded("Reverse 'ab'")
    assert folded("the letter t in a cat's tail, I say") == "the letter x in a cat's tail, I say"
