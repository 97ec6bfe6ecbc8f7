"""Expressions with two readings: refused with both readings of that expression, and never calculated silently."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import calculate, nodes
from orchestrator.tools._calculator.parser import parse
from orchestrator.tools._calculator.reading import expressions_in

TWO_READINGS = [
    ("100 + 5%", "100+5/100 = 100.05", "100*(1+5/100) = 105"),
    ("200+10%", "200+10/100 = 200.1", "200*(1+10/100) = 220"),
    ("80 - 25%", "80-25/100 = 79.75", "80*(1-25/100) = 60"),
    ("50 + (10%)", "50+10/100 = 50.1", "50*(1+10/100) = 55"),
    ("250 - (30%+20%)", "250-(30/100+20/100) = 249.5", "250*(1-(30/100+20/100)) = 125"),
    ("12*5 + 20%", "12*5+20/100 = 60.2", "(12*5)*(1+20/100) = 72"),
    ("3*(2+150%)", "3*(2+150/100) = 10.5", "3*(2*(1+150/100)) = 15"),
    ("40 plus 5 percent", "40+5/100 = 40.05", "40*(1+5/100) = 42"),
    ("80 less 5 per cent", "80-5/100 = 79.95", "80*(1-5/100) = 76"),
    ("$90 + 10%", "90+10/100 = 90.1", "90*(1+10/100) = 99"),
    ("100 + 5‰", "100+5/1000 = 100.005", "100*(1+5/1000) = 100.5"),
    ("100 + -5%", "100+(-(5/100)) = 99.95", "100*(1+(-(5/100))) = 95"),
    ("max(10 + 10%, 3)", "max(10+10/100, 3) = 10.1", "max(10*(1+10/100), 3) = 11"),
    ("10% + 20% of 50", "10/100+20/100*50 = 10.1", "(10/100+20/100)*50 = 15"),
    ("7%-3", "7/100-3 = -2.93", "7 mod (-3) = -2"),
    ("-7%-3", "-(7/100)-3 = -3.07", "(-7) mod (-3) = -1"),
    ("10%+5", "10/100+5 = 5.1", "10 mod 5 = 0"),
    ("2*7%-3", "2*(7/100)-3 = -2.86", "(2*7) mod (-3) = -1"),
    ("5% 200", "5 mod 200 = 5", "5/100*200 = 10"),
    ("20% (50)", "20 mod 50 = 20", "20/100*50 = 10"),
    ("6/2(1+2)", "(6/2)*(1+2) = 9", "6/(2*(1+2)) = 1"),
    ("8÷2(2+2)", "(8/2)*(2+2) = 16", "8/(2*(2+2)) = 1"),
    ("48/2(9+3)", "(48/2)*(9+3) = 288", "48/(2*(9+3)) = 2"),
    ("1/2pi", "(1/2)*pi = 1.5707963267949", "1/(2*pi) = 0.159154943091895"),
    ("6 / 2 (3) (4)", "(6/2)*3*4 = 36", "6/(2*3*4) = 0.25"),
    ("12//5(2)", "(12//5)*2 = 4", "12//(5*2) = 1"),
    ("8%3(2)", "(8 % 3)*2 = 4", "8 % (3*2) = 2"),
    ("2**3pi", "2**3*pi = 25.1327412287183", "2**(3*pi) = 687.291335114546"),
    ("2^3(4)", "2**3*4 = 32", "2**(3*4) = 4096"),
    ("-2^3(4)", "-2**3*4 = -32", "-2**(3*4) = -4096"),
    ("√2π", "sqrt(2)*pi = 4.44288293815837", "sqrt(2*pi) = 2.506628274631"),
    ("√4(9)", "sqrt(4)*9 = 18", "sqrt(4*9) = 6"),
    ("5(√4)√9(2)", "5*sqrt(4)*(sqrt(9)*2) = 60", "5*sqrt(4)*sqrt(9*2) = 42.4264068711929"),
    ("√9!", "sqrt(9)! = 6", "sqrt(9!) = 602.395219104534"),
    ("√4%", "sqrt(4)/100 = 0.02", "sqrt(4/100) = 0.2"),
    ("∛8!", "cbrt(8)! = 2", "cbrt(8!) = 34.2904755292536"),
    ("square root of 16 + 9", "sqrt(16)+9 = 13", "sqrt(16+9) = 5"),
    ("the cube root of 8 * 27", "cbrt(8)*27 = 54", "cbrt(8*27) = 6"),
    ("2²**3", "(2**2)**3 = 64", "2**(2**3) = 256"),
    ("5²^3", "(5**2)**3 = 15625", "5**(2**3) = 390625"),
    ("3!!", "(3!)! = 720", "factorial2(3) = 3"),
    ("4!! + 1", "(4!)!+1 = 620448401733239439360001", "factorial2(4)+1 = 9"),
    ("sin⁻¹(0.5)", "asin(0.5) = 0.523598775598299", "1/sin(0.5) = 2.08582964293349"),
    ("sin^-1(0.5)", "asin(0.5) = 0.523598775598299", "1/sin(0.5) = 2.08582964293349"),
    ("1/2sin(30)", "(1/2)*sin(30) = -0.494015812046431", "1/(2*sin(30)) = -0.506056676535089"),
    ("tan⁻¹(1)", "atan(1) = 0.785398163397448", "1/tan(1) = 0.642092615934331"),
    ("100/20% of 50", "(100/(20/100))*50 = 25000", "100/(20/100*50) = 10"),
    ("10 mod 4 + 3", "(10 mod 4)+3 = 5", "10 mod (4+3) = 3"),
    ("10 + 7 mod 3", "10+(7 mod 3) = 11", "(10+7) mod 3 = 2"),
    ("7 mod 3 * 2", "(7 mod 3)*2 = 2", "7 mod (3*2) = 1"),
    ("5 * 7 mod 4", "(5*7) mod 4 = 3", "5*(7 mod 4) = 15"),
    ("1/2%", "1/(2/100) = 50", "(1/2)/100 = 0.005"),
    ("3/4%", "3/(4/100) = 75", "(3/4)/100 = 0.0075"),
    ("9^1/2", "(9**1)/2 = 4.5", "9**(1/2) = 3"),
    ("2*8^1/3", "2*(8**1)/3 = 16/3 ≈ 5.33333333333333", "2*8**(1/3) = 4"),
    ("60 / 2 km", "(60/2) km = 30 km", "60/(2 km) = 30 km⁻¹"),
    ("1/2h", "(1/2) h = 0.5 h", "1/(2 h) = 0.5 h⁻¹"),
    ("5 km + 10%", "5 km+10/100", "5 km*(1+10/100) = 5.5 km"),
    ("half of 10 + 2", "0.5*10+2 = 7", "0.5*(10+2) = 6"),
    ("a third of 12 + 3", "1/3*12+3 = 7", "1/3*(12+3) = 5"),
    ("a quarter of 8 minus 4", "0.25*8-4 = -2", "0.25*(8-4) = 1"),
    ("twice 3 + 4", "2*3+4 = 10", "2*(3+4) = 14"),
    ("thrice 2 - 1", "3*2-1 = 5", "3*(2-1) = 3"),
    ("twice 3 * 4 + 1", "(2*3)*4+1 = 25", "2*(3*4+1) = 26"),
    ("max(half of 10 + 2, 3)", "max(0.5*10+2, 3) = 7", "max(0.5*(10+2), 3) = 6"),
    ("double 3 squared", "2*3**2 = 18", "(2*3)**2 = 36"),
    ("triple 2 cubed", "3*2**3 = 24", "(3*2)**3 = 216"),
    ("half of 10 squared", "0.5*10**2 = 50", "(0.5*10)**2 = 25"),
    ("minus 5 squared", "-5**2 = -25", "(-5)**2 = 25"),
    ("1 + negative 3 squared", "1+(-3**2) = -8", "1+(-3)**2 = 10"),
    ("2 to the power of 3 squared", "2**(3**2) = 512", "(2**3)**2 = 64"),
    ("10 raised to 2 cubed", "10**(2**3) = 100000000", "(10**2)**3 = 1000000"),
    ("2^-3 squared", "2**(-3**2) = 0.001953125", "(2**(-3))**2 = 0.015625"),
    ("1-3/4 + 2-1/2", "1-3/4+2-1/2 = 1.75", "(1+3/4)+(2+1/2) = 4.25"),
    ("3 * 2-1/2", "3*2-1/2 = 5.5", "3*(2+1/2) = 7.5"),
    ("5-1/2 - 1", "5-1/2-1 = 3.5", "(5+1/2)-1 = 4.5"),
    ("10 plus 2-2/3", "10+2-2/3 = 34/3 ≈ 11.3333333333333", "10+(2+2/3) = 38/3 ≈ 12.6666666666667"),
]


@pytest.mark.parametrize(("expression", "first", "second"), TWO_READINGS)
def test_an_expression_with_two_readings_is_refused_with_its_own_readings(expression, first, second):
    with pytest.raises(ToolError) as refused:
        calculate(expression)
    message = str(refused.value)
    assert message.startswith("ambiguous ")
    assert message.endswith(f": {first} or {second}; write the one that is meant")


@pytest.mark.parametrize(("expression", "first", "second"), TWO_READINGS)
def test_both_readings_can_be_written_and_have_the_values_that_are_told(expression, first, second):
    for reading in (first, second):
        written, _, value = reading.partition(" = ")
        if value:
            assert calculate(written) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 5%", "1.05"),
        ("(1+5%)**2", "1.1025"),
        ("1 - 20%", "0.8"),
        ("50% + 30% + 20%", "1"),
        ("100% - 20%", "0.8"),
        ("-(10% + 5%)", "-0.15"),
        ("5% * 200 + 1", "11"),
        ("100 + 5% of 200", "110"),
        ("100 + 5% * 3", "100.15"),
        ("50% - 3", "-2.5"),
        ("8/2(1)", "4"),
        ("2^3(1)", "8"),
        ("√1!", "1"),
        ("2!!", "2"),
        ("10 mod 3 + 1", "2"),
        ("2*7 mod 3", "2"),
        ("8/2*4", "16"),
        ("2^3^2", "512"),
        ("-2^2", "-4"),
        ("(-2)^2", "4"),
        ("2^-1", "0.5"),
        ("1/2*3", "1.5"),
        ("2(3)(4)", "24"),
        ("√(16)(9)", "36"),
        ("2^(3)(4)", "32"),
        ("2√9", "6"),
        ("√16 + 9", "13"),
        ("2 * 7 % 4", "2"),
        ("7 % -3", "-2"),
        ("15 mod 4", "3"),
        ("sin²(30°)", "0.25"),
        ("sin^2(30°)", "0.25"),
        ("cos**2(60°) + sin²(60°)", "1"),
        ("2sin(30°)", "1"),
        ("100/5%", "2000"),
        ("1 1/2%", "0.015"),
        ("9^2/3", "27"),
        ("9^1 / 2", "4.5"),
        ("10^-3 m in mm", "1 mm"),
        ("1/2 of 80", "40"),
        ("3/4 mile in km", "1.207008 km"),
        ("2/3 of 90", "60"),
        ("half of 10 * 3", "15"),
        ("half of (10 + 2) + 1", "7"),
        ("half of half of 84", "21"),
        ("minus 2 cubed", "-8"),
        ("10 minus 5 squared", "-15"),
        ("34 squared plus 98", "1254"),
        ("5-1/2", "4.5"),
        ("80*(1-1/4)", "60"),
        ("2 * (1-1/4)", "1.5"),
        ("max(1-1/4, 0)", "0.75"),
        ("10 - 2-2/3", "22/3 ≈ 7.33333333333333"),
        ("12/3/2", "2"),
        ("2048/4/4", "128"),
        ("2024/12/32", "253/48 ≈ 5.27083333333333"),
    ],
)
def test_what_has_one_reading_or_the_same_value_in_both_is_calculated(expression, value):
    assert calculate(expression) == value


def test_readings_of_algebra_are_told_without_their_values():
    with pytest.raises(ToolError, match=r"solve\(\(1/2\)\*x = 3, x\) or solve\(1/\(2\*x\) = 3, x\); write"):
        calculate("solve(1/2x = 3, x)")
    with pytest.raises(ToolError, match=r"solve\(x\+5/100 = 105, x\) or solve\(x\*\(1\+5/100\) = 105, x\)"):
        calculate("solve(x + 5% = 105, x)")


def test_readings_that_are_too_long_are_not_shown():
    with pytest.raises(ToolError, match="with all parentheses"):
        calculate("1+" * 100 + "6/2(3)")


def test_a_second_doubt_is_never_settled_by_the_first():
    with pytest.raises(ToolError, match="ambiguous"):
        calculate("8/2(1) + 6/2(3)")


def test_a_root_in_words_inside_an_expression_needs_parentheses():
    for expression in ("2 * square root of 16 + 9", "1 + the cube root of 8 * 2"):
        with pytest.raises(ToolError, match=r"ambiguous root: write sqrt\(16\)\+9 or sqrt\(16\+9\)"):
            calculate(expression)
    assert calculate("2 * the square root of 16") == "8"
    assert calculate("max(square root of 16, 3)") == "4"


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("1,5", "write 1.5 if the comma is a decimal one, 15 if"),
        ("3,14 * 2", "write 3.14 if"),
        ("1.234,56", "write 1234.56 if"),
        ("1.234.567", "write 1234567"),
        ("2.500.000,75", "write 2500000.75"),
        ("1 234 567", "10000 or 10,000 as one number"),
        ("10 500/600", r"10\+500/600 for a mixed fraction, 10500/600"),
        ("3 5/4", r"3\+5/4"),
        ("1 1/2^2", r"\(1\+1/2\) for a mixed fraction"),
        ("20 °C + 5 °C", "ambiguous °C"),
        ("5 gallons in L", "ambiguous unit gallon"),
        ("1 year in days", "ambiguous unit year"),
        ("2 tons in kg", "ambiguous unit ton"),
        ("3 cups in mL", "ambiguous unit cup"),
        ("500 calories in J", "ambiguous unit cal"),
        ("500 kb in MB", "kb, mb and gb may mean bits or bytes; write kbit"),
        ("3 gb in MB", "ambiguous unit kb"),
        ("12/12/2024", r"a date, or \(12/12\)/2024"),
        ("25/12/2024 + 1", "a date, or"),
        ("2024/12/25", "a date, or"),
        ("1 + 3/4/1999", "a date, or"),
        ("3 + half of 10 + 2", r"ambiguous half of: write 1/2\*10\+2 or 1/2\*\(10\+2\)"),
        ("2 * twice 3 - 1", "ambiguous twice"),
    ],
)
def test_numbers_and_units_with_two_readings_are_refused_with_what_to_write(expression, words):
    with pytest.raises(ToolError, match=words):
        calculate(expression)


def test_an_expression_with_two_readings_is_not_proposed_for_a_question():
    assert expressions_in("What is 6/2(1+2)?") == ()
    assert expressions_in("What is 6/(2*(1+2))?") == ("6/(2*(1+2))",)


# --- Any expression --------------------------------------------------------------------------------------------------

ATOMS = st.sampled_from(["2", "10", "0.5", "5%", "(1+2)", "3!", "√2", "2²", "pi", "1 1/2", "2½", "5‰", "(5%)"])
SIGNS = st.sampled_from(["+", "-", " + ", " - ", "*", "/", " / ", "%", "% ", " mod ", "^", "", " of ", "x", " times "])


@given(st.lists(st.tuples(ATOMS, SIGNS), min_size=2, max_size=5), ATOMS)
def test_each_reading_of_any_expression_has_one_reading_with_the_value_that_is_told(pieces, last):
    expression = "".join(atom + sign for atom, sign in pieces) + last
    try:
        tree = parse(expression)
    except ToolError:
        return
    assume(isinstance(tree, nodes.Either) and tree.only)
    try:
        message = calculate(expression)
    except ToolError as error:
        message = str(error)
    found = re.fullmatch(r"ambiguous [^:]+: (.*) or (.*); write the one that is meant", message)
    for reading in found.groups() if found else ():
        written, _, value = reading.partition(" = ")
        assert not isinstance(parse(written), nodes.Either)
        assert not value or calculate(written) == value


@given(st.integers(2, 10**6), st.integers(1, 99), st.sampled_from("+-"), st.sampled_from(["%", " %", " percent", "‰"]))
def test_a_percentage_added_to_a_number_is_never_calculated_silently(whole, share, sign, percent):
    with pytest.raises(ToolError, match="ambiguous percent"):
        calculate(f"{whole} {sign} {share}{percent}")


@given(st.integers(1, 99), st.integers(2, 99), st.integers(2, 99))
def test_a_factor_that_touches_a_divisor_is_never_calculated_silently(dividend, divisor, factor):
    with pytest.raises(ToolError, match="ambiguous implicit multiplication"):
        calculate(f"{dividend}/{divisor}({factor})")
