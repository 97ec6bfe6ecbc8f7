"""Reads a number: 1,234.5, 1e-3, 0x1F, 1 1/2, 2½, 5 million. Knows the text of numbers; not what is around them."""

from __future__ import annotations

import re
from fractions import Fraction

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator.refusals import bad_number, refused_character
from orchestrator.tools._calculator.spelling import VULGAR
from orchestrator.tools._calculator.spoken import SCALES

MAX_BITS = 14_000
"""Of every number, and of a fraction's numerator and denominator: 4,214 digits. CPython prints at most 4,300."""
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_₀-₉]*")
COMMON = frozenset("0123456789+-*/%^!(),=.")
"""Characters of most expressions. None of them begins a word."""
_DIGITS = r"[0-9](?:_?[0-9])*"
_GROUPED = r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?!,?[0-9_])"
_TAIL = rf"(?P<fraction>\.(?:{_DIGITS})?)?(?:[eE](?P<exponent>[+-]?[0-9]+))?"
_NUMBER = re.compile(rf"(?P<whole>{_DIGITS})?{_TAIL}")
_NUMBER_OR_THOUSANDS = re.compile(rf"(?P<whole>{_GROUPED}|{_DIGITS})?{_TAIL}")
_BASED = re.compile(r"0(?:[xX](?:_?[0-9a-fA-F])+|[oO](?:_?[0-7])+|[bB](?:_?[01])+)(?!\w)")
_MIXED = re.compile(r"([0-9]{1,9}) +([1-9][0-9]{0,3})/([1-9][0-9]{0,3})(?![0-9.,/_])(?! *(?:\*\*|[\^!(√⁰¹²³⁴-⁹⁺⁻]))")
_MIXED_VULGAR = re.compile(rf" ?([{''.join(VULGAR)}])")
_SCALE = re.compile(rf" *({'|'.join(SCALES)})(?![A-Za-z0-9_])", re.IGNORECASE)


def number_at(text: str, start: int, *, separates: bool) -> tuple[Fraction, int]:
    """Return the value of the number that begins at ``start``, and the position after it.

    Args:
        text: The text.
        start: The position of a digit, of a vulgar fraction, or of a point before a digit.
        separates: Whether this is inside a call, in which a comma never separates thousands.

    Raises:
        ToolError: It is not a number, or it is too large.
    """
    if " " in text and (mixed := _MIXED.match(text, start)):
        value, end = _mixed(mixed), mixed.end()
    elif text[start] in VULGAR:
        value, end = VULGAR[text[start]], start + 1
    elif text[start : start + 2].lower() in ("0x", "0o", "0b"):
        value, end = _based_number(text, start)
    else:
        value, end = _decimal_number(text, start, separates=separates)
        if text[end : end + 1] not in COMMON and value.denominator == 1 and (vulgar := _MIXED_VULGAR.match(text, end)):
            value, end = value + VULGAR[vulgar[1]], vulgar.end()
    while text[end : end + 1] not in COMMON and (scale := _SCALE.match(text, end)):
        value, end = value * SCALES[scale[1].lower()], scale.end()
    return value, end


def hyphens_joined(text: str) -> str:
    """Return the text with 1-3/4 as the mixed fraction (1+3/4), if the blanks around it say that it is one number.

    Args:
        text: The expression. Without blanks, as in 5*(1-1/6), a hyphen is a minus sign only.
    """
    return _HYPHENATED.sub(_joined, text) if "-" in text and " " in text else text


_HYPHENATED = re.compile(r"(?<![^ (])([1-9][0-9]{0,2})-([1-9][0-9]?)/([1-9][0-9]?)(?![^ )])")
_ANOTHER_ITEM = ("", "(", ")", ",", "=")


def _joined(found: re.Match[str]) -> str:
    before, after = found.string[: found.start()], found.string[found.end() :]
    sides = [before.rstrip(" ")[-1:] if before.endswith(" ") else "", after.lstrip(" ")[:1] if after[:1] == " " else ""]
    apart = any(side not in _ANOTHER_ITEM for side in sides)
    return f"({found[1]}+{found[2]}/{found[3]})" if apart and int(found[2]) < int(found[3]) else found[0]


def _mixed(found: re.Match[str]) -> Fraction:
    """Return the value of 1 1/2."""
    whole, numerator, denominator = map(int, found.groups())
    if numerator >= denominator or found[1][:1] == "0" or (len(found[2]) == 3 and len(found[1]) <= 3):
        raise ToolError(
            f"syntax: a space between two numbers; write {whole}+{numerator}/{denominator} for a mixed fraction, "
            f"{whole}{numerator}/{denominator} for one number"
        )
    return whole + Fraction(numerator, denominator)


def _decimal_number(text: str, start: int, *, separates: bool) -> tuple[Fraction, int]:
    found = (_NUMBER if separates else _NUMBER_OR_THOUSANDS).match(text, start)
    if found is None:  # impossible: every part is optional, and the caller saw a digit
        raise bad_number(text, start)
    whole, fraction, exponent = found.group("whole") or "", found.group("fraction") or "", found.group("exponent")
    end = found.end()
    following = text[end : end + 1]
    if fraction == "." and exponent is None and NAME.match(text, end):
        raise refused_character(".", text)
    if following and following in "._0123456789":
        raise bad_number(text, start)
    if len(whole) > 1 and whole[0] == "0":
        if following == ":":  # 09:30
            raise refused_character(":", text)
        hint = "; inside a function a comma separates arguments, so write 1000 for 1,000" if separates else ""
        raise ToolError(f"leading zero in {text[start:end]}: write the number without it{hint}")
    return _decimal(whole.replace(",", "").replace("_", ""), fraction[1:].replace("_", ""), exponent or "0"), end


def _based_number(text: str, start: int) -> tuple[Fraction, int]:
    found = _BASED.match(text, start)
    if found is None:
        raise bad_number(text, start)
    return Fraction(int(found.group(), 0)), found.end()


def _decimal(whole: str, fraction: str, exponent: str) -> Fraction:
    """Return the exact value. The power of ten is limited before it is computed: 1e999999999 would need all memory."""
    if len(exponent) > 6 or abs(int(exponent) - len(fraction)) + len(whole) > MAX_BITS * 0.3:
        raise ToolError("too large: a number may have about 4,200 digits; use a smaller exponent")
    shift = int(exponent) - len(fraction)
    digits = int(whole + fraction)
    return Fraction(digits * 10**shift) if shift >= 0 else Fraction(digits, 10**-shift)
