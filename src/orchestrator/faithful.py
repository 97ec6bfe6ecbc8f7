"""Whether an answer carries what the tool said. Values in, a verdict out; knows no model and no tool.

How a number is written may change (147,934 or $147934.00 for 147934), and digits may be rounded away down to two
decimals. Its value may not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from orchestrator.types import ToolResult

SHORT = 200  # characters of a result that an answer can carry whole

_NUMBER = re.compile(r"[-−]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?")
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
    return value if value and "\n" not in value and len(value) <= SHORT else None


def carries(answer: str, results: Sequence[ToolResult]) -> bool | None:
    """Whether ``answer`` has the last result's value in it; None where that is nothing to be repeated."""
    value = carried_value(results)
    if value is None:
        return None
    if value in _AGREES:
        return bool(_AGREES[value].search(answer))
    if _NUMBER.fullmatch(value) and len(value) <= _LONGEST_NUMBER:
        return any(_same(_number(value), _number(found)) for found in _NUMBER.findall(answer[:_LONGEST_ANSWER]))
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", answer, re.IGNORECASE) is not None


def _number(text: str) -> Decimal:
    return Decimal(text[:_LONGEST_NUMBER].replace(",", "").replace("−", "-"))


def _same(value: Decimal, written: Decimal) -> bool:
    """Equal, or ``value`` rounded to the two or more decimals that were written."""
    decimals = -int(written.as_tuple().exponent)
    return written == value or (decimals >= 2 and abs(value) < _ROUNDED and written == round(value, decimals))
