"""How text is read: spellings, precedence, and what is refused because people read it in two ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import calculate
from orchestrator.tools._calculator.parser import parse


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("6 × 7", "42"),
        ("6·7", "42"),
        ("84 ÷ 2", "42"),
        ("44 − 2", "42"),
        ("44–2", "42"),
        ("４２．５", "42.5"),
        ("2³²", "4294967296"),
        ("-3²", "-9"),
        ("√16", "4"),
        ("2√9", "6"),
        ("∛27", "3"),
        ("τ/π", "2"),
        ("= 2+2", "4"),
        ("2+2 = ?", "4"),
        ("5!=", "120"),
        ("1_000*2", "2000"),
        (".5+5.", "5.5"),
        ("1E-3", "0.001"),
        ("0x1F+0b101", "36"),
        ("SQRT(16)+Max(1, 2)", "6"),
        ("sqrt (4)", "2"),
        ("2e3", "2000"),
        ("2e/e", "2"),
    ],
)
def test_a_spelling_is_understood(expression, value):
    assert calculate(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("2+3*4", "14"),
        ("2**3**2", "512"),
        ("2**-1", "0.5"),
        ("-2**2", "-4"),
        ("2*-3", "-6"),
        ("--5", "5"),
        ("-7//2", "-4"),
        ("7 % -3", "-2"),
        ("-7 mod -3", "-1"),
        ("2*7%4", "2"),
        ("-3!", "-6"),
        ("2^3!", "64"),
        ("2(3)(4)", "24"),
        ("2(3)^2", "18"),
        ("(1+2)3", "9"),
        ("100-20-30", "50"),
        ("100/10/5", "2"),
    ],
)
def test_operators_bind_as_in_mathematics(expression, value):
    assert calculate(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("15% of 80", "12"),
        ("50%", "0.5"),
        ("-5%", "-0.05"),
        ("100%-20%", "0.8"),
        ("50% - 3", "-2.5"),
        ("20%*50", "10"),
        ("200*(1+10%)", "220"),
        ("(1+5%)*(1+10%)", "1.155"),
        ("100%-(30%+20%)", "0.5"),
        ("100+5% of 200", "110"),
        ("5% + 100", "100.05"),
        ("(5)%", "0.05"),
        ("1/2 of 80", "40"),
        ("7 % 3", "1"),
        ("7%(3)", "1"),
        ("mod(7, 3)", "1"),
    ],
)
def test_a_percent_sign_is_a_remainder_only_before_an_operand(expression, value):
    assert calculate(expression) == value


@pytest.mark.parametrize(
    "expression",
    ["6/2(1+2)", "6/2pi", "8%3(2)", "2**3pi", "2^3(4)", "3!!", "3! !", "10%+5", "100/20% of 50", "2²**3"],
)
def test_what_can_be_read_in_two_ways_is_refused(expression):
    with pytest.raises(ToolError, match="ambiguous"):
        calculate(expression)


def test_a_comma_between_arguments_is_not_a_thousands_separator():
    assert calculate("max(1,234)") == "234"
    assert calculate("1,234") == "1234"
    assert calculate("2*(1,234)") == "2468"
    assert calculate("1,234.5+1") == "1235.5"
    with pytest.raises(ToolError, match="write 1000 for 1,000"):
        calculate("sqrt(1,000)")


@pytest.mark.parametrize("expression", ["1,23", "12,3456", "0,123", "1234,567", "1,234,56", "(1,2)", "1, 234"])
def test_a_comma_that_is_neither_is_explained(expression):
    with pytest.raises(ToolError, match="comma"):
        calculate(expression)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("2 3", "syntax"),
        ("2+*3", "syntax"),
        ("()", "syntax"),
        ("2)", "syntax"),
        ("sin 30", r"write sin\(30\)"),
        ("sin 30°", r"write sin\(30°\)"),
        ("log²(8)", "power behind the parenthesis"),
        ("1'00", "character '"),
        ("sin", "arguments"),
        ("log(1, 2, 3)", "arguments"),
        ("1.2.3", "syntax"),
        ("1_", "syntax"),
        ("0b12", "syntax"),
        ("00.5", "leading zero"),
        ("10 apples", "unknown name apples"),
        ("3 x", "unknown name x"),
        ("3x-4", "unknown name x"),
        ("pi(2)", r"write pi\*"),
        ("squrt(2)", "did you mean sqrt"),
        ("x = 5", "not allowed"),
        ("2+2=4", "not allowed"),
        ("1 == 1", "not allowed"),
        ("1 if 1 else 2", "not allowed"),
        ("not 1", "not allowed"),
        ("5.real", "not allowed"),
        ("1|2", "abs"),
        ("5¢", "character ¢"),
        ("5 ± 2", "two values"),
        ("solve(sin(x°)=1, x)", r"radians\(30\)"),
        ("θ", "character θ"),
        ("ｅval(1)", "not allowed"),
        ("\ud800", r"U\+D800"),
        ("1\u200b+1", r"U\+200B"),
        ("1\r2", r"U\+000D"),
        ("((1)", "closing parenthesis"),
        ("(" * 60 + "1" + ")" * 60, "too large"),
        ("1" * 2_001, "too large"),
    ],
)
def test_an_error_says_what_is_wrong(expression, words):
    with pytest.raises(ToolError, match=words):
        calculate(expression)


@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text_at_all_is_parsed_or_refused(text):
    refusal = ""
    try:
        parse(text)
    except ToolError as error:
        refusal = str(error)
    refusal.encode()  # a message with a lone surrogate could not be sent
