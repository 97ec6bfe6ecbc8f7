"""Irrational numbers: a value of 60 (or 250) digits with a bound on its error.

The error bound tells cos(pi/2), which is 0, from exp(-100), which is small. It also tells whether enough digits are
correct to print the number. Bounds are first-order (the derivative times the error, doubled); 60 digits are carried and
15 are printed, so there is room. Knows nothing of trees or printing. mpmath is imported on first use.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from typing import Any

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator.numbers import MAX_BITS

DIGITS = (60, 250)
"""Numbers of digits, tried in this order. The second is used if the first cannot decide."""


class PrecisionLost(Exception):
    """There are not enough digits. More digits may be enough."""


@dataclass(frozen=True, slots=True)
class Real:
    """value ± error, both mpmath floats."""

    value: Any
    error: Any


Value = Fraction | Real


class Reals:
    """Arithmetic with a fixed number of digits. One object serves one evaluation.

    Its methods raise ToolError for results that are undefined or too large, and PrecisionLost if more digits are
    needed.

    Args:
        digits: The number of decimal digits.
    """

    def __init__(self, digits: int) -> None:
        self.digits = digits
        self.guessed_zero = False
        """Whether a value very close to 0 was taken as 0. More digits would make this certain."""
        self.remarks: list[str] = []
        """What the reader must know about the result, such as the rule of rounding that decided it."""

    @cached_property
    def context(self) -> Any:
        """The mpmath context of the current thread. The global context must not be shared between threads."""
        contexts = _THREAD.__dict__.setdefault("contexts", {})
        if self.digits not in contexts:
            from mpmath import MPContext  # noqa: PLC0415 -- only irrational numbers pay for it

            contexts[self.digits] = MPContext()
            contexts[self.digits].dps = self.digits
        return contexts[self.digits]

    def as_real(self, value: Value) -> Real:
        """Return the value as a ``Real``."""
        if isinstance(value, Real):
            return value
        context = self.context
        if value.denominator == 1 and value.numerator.bit_length() <= context.prec:
            return Real(context.mpf(value.numerator), context.zero)
        lifted = context.mpf(value.numerator) / value.denominator
        return Real(lifted, self._rounding(lifted))

    def real_or_zero(self, value: Any, error: Any = 0) -> Value:
        """Return a computed value with its error, or exactly 0 if the value cannot be told from 0.

        Args:
            value: The computed value, an mpmath float.
            error: The error that the operands cause. The rounding error is added.
        """
        context = self.context
        if not context.isfinite(value):
            raise ToolError("undefined: there is no finite value here")
        if value and abs(context.mag(value)) > MAX_BITS:
            raise too_large_or_small(float(context.mag(value)))
        error = error + self._rounding(value)
        if abs(value) > error:
            return Real(value, error)
        if error > _SURE:
            raise PrecisionLost
        self.guessed_zero |= bool(error)
        return Fraction(0)

    def constant(self, name: str) -> Value:
        """Return pi, tau or e."""
        context = self.context
        value = {"pi": context.pi, "tau": 2 * context.pi, "e": context.e}[name]
        return self.real_or_zero(+value)

    def add(self, left: Value, right: Value) -> Value:
        """Return left + right, exact if both are exact."""
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return bounded(left + right)
        a, b = self.as_real(left), self.as_real(right)
        scale = self._rounding(a.value) + self._rounding(b.value)
        return self.real_or_zero(a.value + b.value, a.error + b.error + scale)

    def multiply(self, left: Value, right: Value) -> Value:
        """Return left * right, exact if both are exact."""
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return bounded(left * right)
        if left == 0 or right == 0:
            return Fraction(0)
        a, b = self.as_real(left), self.as_real(right)
        return self.real_or_zero(a.value * b.value, abs(a.value) * b.error + abs(b.value) * a.error + a.error * b.error)

    def divide(self, left: Value, right: Value) -> Value:
        """Return left / right, exact if both are exact."""
        if right == 0:
            raise ToolError("division by zero: the divisor is 0")
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return bounded(left / right)
        if left == 0:
            return Fraction(0)
        a, b = self.as_real(left), self.as_real(right)
        quotient = a.value / b.value
        return self.real_or_zero(quotient, 2 * (a.error + abs(quotient) * b.error) / abs(b.value))

    def total(self, values: Sequence[Value]) -> Value:
        """Return the sum of one or more values."""
        return reduce(self.add, values)

    def product(self, values: Sequence[Value]) -> Value:
        """Return the product of one or more values."""
        return reduce(self.multiply, values)

    def power(self, base: Value, exponent: Value) -> Value:
        """Return base ** exponent, for a base above 0, or for any base and a whole exponent.

        The size of the result is checked before it is computed.
        """
        a, b = self.as_real(base), self.as_real(exponent)
        logarithm = self.context.log(abs(a.value))
        bits = float(b.value * logarithm) / math.log(2)
        if abs(bits) > MAX_BITS:
            raise too_large_or_small(bits)
        whole = isinstance(exponent, Fraction) and exponent.denominator == 1
        power = self.context.power(a.value, int(exponent) if whole and isinstance(exponent, Fraction) else b.value)
        relative = abs(b.value) * a.error / abs(a.value) + abs(logarithm) * b.error
        return self.real_or_zero(
            power, 2 * abs(power) * relative + self._rounding(power) * (1 + abs(b.value * logarithm))
        )

    def root(self, value: Value, degree: int) -> Value:
        """The real root of a value above 0."""
        a = self.as_real(value)
        root = self.context.root(a.value, degree)
        return self.real_or_zero(root, root * a.error / a.value)

    def apply(self, function: str, argument: Value) -> Value:
        """Apply a function of one argument. The caller checks that the argument is in the function's domain.

        Args:
            function: mpmath's name of the function.
            argument: The argument.
        """
        a = self.as_real(argument)
        if function in ("exp", "sinh", "cosh") and abs(a.value) > MAX_BITS * math.log(2):
            raise too_large_or_small(float(a.value) if function == "exp" else 1.0)
        if a.error > _SURE and function in ("sin", "cos", "tan"):
            raise PrecisionLost
        result = getattr(self.context, function)(a.value)
        return self.real_or_zero(result, 2 * a.error * self._slope(function, a, result))

    def _slope(self, function: str, argument: Real, result: Any) -> Any:  # noqa: PLR0911 -- one case each
        """The absolute value of the derivative at the argument."""
        x = abs(argument.value)
        match function:
            case "exp" | "sinh" | "cosh":
                return abs(result) + 1
            case "log":
                return 1 / x
            case "tan":
                return 1 + result**2
            case "atan":
                return 1 / (1 + x**2)
            case "asinh":
                return 1 / self.context.sqrt(1 + x**2)
            case "asin" | "acos" | "acosh" | "atanh":
                distance = abs(1 - x**2)
                if distance <= 4 * argument.error:  # at 1 the derivative is infinite, unless 1 is exact
                    if argument.error:
                        raise PrecisionLost
                    return 1
                return 1 / (distance if function == "atanh" else self.context.sqrt(distance))
        return 1

    def whole(self, value: Value) -> int | None:
        """Return the value as an int if it is a whole number within its error, else None."""
        if isinstance(value, Fraction):
            return value.numerator if value.denominator == 1 else None
        if value.error > _SURE:
            raise PrecisionLost
        nearest = int(self.context.nint(value.value))
        self.guessed_zero |= (found := bool(abs(value.value - nearest) <= value.error))
        return nearest if found else None

    def as_printed(self, value: Value) -> tuple[Fraction, bool]:
        """Return the carried digits as a fraction, and whether it is exact.

        A ``Real`` that is a whole number is exact.
        """
        if isinstance(value, Fraction):
            return value, True
        if value.error < _SURE and (whole := self.whole(value)) is not None:
            return Fraction(whole), True
        if value.error * 10**17 > abs(value.value):
            raise PrecisionLost
        sign, mantissa, exponent, _ = value.value._mpf_
        return (-1 if sign else 1) * int(mantissa) * Fraction(2) ** int(exponent), False

    def _rounding(self, value: Any) -> Any:
        """An upper bound of the rounding error of one operation."""
        return abs(value) * self.context.eps * 4


_THREAD = threading.local()
_SURE = 1e-25


def too_large_or_small(bits: float) -> ToolError:
    """Make the error for a result of about 2**bits."""
    size = "too large" if bits > 0 else "too large a negative power (the result is too close to 0)"
    return ToolError(f"{size}: results may have about 4,200 digits; use smaller numbers")


def bounded(value: Value) -> Value:
    """Return the value. Raises ToolError if it has more than ``MAX_BITS`` bits."""
    if isinstance(value, Fraction) and max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise too_large()
    return value


def too_large() -> ToolError:
    """Make the error for a result with too many digits."""
    return ToolError("too large: numbers may have about 4,200 digits; use smaller numbers or simplify by hand first")
