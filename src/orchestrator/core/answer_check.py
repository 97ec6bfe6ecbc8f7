"""Whether an answer carries what the tool said. Values in, a verdict out; knows no model and no tool.

How a number is written may change (147,934 or $147934.00 for 147934), and digits may be rounded away down to two
decimals. Its value may not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Context, Decimal, localcontext
from itertools import chain

from orchestrator.core.types import ToolResult

_SHORT = 200  # characters of a result that an answer can carry whole

_SIGN = r"(?:(?<![\w.])[-−])?"  # a hyphen between two numbers, as in 3-5, is none
_NUMBER = re.compile(rf"{_SIGN}(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SPACED = re.compile(rf"{_SIGN}(?<!\d)\d{{1,3}}(?:[ \u00a0\u2009\u202f]\d{{3}})+(?!\d)(?:\.\d+)?")  # 147 934
_BETWEEN = str.maketrans("−", "-", ", \u00a0\u2009\u202f")
_LONGEST_NUMBER = 100  # characters
_LONGEST_ANSWER = 100_000
_ROUNDED = 10**15  # larger values are not rounded to decimals
_AGREES = {
    "True": re.compile(r"\b(true|yes)\b", re.IGNORECASE),
    "False": re.compile(r"\b(false|no|not)\b|n't\b", re.IGNORECASE),
}


def carried_value(results: Sequence[ToolResult]) -> str | None:
    """The value that the answer has to carry: the last result, where it is one short line. None where there is none."""
    if not results or not results[-1].ok or results[-1].citations:
        return None
    value = results[-1].result.strip()
    return value if value and "\n" not in value and len(value) <= _SHORT else None


def carries(answer: str, results: Sequence[ToolResult]) -> bool | None:
    """Whether ``answer`` has the last result's value in it; None where that is nothing to be repeated."""
    value = carried_value(results)
    if value is None:
        return None
    if value in _AGREES:
        return bool(_AGREES[value].search(answer))
    if _NUMBER.fullmatch(value) and len(value) <= _LONGEST_NUMBER:
        return _says(answer[:_LONGEST_ANSWER], value)
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", answer, re.IGNORECASE) is not None


def _says(answer: str, value: str) -> bool:
    """Whether one of the answer's numbers is ``value``. A model writes any digits, so no number here is an error."""
    with localcontext(Context(prec=300, traps=[])):
        wanted = _number(value)
        found = chain(_NUMBER.findall(answer), _SPACED.findall(answer))
        return any(_same(wanted, _number(each)) for each in found if len(each) <= _LONGEST_NUMBER)


def _number(text: str) -> Decimal:
    return Decimal(text.translate(_BETWEEN))


def _same(value: Decimal, written: Decimal) -> bool:
    """Equal, or ``value`` rounded to the two or more decimals that were written."""
    if written == value or not (written.is_finite() and abs(value) < _ROUNDED):
        return written == value
    decimals = -int(written.as_tuple().exponent)
    return 2 <= decimals <= _LONGEST_NUMBER and written == round(value, decimals)
