"""Prints numbers: exactly if that is short, otherwise with 15 significant digits.

Does not know how they were computed.
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

Printed = tuple[Fraction, bool]
"""A value, and whether it is exact."""
SIGNIFICANT = 15
LONGEST_EXACT = 12
"""Characters of a fraction that is printed before its decimals: 1/3 ≈ 0.333333333333333."""
LONGEST_DECIMAL = 60
"""Digits of a decimal fraction that is printed exactly: 1.05**20 has 41. Whole numbers are printed in full."""


def print_number(value: Fraction) -> str:
    """Print an exact value: 12, 0.5, 0.333333333333333, 3.33333333333333e+29."""
    if value.denominator == 1:
        return str(value.numerator)
    places = _decimal_places(value.denominator)
    if places is not None and places <= LONGEST_DECIMAL:
        digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
        if len(digits) <= LONGEST_DECIMAL:
            return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"
    return print_rounded(value)


def print_exact(value: Fraction, longest: int = LONGEST_EXACT) -> str:
    """Print an exact value; with its decimals if they do not end: 0.5, 1/3 ≈ 0.333333333333333.

    Args:
        value: The value.
        longest: A fraction with more characters is printed as its decimals only.
    """
    decimals = print_number(value)
    if value.denominator == 1:
        return decimals
    bits = value.numerator.bit_length() + value.denominator.bit_length()
    if bits > 4 * longest or len(str(value)) > longest or Fraction(decimals) == value:
        return decimals
    return f"{value} ≈ {decimals}"


def print_complex(real: Printed, imaginary: Printed) -> str:
    """Print a complex number: 2i, 1 - 0.5i.

    Args:
        real: The real part, and whether it is exact.
        imaginary: The imaginary part, and whether it is exact.
    """
    size = "" if imaginary[1] and abs(imaginary[0]) == 1 else _part(abs(imaginary[0]), imaginary[1])
    negative = imaginary[0] < 0
    if not real[0]:
        return f"{'-' if negative else ''}{size}i"
    return f"{_part(*real)} {'-' if negative else '+'} {size}i"


def _part(value: Fraction, exact: bool) -> str:
    return print_number(value) if exact else print_rounded(value)


def print_rounded(value: Fraction) -> str:
    """Print 15 significant digits without trailing zeros, with an exponent below 1e-6 and from 1e15 on."""
    quotient = _ROUNDING.divide(Decimal(value.numerator), Decimal(value.denominator))
    if not quotient:
        return "0"
    quotient = quotient.normalize(_ROUNDING)
    exponent = quotient.adjusted()
    if -7 < exponent < SIGNIFICANT:
        return f"{quotient:f}"
    sign, digits, _ = quotient.as_tuple()
    mantissa = "".join(map(str, digits))
    point = f".{mantissa[1:]}" if len(mantissa) > 1 else ""
    return f"{'-' if sign else ''}{mantissa[0]}{point}e{exponent:+03d}"


_ROUNDING = Context(prec=SIGNIFICANT, Emax=999_999, Emin=-999_999)


def _decimal_places(denominator: int) -> int | None:
    """Return the number of decimals of a fraction in lowest terms; None if they never end or are too many."""
    twos = (denominator & -denominator).bit_length() - 1
    rest, fives = denominator >> twos, 0
    while fives <= LONGEST_DECIMAL and rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None
