"""Values: exact where they can be, 15 digits where not, and bounded before they are computed."""

from __future__ import annotations

import math
import operator
import threading
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import calculate
from orchestrator.tools._calculator.printing import print_number

WHOLE = st.integers(-(10**30), 10**30)
DECIMALS = st.decimals(-1_000_000, 1_000_000, places=4)


@given(WHOLE, WHOLE, st.sampled_from([("+", operator.add), ("-", operator.sub), ("*", operator.mul)]))
def test_whole_numbers_are_exact(left, right, pair):
    sign, apply = pair
    assert calculate(f"({left}) {sign} ({right})") == str(apply(left, right))


@given(WHOLE, WHOLE.filter(bool))
def test_floor_division_and_remainder_are_pythons(left, right):
    assert calculate(f"({left})//({right})") == str(left // right)
    assert calculate(f"({left}) mod ({right})") == str(left % right)


@given(DECIMALS, DECIMALS)
def test_decimals_are_exact(left, right):
    for sign, apply in (("+", operator.add), ("-", operator.sub), ("*", operator.mul)):
        expected = apply(Fraction(left), Fraction(right))
        assert Fraction(calculate(f"({left:f}){sign}({right:f})")) == expected


@given(st.integers(-999, 999), st.integers(1, 999))
def test_a_fraction_is_shown_in_lowest_terms_before_its_decimals_if_these_do_not_end(numerator, denominator):
    value = Fraction(numerator, denominator)
    exact, _, decimals = calculate(f"({numerator})/{denominator}").rpartition(" ≈ ")
    assert Fraction(exact or decimals) == value
    assert abs(Fraction(decimals) - value) <= abs(value) / 10**14
    assert bool(exact) == (Fraction(decimals) != value)


@given(st.fractions())
def test_a_printed_fraction_is_right_to_15_digits_and_exact_when_it_terminates(value):
    printed = Fraction(print_number(value))
    assert abs(printed - value) <= abs(value) * Fraction(1, 10**14)
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1 and value.denominator < 10**15:
        assert printed == value


@given(st.floats(-1e6, 1e6))
def test_functions_agree_with_pythons_floats(x):
    for name in ("sin", "cos", "atan", "tanh", "asinh"):
        expected = getattr(math, name)(Decimal(x))
        assert float(calculate(f"{name}({Decimal(x):.60e})")) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1/3", "1/3 ≈ 0.333333333333333"),
        ("2/3", "2/3 ≈ 0.666666666666667"),
        ("-22/7", "-22/7 ≈ -3.14285714285714"),
        ("100/12", "25/3 ≈ 8.33333333333333"),
        ("1/3+1/6", "0.5"),
        ("123456/789013", "0.156468904821594"),
        ("(1 + 1/3) * 3", "4"),
        ("10**30/3", "3.33333333333333e+29"),
        ("1.05**20", "2.6532977051444201339454307651519775390625"),
        ("1e-20", "0.00000000000000000001"),
        ("10**-3000", "1e-3000"),
        ("0.0000001/3", "1/30000000 ≈ 3.33333333333333e-08"),
        ("-1/8", "-0.125"),
        ("sqrt(2)*sqrt(2)", "2"),
        ("sqrt(8)/sqrt(2)", "2"),
        ("sqrt(2)**2*10**20", "200000000000000000000"),
        ("sqrt(1/4)", "0.5"),
        ("8^(1/3)", "2"),
        ("(16/81)**0.25*3", "2"),
        ("cbrt(-27)", "-3"),
        ("tan(pi/4)", "1"),
        ("sin(pi)", "0"),
        ("sin(pi/6)*2-1", "0"),
        ("floor(ln(e))", "1"),
        ("asin(sin(pi/2))*2-pi", "0"),
        ("exp(-100)", "3.72007597602084e-44"),
        ("1-tanh(100)", "2.76779305347348e-87"),
        ("sin(10**22)", "-0.852200849767189"),
        ("log(0.001, 10)", "-3"),
        ("log10(10**300)", "300"),
        ("pi**100", "5.18784831431961e+49"),
        ("(1+0.05/365)**3650", "1.64866481376547"),
        ("7e4000**(1/3)", "4.12128529980856e+1333"),
        ("7 % pi", "0.716814692820414"),
        ("0**0", "1"),
        ("(-1)**1e100", "1"),
        ("3**sqrt(4)", "9"),
        ("cosh(0)+acosh(1)+atan2(0, 1)", "1"),
        ("atan2(-1, -1)", "-2.35619449019234"),
        ("atan2(-1, 0)*2/pi", "-1"),
        ("degrees(pi)+radians(180)/pi", "181"),
        ("hypot(3, 4)", "5"),
        ("max(sqrt(2), 1.5, 1)", "1.5"),
        ("median(4, 1, 3, 2)", "2.5"),
        ("average(1, 2)", "1.5"),
        ("max((1, 2, 3))", "3"),
        ("stdev(2, 4, 4, 4, 5, 5, 7, 9)", "2.1380899352994"),
        ("pstdev(2, 4, 4, 4, 5, 5, 7, 9)", "2"),
        ("variance(1, 2, 3)+pvariance(1, 3)", "2"),
        ("product(1, 2, 3, 4)", "24"),
        ("sum(0.1, 0.2, 0.3)", "0.6"),
        ("nCr(5, 2)+perm(5, 2)+comb(2, 5)", "30"),
        ("fibonacci(100)", "354224848179261915075"),
        ("sign(-3)+abs(-pi)-pi", "-1"),
        ("trunc(-2.7)", "-2"),
        ("ceil(pi)", "4"),
        ("quotient(7, 2)", "3"),
    ],
)
def test_an_expression_has_its_value(expression, value):
    assert calculate(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        *[("2.5", "3"), ("-2.5", "-3"), ("0.5", "1"), ("0.125, 2", "0.13"), ("745, -1", "750"), ("5/2", "3")],
    ],
)
def test_round_takes_halves_away_from_zero_and_says_so(expression, value):
    assert calculate(f"round({expression})") == f"{value} (note: halves are rounded away from zero)"
    assert calculate(f"2*round({expression})-round({expression})").startswith(f"{value} (note: ")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        *[("1.5", "2"), ("-3.5", "-4"), ("2.675, 2", "2.68"), ("2.4999", "2"), ("2.51", "3")],
        *[("1234.567, -2", "1200"), ("pi, 4", "3.1416"), ("7", "7")],
    ],
)
def test_round_says_nothing_of_halves_where_every_rule_has_the_same_result(expression, value):
    assert calculate(f"round({expression})") == value


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0/0", "division by zero"),
        ("5%0", "division by zero"),
        ("5//0", "division by zero"),
        ("0**-1", "division by zero"),
        ("1/sin(pi)", "division by zero"),
        ("(-8)**(1/3)", "cbrt"),
        ("log(-1)", "undefined"),
        ("log(2, 1)", "undefined"),
        ("log(sin(pi))", "undefined"),
        ("tan(-3*pi/2)", "undefined"),
        ("asin(2)", "undefined"),
        ("acosh(0)", "undefined"),
        ("atanh(1)", "undefined"),
        ("atan2(0, 0)", "undefined"),
        ("comb(-1, 2)", "negative"),
        ("sqrt(2)!", "whole number"),
        ("comb(5.5, 2)", "whole number"),
        ("stdev(1)", "arguments"),
    ],
)
def test_what_has_no_value_is_explained(expression, words):
    with pytest.raises(ToolError, match=words):
        calculate(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "9**9**9",
        "10**10**8",
        "(1/3)**10**9",
        "0.5**(10**12)",
        "1.0000001**(10**7)",
        "1e5000",
        "1e-999999",
        "5000!",
        "perm(10**6, 10**5)",
        "fibonacci(10**8)",
        "exp(10**6)",
        "exp(-10**6)",
        "cosh(-10**9)",
        "pi**(10**9)",
        "2**(10**20*pi)",
        "round(pi, 10**9)",
        "lcm(2**9000+1, 2**9000-1)",
        "2**9000*2**9000",
        "sin(10**300)",
        "10**300*pi-10**300*pi+sin(10**280*pi)",
        "2¹⁰⁰⁰⁰⁰⁰",
    ],
)
def test_a_result_that_is_too_large_is_refused_before_it_is_computed(expression):
    with pytest.raises(ToolError, match="too large"):
        calculate(expression)


def test_threads_do_not_disturb_each_others_digits():
    wrong = []

    def work():
        for expression, value in [("sqrt(2)", "1.4142135623731"), ("sin(10**22)", "-0.852200849767189")] * 100:
            if calculate(expression) != value:
                wrong.append(expression)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_caller_with_a_nearly_full_stack_gets_a_tool_error_or_the_value():
    def dive(depth):
        if depth:
            return dive(depth - 1)
        try:
            return calculate("(" * 40 + "1" + ")" * 40)
        except ToolError as error:
            return str(error)

    outcomes = set()
    for depth in range(700, 940, 10):
        try:
            outcomes.add(dive(depth).split(":")[0])
        except RecursionError:
            break  # the dive itself did not fit any more
    assert outcomes <= {"1", "too large"}
