"""Checks whether an answer contains the tool's value. Values in, a verdict out; knows no model and no tool.

A number may be written in another form (147,934 or $147934.00 for 147934), and it may be rounded to two or more
decimals. Its value must be the same. Its unit may be written in another form, or be left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Context, Decimal, localcontext
from itertools import chain

from orchestrator.core.told_value import exact_value, told_value
from orchestrator.core.types import ToolResult

_SHORT = 200  # characters; an answer is not expected to repeat a longer result

_SIGN = r"(?:(?<![\w.])[-−])?"  # a hyphen between two numbers, as in 3-5, is no sign
NUMBER = re.compile(rf"{_SIGN}(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?")
SPACED = re.compile(rf"{_SIGN}(?<!\d)\d{{1,3}}(?:[ \u00a0\u2009\u202f]\d{{3}})+(?!\d)(?:\.\d+)?")  # 147 934
_MEASURED = re.compile(rf"({NUMBER.pattern})(?:°| [^\s\d(]\S*)?")  # 147934, 90°, 8.04672 km
_EXACT_FORM, _ROUNDED_FORM = re.compile(r"= [^,;≈]* ≈ "), re.compile(r" ≈ [^,;≈]*")
_BETWEEN = str.maketrans("−", "-", ", \u00a0\u2009\u202f")
LONGEST_NUMBER = 100  # characters
LONGEST_ANSWER = 100_000
_ROUNDED = 10**15  # larger values are not rounded to decimals
_AGREES = {
    "True": re.compile(r"\b(true|yes)\b", re.IGNORECASE),
    "False": re.compile(r"\b(false|no|not)\b|n't\b", re.IGNORECASE),
}


def carried_value(results: Sequence[ToolResult]) -> str | None:
    """Return the value that the answer must contain. It is the last result if that is one short line without sources.

    Args:
        results: The results of all calls so far.

    Returns:
        The value; None if there is none.
    """
    if not results or not results[-1].ok or results[-1].citations:
        return None
    value = results[-1].result.strip()
    return value if value and "\n" not in value and len(value) <= _SHORT else None


def carries(answer: str, results: Sequence[ToolResult]) -> bool | None:
    """Tell whether an answer contains the last result's value.

    Args:
        answer: The answer.
        results: The results of all calls so far.

    Returns:
        None if there is no such value.
    """
    value = carried_value(results)
    if value is None:
        return None
    if value in _AGREES:
        return bool(_AGREES[value].search(answer))
    told, exact = told_value(value), exact_value(value)
    if exact and re.search(rf"(?<![\w./]){re.escape(exact)}(?![\w/])", answer):
        return True
    measured = _MEASURED.fullmatch(told)
    if measured and len(measured[1]) <= LONGEST_NUMBER:
        return _says(answer[:LONGEST_ANSWER], measured[1])
    return any(_contains(answer, each) for each in _either_side(told))


def _either_side(value: str) -> tuple[str, ...]:
    """A value as it is, and without what is on one side of each ≈: x = 1/3 ≈ 0.333."""
    return (value, _ROUNDED_FORM.sub("", value), _EXACT_FORM.sub("= ", value))


def _contains(answer: str, value: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", answer, re.IGNORECASE) is not None


def _says(answer: str, value: str) -> bool:
    """Tell whether one of the answer's numbers is ``value``.

    The answer may contain any digits, so nothing here raises.
    """
    with localcontext(Context(prec=300, traps=[])):
        wanted = number_of(value)
        found = chain(NUMBER.findall(answer), SPACED.findall(answer))
        return any(same_number(wanted, number_of(each)) for each in found if len(each) <= LONGEST_NUMBER)


def number_of(text: str) -> Decimal:
    """Return the value of a text that ``NUMBER`` or ``SPACED`` matches. Any digits are read within ``localcontext``."""
    return Decimal(text.translate(_BETWEEN))


def same_number(value: Decimal, written: Decimal) -> bool:
    """Tell whether the numbers are equal, or ``written`` is ``value`` rounded to two or more decimals.

    Args:
        value: The number.
        written: The number of an answer.
    """
    if written == value or not (written.is_finite() and abs(value) < _ROUNDED):
        return written == value
    decimals = -int(written.as_tuple().exponent)
    return 2 <= decimals <= LONGEST_NUMBER and written == round(value, decimals)
