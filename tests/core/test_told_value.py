"""What an answer repeats of a result."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.told_value import exact_value, told_value


@pytest.mark.parametrize(
    ("result", "told", "exact"),
    [
        ("147934", "147934", ""),
        ("1/3 ≈ 0.333333333333333", "0.333333333333333", "1/3"),
        ("-22/7 ≈ -3.14285714285714", "-3.14285714285714", "-22/7"),
        ("340/9 ≈ 37.7777777777778 °C", "37.7777777777778 °C", "340/9"),
        ("3 (note: halves are rounded away from zero)", "3", ""),
        ("1/3 ≈ 0.333 (note: rounded)", "0.333", "1/3"),
        ("48 (in the back)", "48 (in the back)", ""),
        ("x = 1/3 ≈ 0.333333333333333", "x = 1/3 ≈ 0.333333333333333", ""),
        ("a ≈ b\nc", "a ≈ b\nc", ""),
        ("1/3 ≈ " + "3" * 500, "1/3 ≈ " + "3" * 500, ""),
        ("", "", ""),
    ],
)
def test_a_result_is_told_without_its_fraction_and_its_note(result, told, exact):
    assert told_value(result) == told
    assert exact_value(result) == exact


@given(st.text(max_size=50))
def test_what_has_neither_is_told_as_it_is(result):
    assert told_value(result) == result or " ≈ " in result or " (note: " in result
