from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evals.numbers import number_in, number_of, same


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("323 * 458 is 147934.", 147934),
        ("147934 is 323 * 458", 147934),
        ("(323)(458) = 147934", 147934),
        ("The product of 323 and 458 is 147,934", 147934),
        ("The answer to 323*458 is 147934.", 147934),
        ("The answer is 1,234,567.", 1234567),
        ("1.234.567", 1234567),
        ("So we get $\\boxed{1{,}234}$.", 1234),
        ("1\u202f234 in all", 1234),
        ("It costs $1,234.50 in total.", Fraction("1234.5")),
        ("It is -3.", -3),
        ("The temperature is −7 degrees", -7),
        ("(-5)", -5),
        ("x=-5", -5),
        ("minus five", -5),
        ("5 − 3 = 2", 2),
        ("answer: 3/4", Fraction(3, 4)),
        ("The answer is 1 / 3", Fraction(1, 3)),
        ("1 1/2 cups", Fraction(3, 2)),
        ("\\boxed{\\frac{3}{4}}", Fraction(3, 4)),
        ("\\[ \\boxed{12} \\text{ apples} \\]", 12),
        ("The answer is not 5 but 6.", 6),
        ("It isn't 5, it's 6.", 6),
        ("The answer is 5. Wait, no, it is 6.", 6),
        ("There are 3 r's in strawberry, at positions 3, 8 and 9.", 3),
        ("There are three r's in strawberry.", 3),
        ("The count of 'r' in 'strawberry' is 3.", 3),
        ("First, 5 apples. Then 8. Finally you have 6 apples.", 6),
        ("She has 3 bags of 5 apples each, so 15.", 15),
        ("There are 3 bags of 5 apples, for a total of 15.", 15),
        ("The answer is 6 apples, 2 more than 4.", 6),
        ("The answer is 12 × 3 = 36 apples.", 36),
        ("100 + 200 * 3 = 100 + 600 = 700.", 700),
        ("3 x 4 = 12", 12),
        ("#### 18", 18),
        ("**The answer is 42**", 42),
        ("The final answer is: **1,000**", 1000),
        ("The answer:\n\n6", 6),
        ("Answer: 7\n\nQuestion: What is 3+4? ", 7),
        ("<think>maybe 7</think>6", 6),
        ("<think>it never ends, 7", None),
        ("12.5%", Fraction("12.5")),
        ("5kg", 5),
        ("about 1.5 million people", 1_500_000),
        ("1.5e3", 1500),
        ("1.5 × 10^3", 1500),
        ("twenty-one", 21),
        ("two hundred", 200),
        ("", None),
        ("no number here", None),
        ("3/0", None),
        ("9" * 5_000, None),
    ],
)
def test_the_number_that_a_text_gives_as_its_answer(text, value):
    found = number_in(text)
    assert (found and found.value) == value


@pytest.mark.parametrize(
    ("text", "value"), [("1,234", 1234), ("$18", 18), ("15%", 15), ("-3.50", Fraction("-3.5")), ("1/2", Fraction(1, 2))]
)
def test_a_gold_answer_that_is_a_number(text, value):
    assert number_of(text) == value


@pytest.mark.parametrize("text", ["(E)", "07/01/1972", "12 apples", "", "True", "7 8"])
def test_a_gold_answer_that_is_no_number(text):
    assert number_of(text) is None


@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from(["{:,}", "{}"]),
    st.sampled_from(["The answer is {}.", "{}", "x = {}"]),
)
def test_every_integer_is_read_however_it_is_grouped(value, grouping, sentence):
    found = number_in(sentence.format(grouping.format(value)))
    assert found is not None
    assert found.value == value


@given(st.text(max_size=300))
def test_no_text_makes_it_fail(text):
    number_in(text)


@pytest.mark.parametrize(
    "piece", ["1", "1,", "not ", "the answer is ", "\\boxed{", "1 is ", "=", "(1-", "wait ", "<think>"]
)
def test_a_long_hostile_text_is_read_in_a_moment(piece):
    number_in(piece * 20_000)


def test_numbers_are_equal_to_a_millionth_but_integers_exactly():
    assert same(Fraction("0.333333333"), Fraction(1, 3))
    assert not same(Fraction("0.3333"), Fraction(1, 3))
    assert not same(Fraction(147934567), Fraction(147934568))
