"""The part of a tool's result that an answer repeats: 0.333 of "1/3 ≈ 0.333", 3 of "3 (note: rounded)".

Text in, text out; knows no tool.
"""

from __future__ import annotations

import re

_SHOWN = re.compile(r"(?:(?P<exact>-?\d+/\d+) ≈ )?(?P<told>[^\n]*?)(?: \(note: [^()\n]*\))?")
_LONGEST = 500  # characters; a longer result is no value


def told_value(result: str) -> str:
    """Return a result without the exact fraction before its decimals, and without a note behind it.

    Args:
        result: The result.
    """
    if " ≈ " not in result and " (note: " not in result:
        return result
    found = _shown(result)
    return found["told"] if found else result


def exact_value(result: str) -> str:
    """Return the exact fraction of a result that is shown with its decimals; "" if there is none.

    Args:
        result: The result.
    """
    found = _shown(result)
    return (found["exact"] or "") if found else ""


def _shown(result: str) -> re.Match[str] | None:
    return _SHOWN.fullmatch(result) if len(result) <= _LONGEST else None
