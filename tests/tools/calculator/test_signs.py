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
