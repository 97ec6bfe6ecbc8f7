"""Trigonometric and hyperbolic functions. Angles are in radians. Knows numbers only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator.operations import power, sign, sqrt
from orchestrator.tools._calculator.reals import Real, Reals, Value

Run = Callable[[Reals, Sequence[Value]], Value]
"""A function of the calculator's table: it gets the arithmetic and the values of the arguments."""


def plain(function: str) -> Run:
    """Return a function that is defined for all numbers.

    Args:
        function: mpmath's name of the function.
    """
    return lambda reals, values: reals.apply(function, values[0])


def within(function: str, lowest: int | None, highest: int | None, *, ends: bool = True) -> Run:
    """Return a function that is defined between two bounds.

    Args:
        function: mpmath's name of the function.
        lowest: The lower bound; None for none.
        highest: The upper bound; None for none.
        ends: Whether the function is defined at the bounds.
    """
    wanted = f"from {lowest} to {highest}" if highest is not None else f"of {lowest} or more"

    def run(reals: Reals, values: Sequence[Value]) -> Value:
        value = values[0]
        if (whole := reals.whole(value)) is not None:  # sin(pi/2) may be above 1 by its rounding error
            value = Fraction(whole)
        number = value.value if isinstance(value, Real) else value
        below = lowest is not None and (number < lowest or (number == lowest and not ends))
        above = highest is not None and (number > highest or (number == highest and not ends))
        if below or above:
            raise ToolError(f"undefined: {function} needs a number {wanted}{'' if ends else ', without these two'}")
        return reals.apply(function, value)

    return run


def tangent(reals: Reals, values: Sequence[Value]) -> Value:
    """The tangent. Raises ToolError at its poles."""
    if reals.apply("cos", values[0]) == 0:
        raise ToolError("undefined: the tangent of pi/2 and its odd multiples")
    return reals.apply("tan", values[0])


def atan2(reals: Reals, values: Sequence[Value]) -> Value:
    """The angle of the point (x, y); y is the first argument. Raises ToolError for the point (0, 0)."""
    y, x = values
    if x == 0:
        if y == 0:
            raise ToolError("undefined: atan2(0, 0)")
        return reals.multiply(reals.divide(reals.constant("pi"), Fraction(2)), Fraction(sign(y)))
    angle = reals.apply("atan", reals.divide(y, x))
    if sign(x) > 0:
        return angle
    return reals.add(angle, reals.multiply(reals.constant("pi"), Fraction(-1 if sign(y) < 0 else 1)))


def hypotenuse(reals: Reals, values: Sequence[Value]) -> Value:
    """The square root of the sum of the squares."""
    return sqrt(reals, reals.total([power(reals, value, Fraction(2)) for value in values]))


def degrees(reals: Reals, values: Sequence[Value]) -> Value:
    """Convert radians to degrees."""
    return reals.divide(reals.multiply(values[0], Fraction(180)), reals.constant("pi"))


def radians(reals: Reals, values: Sequence[Value]) -> Value:
    """Convert degrees to radians."""
    return reals.divide(reals.multiply(values[0], reals.constant("pi")), Fraction(180))
