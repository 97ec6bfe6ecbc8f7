"""Quantities: sizes by sympy's table, results in the units that were asked for, and a mismatch is an error."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy.physics import units as sympy_units

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import calculate
from orchestrator.tools._calculator.unit_names import definitions, symbol_of, unit_at
from orchestrator.tools._calculator.unit_sizes import size_of


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("5 miles in km", "8.04672 km"),
        ("5miles to km", "8.04672 km"),
        ("5 miles -> kilometres", "8.04672 km"),
        ("5 Miles → KM", "8.04672 km"),
        ("3 in in cm", "7.62 cm"),
        ("12 in to ft", "1 ft"),
        ("3 ft in in", "36 in"),
        ("3 in + 2 in", "5 in"),
        ("5 ft 3 in in cm", "160.02 cm"),
        ("-5 ft 3 in in cm", "-160.02 cm"),
        ("1 h 30 min in minutes", "90 min"),
        ("5 km + 3 m", "5.003 km"),
        ("5 m - 3 km", "-2995 m"),
        ("100 km / 2 h", "50 km/h"),
        ("100 km / 2 h in m/s", "125/9 ≈ 13.8888888888889 m/s"),
        ("60 km/h * 30 min", "30 km"),
        ("60 mph * 2 h", "120 mi"),
        ("60 miles per hour in m/s", "26.8224 m/s"),
        ("100 m / 9.6 s in km/h", "37.5 km/h"),
        ("9.81 m/s^2 * 70 kg in N", "686.7 N"),
        ("9.81 m/s² * 70 kg in N", "686.7 N"),
        ("9.81 m*s**-2 * 70 kg in N", "686.7 N"),
        ("5 N·m in J", "5 J"),
        ("2 kWh in MJ", "7.2 MJ"),
        ("1 atm in Pa", "101325 Pa"),
        ("1 acre in m²", "4046.8564224 m²"),
        ("2 square miles in km²", "5.179976220672 km²"),
        ("1 cubic metre in litres", "1000 L"),
        ("5 m * 3 m", "15 m²"),
        ("5 km * 3 m", "0.015 km²"),
        ("5 km / 5 m", "1000"),
        ("(5 m)^2", "25 m²"),
        ("5 m^2", "5 m²"),
        ("10^3 m in km", "1 km"),
        ("2 * 10**3 m", "2000 m"),
        ("(2+3) kg * 2", "10 kg"),
        ("2½ h in min", "150 min"),
        ("1 1/2 miles in ft", "7920 ft"),
        ("3/4 mile in km", "1.207008 km"),
        ("20% of 5 km", "1 km"),
        ("3 x 4 m", "12 m"),
        ("8 oz in g", "226.796185 g"),
        ("10 st in kg", "63.5029318 kg"),
        ("2 weeks in h", "336 h"),
        ("1 GiB in MB", "1073.741824 MB"),
        ("100 Mbit in MB", "12.5 MB"),
        ("1 ly in km", "9460730472580.8 km"),
        ("10 knots in km/h", "18.52 km/h"),
        ("7 km // 2 km", "3"),
        ("7 km % 2 km", "1 km"),
        ("sqrt(16 m²)", "4 m"),
        ("cbrt(27 m³)", "3 m"),
        ("max(5 km, 3 mi)", "5 km"),
        ("sum(1 km, 500 m)", "1.5 km"),
        ("round(5 miles in km, 2)", "8.05 km"),
        ("abs(-5 kg)", "5 kg"),
        ("hypot(3 m, 400 cm)", "5 m"),
        ("100/(4 s)", "25 s⁻¹"),
        ("5 µm in nm", "5000 nm"),
        ("1e3 mm in m", "1 m"),
        ("5 km in km", "5 km"),
        ("(5 miles in km) * 2", "16.09344 km"),
        ("100 Mbps in MB/s", "12.5 MB/s"),
        ("100 Mbps * 8 s in MB", "100 MB"),
        ("1 Gbps in kbps", "1000000 kbps"),
        ("56 kbps in bps", "56000 bps"),
        ("1 µF in nF", "1000 nF"),
        ("470 pF in farad", "0.00000000047 farad"),
        ("1 acre in m2", "4046.8564224 m²"),
        ("3 m2 in cm2", "30000 cm²"),
        ("9.81 m/s2 * 70 kg in N", "686.7 N"),
        ("5 ft3 in L", "141.58423296 L"),
    ],
)
def test_a_quantity_has_its_value_and_units(expression, value):
    assert calculate(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("20 °C in °F", "68 °F"),
        ("20°C to °F", "68 °F"),
        ("-40 °C in °F", "-40 °F"),
        ("100 °F in °C", "340/9 ≈ 37.7777777777778 °C"),
        ("0 °C in K", "273.15 K"),
        ("300 K in °C", "26.85 °C"),
        ("32 F in C", "0 °C"),
        ("20 ℃ in ℉", "68 °F"),
        ("20 degrees Celsius in Fahrenheit", "68 °F"),
        ("20 celsius in kelvin", "293.15 K"),
        ("20 °C", "20 °C"),
        ("5 K + 3 K", "8 K"),
        ("mean(20 °C, 30 °C)", "25 °C"),
        ("max(20 °C, 86 °F)", "30 °C"),
        ("5 J/°C in J/K", "5 J/K"),
    ],
)
def test_temperatures_are_converted_between_their_scales(expression, value):
    assert calculate(expression) == value


@pytest.mark.parametrize(
    "expression",
    ["20 °C + 5 °C", "30 °C - 20 °C", "2 * 20 °C", "20 °C / 2", "20 °F + 5 K", "sum(20 °C, 5 °C)", "(20 °C)^2"],
)
def test_a_sum_of_temperatures_is_refused_because_a_difference_is_written_in_the_same_way(expression):
    with pytest.raises(ToolError, match="ambiguous °"):
        calculate(expression)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("sin(30°)", "0.5"),
        ("cos(60°)", "0.5"),
        ("tan(45°)", "1"),
        ("sin(30 degrees)", "0.5"),
        ("sin(30 deg) + cos(60°)", "1"),
        ("cos(0.5 rad) - cos(0.5)", "0"),
        ("30° + 60°", "90°"),
        ("180° in rad", "3.14159265358979 rad"),
        ("asin(0.5) in degrees", "30°"),
        ("pi in °", "180°"),
        ("radians(180°)/pi", "1"),
        ("degrees((pi) rad)", "180"),
        ("5º", "5°"),
    ],
)
def test_a_degree_sign_makes_an_angle(expression, value):
    assert calculate(expression) == value


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("5 km + 3 s", "s cannot be added to km"),
        ("5 kg - 3 m", "units do not match"),
        ("5 km + 3", "a number without units cannot be added to km"),
        ("3 + 5 km", "units do not match"),
        ("5 km in s", "km cannot be converted into s"),
        ("100 km / 2 h in kg", "cannot be converted"),
        ("5 in km", "without a unit"),
        ("5 km % 3", "have no remainder"),
        ("2^(3 km)", "exponent"),
        ("(5 km)^0.3", "no such power"),
        ("(5 km)^100", "exponent"),
        ("(5 km)!", "without km"),
        ("log(5 km)", "without units"),
        ("sin(5 km)", "cannot be converted into rad"),
        ("max(5 km, 3)", "without a unit"),
        ("max(3, 5 km)", "without units"),
        ("sqrt(16 m)", "no such power"),
        ("(5 km) kg", "only a real number"),
        ("(2i) km", "only a real number"),
        ("(2i)*(3 km)", "complex numbers have no units"),
        ("5 m^1.5", "whole number"),
        ("5 m^99", "whole number"),
        ("5 m^x", "must be a number"),
        ("5 m^20*m^20", "too large"),
        ("(5 m^20)*(5 m^20)", "too large"),
        ("5 kilometrs in m", "did you mean kilomet"),
        ("5 km in parsnips", "unknown unit parsnips"),
        ("5 km in", "a unit is missing after in"),
        ("5 to", "a unit is missing after to"),
        ("5 m ** 2", r"ambiguous power: write m\*\*2 without spaces, or \(5 m\)\*\*2"),
        ("5 m ^2", "ambiguous power"),
        ("5 lightyeers", "did you mean lightyear"),
        ("10 apples", "unknown name apples"),
        ("5 km in 3", "unknown unit 3"),
        ("5 km + solve(x=3, x)", "algebra has numbers without units"),
        ("5 km * diff(3*x, x)", "algebra has numbers without units"),
        ("5 gallons in litres", "a US gallon is 3.785411784 L"),
        ("3 months in days", "write days"),
        ("1 µF in F", "µF cannot be converted into °F"),
    ],
)
def test_units_that_do_not_match_or_are_not_known_are_explained(expression, words):
    with pytest.raises(ToolError, match=words):
        calculate(expression)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("3/4 in %", "75%"),
        ("80/200 in %", "40%"),
        ("0.4 in %", "40%"),
        ("0.25 to percent", "25%"),
        ("1/8 in per cent", "12.5%"),
        ("(1/4) -> %", "25%"),
        ("1/3 as a percentage", "100/3 ≈ 33.3333333333333%"),
        ("2/5 as percent", "40%"),
        ("round(2/3 in %, 1)", "66.7%"),
        ("30 cm / 2 m in %", "15%"),
        ("$20/$50 in %", "40%"),
        ("25% in ‰", "250‰"),
        ("0.004 in ‰", "4‰"),
        ("(0.4 in %) * 50", "2000%"),
        ("3 in % 2 in", "1 in"),
    ],
)
def test_a_number_is_given_as_a_percentage_and_never_in_inches(expression, value):
    assert calculate(expression) == value


def test_a_quantity_is_no_percentage_and_a_percentage_ends_the_expression():
    with pytest.raises(ToolError, match="km cannot be converted into %"):
        calculate("5 km in %")
    with pytest.raises(ToolError, match="cannot stand here"):
        calculate("0.4 in % * 100")


@given(st.integers(1, 10**6), st.sampled_from(["in", "to", "->", "into"]), st.sampled_from(["%", " %", " percent"]))
def test_any_number_of_hundredths_is_that_percentage(hundredths, word, percent):
    assert calculate(f"{hundredths}/100 {word}{percent}") == f"{hundredths}%"


def test_every_size_is_sympys():
    for symbol, name in (
        ("km", "kilometer"),
        ("lb", "pound"),
        ("h", "hour"),
        ("Pa", "pascal"),
        ("au", "astronomical_unit"),
    ):
        assert float(size_of(symbol).factor) == pytest.approx(float(getattr(sympy_units, name).scale_factor))


def test_every_unit_of_the_table_has_a_size_or_a_sentence():
    for symbol, definition in definitions().items():
        assert definition.startswith("! ") or size_of(symbol).kind, symbol
        assert symbol_of(symbol) == symbol
        assert unit_at(f"{symbol} ", 0) == (symbol, 1, len(symbol))


@given(
    st.decimals(-(10**6), 10**6, places=3),
    st.sampled_from([("km", "mi"), ("kg", "lb"), ("°C", "°F"), ("m/s", "mph"), ("L", "mL"), ("K", "°C"), ("J", "kWh")]),
)
def test_a_quantity_that_is_converted_there_and_back_is_the_same(value, pair):
    there = calculate(f"({value:f}) {pair[0]} in {pair[1]}").rpartition("≈ ")[2]
    number, _, symbol = there.partition(" ")
    back = calculate(f"({number}) {symbol} in {pair[0]}").rpartition("≈ ")[2]
    assert math.isclose(float(back.partition(" ")[0]), float(value), rel_tol=1e-12, abs_tol=1e-9)
    assert back.partition(" ")[2] == pair[0]


@given(st.text("kmsghCF°Kin to/*^²0123456789.()", max_size=25))
def test_any_text_of_numbers_and_units_is_calculated_or_refused(text):
    try:
        calculate(f"5 {text}")
    except ToolError as error:
        str(error).encode()
