"""Whether an answer carries what the tool said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.answer_check import carried_value, carries
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
