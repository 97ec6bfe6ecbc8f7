"""The functions that need sympy, by name. Inside their parentheses a letter is an unknown, never a unit or a sign."""

from __future__ import annotations

import re

ALGEBRA = {
    "solve": (1, None),
    "nsolve": (2, 3),
    "diff": (1, 3),
    "integrate": (1, 4),
    "limit": (3, 3),
    "simplify": (1, 1),
    "factor": (1, 1),
    "expand": (1, 1),
    "summation": (2, 4),
    "factorint": (1, 1),
    "isprime": (1, 1),
    "N": (1, 2),
}
"""Minimum and maximum number of arguments by name. N(value, digits) is sympy's; a small n is an unknown."""
_ALIASES = {"derivative": "diff", "differentiate": "diff", "integral": "integrate", "primefactors": "factorint"}
_BOUNDS = re.compile(r"\(\s*[A-Za-z_]\w*\s*,")  # (n, 1, 10)


def algebra_name(function: str) -> str | None:
    """Return the table's name of a function for sympy, or None.

    Args:
        function: The function as it is written.
    """
    name = function.lower() if len(function) > 1 else function
    name = _ALIASES.get(name, name)
    return name if name in ALGEBRA else None


def opens_algebra(function: str, rest: str) -> bool:
    """Tell whether a call has unknowns.

    Args:
        function: The function's name.
        rest: The text after its opening parenthesis: sum(n**2, (n, 1, 10)) has unknowns, sum(1, 2) has none.
    """
    return algebra_name(function) is not None or (function.lower() == "sum" and _BOUNDS.search(rest) is not None)
