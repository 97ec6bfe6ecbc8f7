"""Numbers with units: 5 km, 20 °C. Sizes of units come from sympy. Knows nothing of text or trees.

A result has the units of the first operand; units of one kind are combined: 60 km/h * 30 min is 30 km.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import functions, operations
from orchestrator.tools._calculator.nodes import Units
from orchestrator.tools._calculator.reals import Real, Reals, Value
from orchestrator.tools._calculator.unit_sizes import size_of
from orchestrator.tools._calculator.writing import units_written

DEGREE = "°"
UNSPACED = frozenset({DEGREE, "%", "‰"})
"""Units that touch their number."""
RADIAN: Units = (("rad", 1),)
_ZERO_POINTS = {"°C": Fraction(27315, 100), "°F": Fraction(45967, 100), "K": Fraction(0)}
"""Where 0 K is below the scale's 0, in the scale's own degrees."""
_SPEEDS = {
    "mph": (("mi", 1), ("h", -1)),
    "kph": (("km", 1), ("h", -1)),
    "kn": (("nmi", 1), ("h", -1)),
    "bps": (("bit", 1), ("s", -1)),
    "kbps": (("kbit", 1), ("s", -1)),
    "Mbps": (("Mbit", 1), ("s", -1)),
    "Gbps": (("Gbit", 1), ("s", -1)),
}
_MAX_POWER = 20
_SAME_UNIT = frozenset({"abs", "min", "max", "mean", "median", "round", "floor", "ceil", "trunc"})
_SUMS = frozenset({"sum", "stdev", "pstdev", "hypot"})
_OF_ANGLES = frozenset({"sin", "cos", "tan"})
_ANGLES: dict[str, Units] = {"radians": RADIAN, "degrees": ((DEGREE, 1),)}


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with units."""

    value: Value
    units: Units


Number = Value | Measured


def measured(value: object, units: Units) -> Number:
    """Return a value with its units. Raises ToolError if it has units already, or is no real number."""
    if not isinstance(value, Fraction | Real):
        raise ToolError(
            f"units do not match: only a real number without units can be followed by {units_written(units)}"
        )
    return Measured(value, units) if units else value


def converted(reals: Reals, value: object, units: Units) -> Number:
    """Return a quantity in other units. A number without units is an angle in radians, or a part: 0.4 in % is 40%.

    Raises:
        ToolError: The units measure something else.
    """
    if isinstance(value, Fraction | Real) and _kind(units) == _kind(RADIAN):
        value = Measured(value, RADIAN)
    if isinstance(value, Fraction | Real) and not _kind(units):
        value = Measured(value, ())
    if not isinstance(value, Measured):
        raise ToolError(f"units do not match: a number without a unit cannot be given in {units_written(units)}")
    if value.units == units:
        return value
    if _kind(value.units) != _kind(units):
        raise _mismatch(value.units, units, "cannot be converted into")
    scales = [_scale(each) for each in (value.units, units)]
    ratio = reals.divide(_factor(reals, value.units), _factor(reals, units))
    if scales[0] is None or scales[1] is None:
        return Measured(reals.multiply(value.value, ratio), units)
    kelvin = reals.multiply(reals.add(value.value, scales[0]), ratio)
    return Measured(reals.add(kelvin, -scales[1]), units)


def negate(value: Measured) -> Measured:
    """The quantity with the opposite sign."""
    return Measured(operations.negate(value.value), value.units)


def operate(reals: Reals, operator: str, left: object, right: object) -> Number:
    """Return the result of an operator.

    Raises:
        ToolError: The units do not match, or one operand is a temperature on a scale.
    """
    one, other = (_as_measured(operand) for operand in (left, right))
    _refuse_scale(one, other)
    if operator in ("*", "of", "/"):
        return _multiplied(reals, one, other, 1 if operator != "/" else -1)
    if not (one.units and other.units) or _kind(one.units) != _kind(other.units):
        raise _mismatch(
            one.units,
            other.units,
            {"+": "cannot be added to", "-": "cannot be subtracted with"}.get(operator, "have no remainder with"),
        )
    same = _as_measured(converted(reals, other, one.units)).value
    match operator:
        case "+":
            return Measured(reals.add(one.value, same), one.units)
        case "-":
            return Measured(reals.add(one.value, operations.negate(same)), one.units)
        case "//":
            return operations.floor_divide(reals, one.value, same)
    return Measured(operations.remainder(reals, one.value, same), one.units)


def power(reals: Reals, base: object, exponent: object) -> Number:
    """Return base ** exponent. Raises ToolError if the units' powers are not whole then."""
    if not isinstance(exponent, Fraction) or abs(exponent) > _MAX_POWER:
        raise ToolError(f"units do not match: an exponent is a plain number, up to {_MAX_POWER} for a quantity")
    number = _as_measured(base)
    _refuse_scale(number)
    powers = [(symbol, times * exponent) for symbol, times in number.units]
    if any(times.denominator != 1 or abs(times) > _MAX_POWER for _, times in powers):
        raise ToolError(f"units do not match: {units_written(number.units)} has no such power or root")
    return measured(
        operations.power(reals, number.value, exponent),
        tuple((symbol, int(times)) for symbol, times in powers if times),
    )


def call(function: str, reals: Reals, arguments: Sequence[object]) -> Number:
    """Call a function with quantities.

    Raises:
        ToolError: The function has no meaning for such a quantity.
    """
    if function in _ANGLES:
        return _as_measured(converted(reals, arguments[0], _ANGLES[function])).value
    if function in _OF_ANGLES:
        angles = [_as_measured(converted(reals, argument, RADIAN)).value for argument in arguments]
        return functions.call(function, reals, angles)
    if function in ("sqrt", "cbrt") and len(arguments) == 1:
        return power(reals, arguments[0], Fraction(1, 2 if function == "sqrt" else 3))
    first = arguments[0]
    if function not in _SAME_UNIT | _SUMS or not isinstance(first, Measured):
        raise ToolError(f"units do not match: {function} takes numbers without units here; drop or convert the units")
    if function in _SUMS:
        _refuse_scale(*map(_as_measured, arguments))
    same = arguments[:1] if function == "round" else arguments
    values = [_as_measured(converted(reals, argument, first.units)).value for argument in same]
    plain = [argument for argument in arguments[len(same) :] if isinstance(argument, Fraction | Real)]
    return Measured(functions.call(function, reals, [*values, *plain]), first.units)


def _as_measured(value: object) -> Measured:
    if isinstance(value, Measured):
        return value
    if isinstance(value, Fraction | Real):
        return Measured(value, ())
    raise ToolError("units do not match: complex numbers have no units here")


def _multiplied(reals: Reals, left: Measured, right: Measured, sign: int) -> Number:
    """Return left * right**sign. Each unit of the right side takes the form of a unit of its kind on the left."""
    both = bool(left.units and right.units)
    value = left.value
    powers: dict[str, int] = dict(_with_speeds(left.units, both))
    for symbol, power in _with_speeds(right.units, both):
        same = next((each for each in powers if _kind(((each, 1),)) == _kind(((symbol, 1),))), symbol)
        if same != symbol:
            ratio = reals.divide(_factor(reals, ((symbol, 1),)), _factor(reals, ((same, 1),)))
            value = reals.multiply(value, operations.power(reals, ratio, Fraction(power * sign)))
        powers[same] = powers.get(same, 0) + power * sign
    if any(abs(power) > _MAX_POWER for power in powers.values()):
        raise ToolError(f"too large: units may have powers up to {_MAX_POWER}")
    result = reals.multiply(value, right.value) if sign > 0 else reals.divide(value, right.value)
    return measured(result, tuple((symbol, power) for symbol, power in powers.items() if power))


def _with_speeds(units: Units, both: bool) -> Units:
    """The units, with mi/h in place of mph if they are combined with others."""
    if not both:
        return units
    powers: Counter[str] = Counter()
    for symbol, power in units:
        for part, times in _SPEEDS.get(symbol, ((symbol, 1),)):
            powers[part] += times * power
    return tuple(powers.items())


def _kind(units: Units) -> dict[str, int]:
    """What the units measure: powers of length, mass, time and so on."""
    kind: Counter[str] = Counter()
    for symbol, power in units:
        for dimension, times in size_of(symbol).kind:
            kind[dimension] += times * power
    return {dimension: power for dimension, power in kind.items() if power}


def _factor(reals: Reals, units: Units) -> Value:
    """The size of the units in basic ones."""
    factor: Value = Fraction(1)
    for symbol, power in units:
        size: Value = size_of(symbol).factor
        if symbol == DEGREE:
            size = reals.divide(reals.constant("pi"), Fraction(180))
        factor = reals.multiply(factor, operations.power(reals, size, Fraction(power)))
    return factor


def _scale(units: Units) -> Fraction | None:
    """The zero point of a temperature scale; None if the units are no single one."""
    return _ZERO_POINTS.get(units[0][0]) if len(units) == 1 and units[0][1] == 1 else None


def _refuse_scale(*operands: Measured) -> None:
    """Refuse 20 °C + 5 °C: 25 °C if 5 °C is a difference, 298 °C if both are temperatures."""
    for operand in operands:
        if _scale(operand.units):
            symbol = operand.units[0][0]
            raise ToolError(
                f"ambiguous {symbol}: it may be a temperature or a difference; write the numbers alone, or K; "
                f"only 20 {symbol} in K or another scale is converted"
            )


def _mismatch(left: Units, right: Units, verb: str) -> ToolError:
    one, other = (units_written(units) or "a number without units" for units in (left, right))
    return ToolError(
        f"units do not match: {other} {verb} {one}"
        if "convert" not in verb
        else f"units do not match: {one} {verb} {other}"
    )
