"""Roots of negative numbers, and what is calculated with them."""

from __future__ import annotations

import cmath

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import calculate


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("sqrt(-4)", "2i"),
        ("sqrt(-1)", "i"),
        ("-sqrt(-1)", "-i"),
        ("√-9", "3i"),
        ("sqrt(-2)", "1.4142135623731i"),
        ("sqrt(-1/4)", "0.5i"),
        ("(-4)**0.5", "2i"),
        ("(-4)^(3/2)", "-8i"),
        ("1 + sqrt(-4)", "1 + 2i"),
        ("3 - sqrt(-4)", "3 - 2i"),
        ("sqrt(-4)*sqrt(-9)", "-6"),
        ("sqrt(-4)**2", "-4"),
        ("sqrt(-4)/2", "i"),
        ("1/i", "-i"),
        ("i**2", "-1"),
        ("i^-3", "i"),
        ("2i + 3i", "5i"),
        ("(1+2i)*(3-4i)", "11 + 2i"),
        ("(1+2i)/(3-4i)", "-0.2 + 0.4i"),
        ("(1+i)**8", "16"),
        ("abs(3+4i)", "5"),
        ("sqrt(3+4i)", "2 + i"),
        ("sqrt(3-4i)", "2 - i"),
        ("sqrt(sqrt(-4))", "1 + i"),
        ("pow(2i, 2)", "-4"),
        ("50% of 4i", "2i"),
        ("1/3 + i/3", "0.333333333333333 + 0.333333333333333i"),
        ("i - i", "0"),
        ("(2i)^0", "1"),
    ],
)
def test_a_root_of_a_negative_number_is_complex(expression, value):
    assert calculate(expression) == value


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("(-8)**(1/3)", "cbrt"),
        ("2**i", "whole exponents"),
        ("i**1001", "too large"),
        ("i**pi", "whole exponents"),
        ("i % 2", "no remainder"),
        ("sin(i)", "complex number"),
        ("i!", "real number"),
        ("1/(i-i)", "division by zero"),
        ("max(i, 2)", "complex number"),
        ("i > 2", "not allowed"),
        ("(10**2000*i)**3", "too large"),
    ],
)
def test_what_has_no_complex_value_here_is_refused(expression, words):
    with pytest.raises(ToolError, match=words):
        calculate(expression)


PARTS = st.integers(-99, 99)


@given(PARTS, PARTS, PARTS, PARTS, st.sampled_from("+-*/"))
def test_complex_arithmetic_agrees_with_pythons(a, b, c, d, operator):
    assume(b or d)
    assume(operator != "/" or c or d)
    printed = calculate(f"({a}+({b})*i){operator}({c}+({d})*i)").rpartition("≈ ")[2]
    expected = eval(f"complex({a}, {b}){operator}complex({c}, {d})")
    found = complex(
        printed.replace(" ", "").replace("+i", "+1i").replace("-i", "-1i").replace("i", "j") if printed != "i" else "1j"
    )
    assert cmath.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)
