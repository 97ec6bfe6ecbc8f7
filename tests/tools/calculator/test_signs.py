"""Unusual signs, scripts, words and amounts of money: understood if they mean one thing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import calculate


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("3 x 4", "12"),
        ("3x4", "12"),
        ("3 X 4", "12"),
        ("2.5x4x2", "20"),
        ("3 x4", "12"),
        ("3 x -4", "-12"),
        ("3 x (4+1)", "15"),
        ("(1+2)x(3)", "9"),
        ("2 x pi / pi", "2"),
        ("3 x sqrt(16)", "12"),
        ("5x10^3", "5000"),
        ("３ｘ４", "12"),
        ("3 х 4", "12"),
        ("max(3 x 4, 5)", "12"),
        ("3 x .5", "1.5"),
    ],
)
def test_an_x_between_numbers_multiplies(expression, value):
    assert calculate(expression) == value


@pytest.mark.parametrize("expression", ["2x", "x3", "x 3", "3 x", "3x+1", "x", "3xy"])
def test_any_other_x_is_an_unknown_name(expression):
    with pytest.raises(ToolError, match="unknown name"):
        calculate(expression)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("٣+٤", "7"),
        ("١٢٣×٢", "246"),
        ("٣٫٥*٢", "7"),
        ("١٬٢٣٤+١", "1235"),
        ("٥٠٪", "0.5"),
        ("۱۲ ÷ ۴", "3"),
        ("१२+३", "15"),
        ("１２＋３", "15"),
        ("（１＋２）＊３", "9"),
        ("１００％", "1"),
        ("1.5＾2", "2.25"),
        ("7•6", "42"),
        ("7 ∙ 6", "42"),
        ("7⨯6", "42"),
        ("84➗2", "42"),
        ("40➕2", "42"),
        ("44➖2", "42"),
        ("44—2", "42"),
        ("84∕2", "42"),
        ("1⁄2", "0.5"),
        ("½+¼", "0.75"),
        ("2½*2", "5"),
        ("2 ½ + 1", "3.5"),
        ("⅔ * 3", "2"),
        ("3½%", "0.035"),
        ("1 1/2 + 2 1/4", "3.75"),
        ("-1 1/2", "-1.5"),
        ("2*1 1/2", "3"),
        ("5 - 1 3/8", "3.625"),
        ("2 3/4%", "0.0275"),
        ("∜16", "2"),
        ("³√27", "3"),
        ("⁴√81", "3"),
        ("√-9", "3i"),
        ("5‰ of 2000", "10"),
        ("log₂(8)", "3"),
        ("log₁₀(1000)", "3"),
        ("2⁻²", "0.25"),
        ("5 million * 2", "10000000"),
        ("3 dozen / 4", "9"),
        ("10\u202f000 + 1", "10001"),
        ("1\u2009234\u2009567*2", "2469134"),
        ("12\u00a0500/2", "6250"),
        ("1'000 * 2", "2000"),
        ("1’234’567.5", "1234567.5"),
        ("5㎞", "5 km"),
        ("2㎡ in cm²", "20000 cm²"),
        ("５％ of ８０", "4"),
        ("2.5 thousand", "2500"),
    ],
)
def test_signs_and_digits_of_other_scripts_are_understood(expression, value):
    assert calculate(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("12 divided by 4", "3"),
        ("6 times 7", "42"),
        ("6 multiplied by 7", "42"),
        ("40 plus 2", "42"),
        ("44 minus 2", "42"),
        ("44 less 2", "42"),
        ("84 over 2", "42"),
        ("5 squared", "25"),
        ("2 cubed", "8"),
        ("-5 squared", "-25"),
        ("2 to the power of 10", "1024"),
        ("2 raised to the power of 10", "1024"),
        ("half of 84", "42"),
        ("6/half of 4", "3"),
        ("a quarter of 80", "20"),
        ("twice 21", "42"),
        ("double (3+4)", "14"),
        ("triple 5 + 1", "16"),
        ("20 percent of 50", "10"),
        ("20 per cent of 50", "10"),
        ("17 modulo 5", "2"),
        ("17 mod 5", "2"),
        ("the square root of 16", "4"),
        ("cube root of 27", "3"),
        ("5 factorial", "120"),
        ("negative 5 plus 7", "2"),
        ("12 DIVIDED  BY 4", "3"),
    ],
)
def test_arithmetic_in_words_is_understood(expression, value):
    assert calculate(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("15% off 80", "68"),
        ("20 percent off 80", "64"),
        ("15% off $80 + 5", "73"),
        ("50 + 15% off 80", "118"),
        ("12.5% off (40+40)", "70"),
        ("20% tax on 50", "10"),
        ("15% tip on $40", "6"),
        ("8% sales tax on 200", "16"),
        ("5% interest of 300", "15"),
        ("8% tax", "0.08"),
        ("root of 16", "4"),
        ("the root of 81", "9"),
        ("fourth root of 81", "3"),
        ("half a dozen", "6"),
        ("half a dozen * 4", "24"),
        ("a dozen / 3", "4"),
        ("half a million + 1", "500001"),
        ("a hundred - 1", "99"),
    ],
)
def test_shares_roots_and_amounts_in_words_are_understood(expression, value):
    assert calculate(expression) == value


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("50 plus 8% tax", r"ambiguous percent: .* or 50\*\(1\+8/100\) = 54"),
        ("42.50 + 15% tip", r"42\.5\*\(1\+15/100\) = 48\.875"),
        ("80 - 15% off", r"80\*\(1-15/100\) = 68"),
        ("$100 - 20% discount", r"100\*\(1-20/100\) = 80"),
        ("2 * 15% off 80", "one percentage before off"),
        ("200 * 15% off", "one percentage before off"),
        ("10% off", "a number is missing after off"),
        ("200 * 15% discount", "ambiguous %"),
        ("50 + 8% tax in %", "ambiguous percent"),
        ("12:30 - 11:45", r"write \(12 h 30 min\) - \(11 h 45 min\) in min"),
        ("09:05 + 1:30", r"write \(9 h 5 min\) \+ \(1 h 30 min\) in min"),
        ("5'10\" in cm", "for feet and inches write 5 ft 10 in in cm"),
        ("5′ 10″ to m", "write 5 ft 10 in to m"),
        ('1 1/2" in mm', "write 1 1/2 in in mm"),
        ("6' in cm", "write 6 ft in cm"),
        ('"2" + 2', "text in quotes"),
        ("1 000 000 + 1", "write 1000000 for 1 000 000,"),
        ("12 000 / 4", "write 12000 for 12 000,"),
        ("3 * 7 500.25", r"write 7500\.25 for 7 500\.25,"),
        ("10 20", "write 10000 or 10,000"),
        ("0,5", r"write 0\.5 if the comma is a decimal one$"),
        ("2 * 0,75", r"write 0\.75 if the comma is a decimal one$"),
        ("3x + 2 = 11", r"not allowed here: for an equation write solve\(3\*x\+2 = 11, x\)"),
        ("x^2 = 9", r"write solve\(x\*\*2 = 9, x\)"),
        ("2*(y-1) = 8", r"write solve\(2\*\(y-1\) = 8, y\)"),
        ("x + y = 8", "not allowed|unknown name"),
        ("3h20 in min", "3h20 is not clear; write both units"),
        ("5ft10 in cm", "5ft10 is not clear"),
        ("2h5min", "2h5min is not clear"),
        ("5ft3", r"5ft3 is not clear; .* ft\*\*2 for a power"),
    ],
)
def test_what_is_not_understood_is_told_with_its_own_numbers(expression, words):
    with pytest.raises(ToolError, match=words):
        calculate(expression)


@given(st.integers(1, 999), st.lists(st.integers(0, 999), min_size=1, max_size=3), st.sampled_from("+-*/"))
def test_numbers_with_spaces_for_thousands_are_told_as_one_number(first, groups, sign):
    spaced = " ".join([str(first), *(f"{group:03}" for group in groups)])
    with pytest.raises(ToolError, match=f"write {spaced.replace(' ', '')} for {spaced},"):
        calculate(f"{spaced} {sign} 1")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$5 * 3", "15"),
        ("$1,200*2", "2400"),
        ("£5", "5"),
        ("€3.50 + €1.25", "4.75"),
        ("3 * 5€", "15"),
        ("-$5 + $8", "3"),
        ("$-5", "-5"),
        ("$(5+3)/2", "4"),
        ("20% of $50", "10"),
        ("$5 million / 2", "2500000"),
        ("50 dollars / 4", "12.5"),
        ("¥1000 x 3", "3000"),
        ("₹100 - 10 rupees", "90"),
        ("￥100/4", "25"),
    ],
)
def test_a_currency_sign_is_read_over(expression, value):
    assert calculate(expression) == value


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("$5 + €3", "two currencies"),
        ("$5 + 3 euros", "two currencies"),
        ("5 USD in EUR", "two currencies"),
        ("£5*$2", "two currencies"),
        ("$", "no amount behind"),
        ("5 + $", "no amount behind"),
        ("$x", "write a number behind"),
        ("$$5", "twice"),
        ("5 $ 3", "write an operator"),
        ("(5)$3", "write an operator"),
        ("50¢", "character ¢"),
        ("$5m * 2", "ambiguous m behind"),
        ("$80K / 12", "ambiguous K behind"),
        ("€2 B", "ambiguous B behind"),
        ("£3 t", "ambiguous t behind"),
    ],
)
def test_money_that_cannot_be_added_is_refused(expression, words):
    with pytest.raises(ToolError, match=words):
        calculate(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "8 h * $15",
        "$15/h * 8 h",
        "$3/kg * 2 kg",
        "15 dollars per hour * 8",
        "€2/km * 5 km",
        "2 kg * 3€",
        "max($5, 3 km)",
        "20 EUR per day",
    ],
)
def test_money_beside_a_unit_is_refused_with_the_numbers_to_write(expression):
    with pytest.raises(ToolError, match=r"money .* and units do not mix here; write the numbers alone"):
        calculate(expression)


@pytest.mark.parametrize(
    "expression",
    ["0x_", "0x", "0b", "0b_1_", "0o9", "0x1__2", "0xG", "0b12", "1__0", "1_", "_1", "1e+", "1..2", "1.2.3", "0x1.5"],
)
def test_a_broken_number_is_a_tool_error(expression):
    with pytest.raises(ToolError):
        calculate(expression)


@pytest.mark.parametrize(
    ("expression", "value"), [("0x_1F", "31"), ("0xFF_FF", "65535"), ("0b_101", "5"), ("0O17", "15")]
)
def test_numbers_of_another_base_may_have_single_underscores(expression, value):
    assert calculate(expression) == value


@given(st.text("0123456789xXoObBeE_.,½¼٣", max_size=12))
def test_any_text_that_looks_like_a_number_is_one_or_is_refused(text):
    try:
        calculate(text)
    except ToolError as error:
        str(error).encode()


DECIMAL_DIGITS = st.characters(categories=["Nd"])


@given(st.lists(DECIMAL_DIGITS, min_size=1, max_size=6))
def test_the_decimal_digits_of_every_script_are_digits(digits):
    value = int("".join(str(unicodedata.decimal(digit)) for digit in digits))
    assert calculate("1+" + "7" + "".join(digits)) == str(1 + int(f"7{value:0{len(digits)}}"))
