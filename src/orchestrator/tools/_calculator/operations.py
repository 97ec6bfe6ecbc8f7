"""The calculator's operators: sums, products, powers, roots, logarithms, factorials. Knows nothing of text or trees.

Results are exact if both operands are fractions of limited size, otherwise ``Real``. Each operation checks the size of
its result *before* it computes it: a huge power holds Python's global interpreter lock, so nothing could stop it.

All functions here raise ToolError for operands without a result and for results that are too large, and PrecisionLost
if ``reals`` has too few digits.

"""

from __future__ import annotations

import math
from fractions import Fraction

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator.numbers import MAX_BITS
from orchestrator.tools._calculator.reals import Real, Reals, Value, bounded, too_large

# --- Division and signs ----------------------------------------------------------------------------------------------


def floor_divide(reals: Reals, left: Value, right: Value) -> Value:
    """Return left // right, rounded down: -5//2 is -3."""
    if right != 0 and isinstance(left, Fraction) and isinstance(right, Fraction):
        return Fraction(left // right)
    return Fraction(floor(reals, reals.divide(left, right)))


def remainder(reals: Reals, left: Value, right: Value) -> Value:
    """Return left mod right, with the sign of the divisor: -7 mod 3 is 2."""
    whole = floor_divide(reals, left, right)
    return reals.add(left, negate(reals.multiply(right, whole)))


def floor(reals: Reals, value: Value) -> int:
    """The greatest whole number that is not greater than the value."""
    if isinstance(value, Fraction):
        return math.floor(value)
    whole = reals.whole(value)
    return int(reals.context.floor(value.value)) if whole is None else whole


def negate(value: Value) -> Value:
    """The value with the opposite sign."""
    return Real(-value.value, value.error) if isinstance(value, Real) else -value


def sign(value: Value) -> int:
    """-1, 0 or 1."""
    number = value.value if isinstance(value, Real) else value
    return (number > 0) - (number < 0)


# --- Powers, roots, logarithms ---------------------------------------------------------------------------------------


def power(reals: Reals, base: Value, exponent: Value) -> Value:
    """Return base ** exponent, exact if the result is a fraction of limited size."""
    if isinstance(exponent, Real) and (whole := reals.whole(exponent)) is not None:
        exponent = Fraction(whole)
    if base == 0:
        return _power_of_zero(exponent)
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        return _whole_power(reals, base, exponent.numerator)
    if sign(base) < 0:
        raise ToolError("undefined: a negative number to a fractional power is not real; for cube roots use cbrt(-8)")
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator <= _HIGHEST_ROOT:
        exact = _exact_root(base, exponent.denominator)
        if exact is not None:
            return _whole_power(reals, exact, exponent.numerator)
    return reals.power(base, exponent)


_HIGHEST_ROOT = 64
_LONGEST_ROOT = 4_000
"""Bits of a number for which an exact cube root (or higher) is tried. 1,200 digits take a millisecond."""
_LONGEST_POWER = 1_000_000
"""Bits. A fraction's power with up to so many bits is rounded, a larger one is refused: (1+0.05/365)**3650."""


def _power_of_zero(exponent: Value) -> Value:
    if exponent == 0:
        return Fraction(1)
    if sign(exponent) < 0:
        raise ToolError("division by zero: 0 to a negative power")
    return Fraction(0)


def _whole_power(reals: Reals, base: Value, exponent: int) -> Value:
    if isinstance(base, Real):
        return reals.power(base, Fraction(exponent))
    if base.numerator in (-1, 1) and base.denominator == 1:
        return base if exponent % 2 else Fraction(1)
    bits = max(base.numerator.bit_length(), base.denominator.bit_length()) * abs(exponent)
    if bits <= MAX_BITS + abs(exponent):  # bit_length counts up to one bit too many for each factor
        return bounded(base**exponent)
    if base.denominator > 1 and base.numerator not in (-1, 1) and bits <= _LONGEST_POWER:
        return reals.power(base, Fraction(exponent))
    raise too_large()


def sqrt(reals: Reals, value: Value) -> Value:
    """The square root. Raises ToolError for a negative number."""
    if sign(value) < 0:
        raise ToolError("undefined: the square root of a negative number is not real")
    return _root(reals, value, 2)


def cbrt(reals: Reals, value: Value) -> Value:
    """The real cube root, also of a negative number."""
    if sign(value) < 0:
        return negate(_root(reals, negate(value), 3))
    return _root(reals, value, 3)


def _root(reals: Reals, value: Value, degree: int) -> Value:
    if value == 0:
        return Fraction(0)
    exact = _exact_root(value, degree) if isinstance(value, Fraction) else None
    return reals.root(value, degree) if exact is None else exact


def _exact_root(value: Fraction, degree: int) -> Fraction | None:
    numerator, denominator = _whole_root(value.numerator, degree), _whole_root(value.denominator, degree)
    return None if numerator is None or denominator is None else Fraction(numerator, denominator)


def _whole_root(number: int, degree: int) -> int | None:
    """Return the whole root by Newton's method from above, which never goes below the root; None if it is not whole."""
    if degree == 2:
        root = math.isqrt(number)
    elif number.bit_length() > _LONGEST_ROOT:
        return None
    else:
        root, better = 0, 1 << -(-number.bit_length() // degree)
        while not root or better < root:
            root = better
            better = ((degree - 1) * root + number // root ** (degree - 1)) // degree
    return root if root**degree == number else None


def logarithm(reals: Reals, value: Value, base: Value | None = None) -> Value:
    """The natural logarithm, or the logarithm to ``base``, which is exact for whole powers of the base."""
    if sign(value) <= 0:
        raise ToolError("undefined: a logarithm needs a number above 0")
    if value == 1:
        return Fraction(0)
    if base is None:
        return reals.apply("log", value)
    exact = _exact_logarithm(value, base)
    if exact is not None:
        return exact
    return reals.divide(logarithm(reals, value), logarithm(reals, base))


def _exact_logarithm(value: Value, base: Value) -> Fraction | None:
    """Return the exact logarithm, such as 3 for log(8, 2), or None. Only one power can be equal; it is compared."""
    if not isinstance(value, Fraction) or not isinstance(base, Fraction) or base <= 0:
        return None
    if base == 1:
        raise ToolError("undefined: there is no logarithm to base 1")
    sizes = [math.log2(number.numerator) - math.log2(number.denominator) for number in (value, base)]
    if not sizes[1] or abs(sizes[0] / sizes[1]) > MAX_BITS:
        return None
    guess = round(sizes[0] / sizes[1])
    bits = max(base.numerator.bit_length(), base.denominator.bit_length()) * abs(guess)
    return Fraction(guess) if bits <= MAX_BITS * 2 and base**guess == value else None


def factorial(reals: Reals, value: Value) -> Value:
    """The factorial of a whole number from 0 on."""
    number = whole_number(reals, "a factorial", value)
    if number < 0:
        raise ToolError("undefined: the factorial of a negative number; write -(3!) if the sign stands outside")
    if number > MAX_BITS or math.lgamma(number + 1) > MAX_BITS * math.log(2):
        raise too_large()
    return Fraction(math.factorial(number))


def double_factorial(reals: Reals, value: Value) -> Value:
    """n*(n-2)*(n-4)*… of a whole number from 0 on. It is never larger than the factorial."""
    factorial(reals, value)
    return Fraction(math.prod(range(whole_number(reals, "a double factorial", value), 0, -2)))


# --- Sizes, checked before anything is computed ----------------------------------------------------------------------


def whole_number(reals: Reals, name: str, value: Value) -> int:
    """Return the value as an int.

    Args:
        reals: The arithmetic to use.
        name: What the error message says needs a whole number.
        value: The value.

    Raises:
        ToolError: The value is not a whole number.
    """
    number = reals.whole(value)
    if number is None:
        raise ToolError(f"{name} needs a whole number; use round, floor or ceil first")
    return number
