"""Complex numbers, as far as roots of negative numbers need them: sqrt(-4) is 2i. Knows nothing of text or trees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import operations
from orchestrator.tools._calculator.reals import Reals, Value

_MAX_POWER = 1_000


@dataclass(frozen=True, slots=True)
class Complex:
    """real + imaginary i. The imaginary part is never 0."""

    real: Value
    imaginary: Value


UNIT = Complex(Fraction(0), Fraction(1))
Number = Value | Complex


def sqrt(reals: Reals, value: Number) -> Number:
    """The principal square root."""
    if not isinstance(value, Complex):
        if operations.sign(value) >= 0:
            return operations.sqrt(reals, value)
        return Complex(Fraction(0), operations.sqrt(reals, operations.negate(value)))
    size = magnitude(reals, value)
    real = operations.sqrt(reals, reals.divide(reals.add(size, value.real), Fraction(2)))
    rest = operations.sqrt(reals, reals.divide(reals.add(size, operations.negate(value.real)), Fraction(2)))
    return _number(real, rest if operations.sign(value.imaginary) > 0 else operations.negate(rest))


def magnitude(reals: Reals, value: Complex) -> Value:
    """The distance from 0."""
    parts = (value.real, value.imaginary)
    return operations.sqrt(reals, reals.total([operations.power(reals, part, Fraction(2)) for part in parts]))


def negate(value: Complex) -> Complex:
    """The number with the opposite signs."""
    return Complex(operations.negate(value.real), operations.negate(value.imaginary))


def power(reals: Reals, base: Number, exponent: Number) -> Number:
    """Return base ** exponent for a whole exponent, or a half of one.

    Raises:
        ToolError: The exponent is another number, or the result is too large.
    """
    if isinstance(exponent, Fraction) and exponent.denominator == 2:
        base, exponent = sqrt(reals, base), exponent * 2
    if not isinstance(exponent, Fraction) or exponent.denominator != 1:
        raise ToolError("undefined: powers of complex numbers need whole exponents here")
    if abs(exponent) > _MAX_POWER:
        raise ToolError(f"too large: powers of complex numbers may go up to {_MAX_POWER:,}")
    result: Number = Fraction(1)
    for bit in f"{abs(int(exponent)):b}":
        result = multiply(reals, result, result)
        if bit == "1":
            result = multiply(reals, result, base)
    return divide(reals, Fraction(1), result) if exponent < 0 else result


def add(reals: Reals, left: Number, right: Number) -> Number:
    """Return left + right."""
    (a, b), (c, d) = _parts(left), _parts(right)
    return _number(reals.add(a, c), reals.add(b, d))


def multiply(reals: Reals, left: Number, right: Number) -> Number:
    """Return left * right."""
    (a, b), (c, d) = _parts(left), _parts(right)
    real = reals.add(reals.multiply(a, c), operations.negate(reals.multiply(b, d)))
    return _number(real, reals.add(reals.multiply(a, d), reals.multiply(b, c)))


def divide(reals: Reals, left: Number, right: Number) -> Number:
    """Return left / right."""
    c, d = _parts(right)
    size = reals.add(reals.multiply(c, c), reals.multiply(d, d))
    real, imaginary = _parts(multiply(reals, left, _number(c, operations.negate(d))))
    return _number(reals.divide(real, size), reals.divide(imaginary, size))


def operate(reals: Reals, operator: str, left: Number, right: Number) -> Number:
    """Return the result of an operator. Raises ToolError if there is no such operator of complex numbers."""
    if operator not in _OPERATIONS:
        raise ToolError("undefined: complex numbers have no remainder")
    return _OPERATIONS[operator](reals, left, right)


_OPERATIONS: dict[str, Callable[[Reals, Number, Number], Number]] = {
    "+": add,
    "-": lambda reals, left, right: add(reals, left, multiply(reals, Fraction(-1), right)),
    "*": multiply,
    "of": multiply,
    "/": divide,
}


def call(function: str, reals: Reals, arguments: Sequence[Number]) -> Number:
    """Call a function with complex arguments. Raises ToolError if the function is not defined for them here."""
    first = arguments[0]
    if function == "sqrt" and len(arguments) == 1:
        return sqrt(reals, first)
    if function == "abs" and len(arguments) == 1 and isinstance(first, Complex):
        return magnitude(reals, first)
    if function == "pow" and len(arguments) == 2:
        return power(reals, first, arguments[1])
    raise ToolError(f"undefined: {function} of a complex number; only + - * / **, sqrt and abs have one")


def _parts(value: Number) -> tuple[Value, Value]:
    return (value.real, value.imaginary) if isinstance(value, Complex) else (value, Fraction(0))


def _number(real: Value, imaginary: Value) -> Number:
    return real if imaginary == 0 else Complex(real, imaginary)
