"""The minus signs of a question's numbers, and how a number is written into an argument with its sign.

"The square root of -4" has the number -4, and "7 minus 3" the numbers 7 and 3. Text in, values out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from orchestrator.core.numbers import Number

_SIGNED = re.compile(
    r"(?:(?:^|(?<=[\s,;:(\[=]))[-−]"  # 12-5 has no sign, 12 -5 has one
    r"|(?<!\w)negative\s+"
    r"|(?:^|(?<!\w)(?:of|by|from|to|and|than|is|are|do|does|at|was|plus|minus|times|between|over|equals|it|add|multiply|divide|subtract)(?=\s))"
    r"\s*(?P<said>(?<!\w)minus\s+))(?=[\w.])",
    re.IGNORECASE,
)
_BEFORE, _AFTER = re.compile(r"[-+*/^%]\s*$"), re.compile(r"\s*(?:\*\*|\^|!)")


def negative_numbers(text: str, numbers: Iterable[Number]) -> frozenset[int]:
    """Return the positions of the numbers that have a minus sign. Each is the ``start`` of a Number.

    Args:
        text: The question.
        numbers: Its numbers.
    """
    starts = {match.end() for match in _SIGNED.finditer(text)}
    return frozenset(number.start for number in numbers if number.start in starts)


def without_signs(text: str) -> str:
    """Replace the minus signs of numbers by spaces. The length of the text stays the same."""
    return _SIGNED.sub(lambda match: _blank(match[0], match["said"]), text)


def signed(number: Number, negative: frozenset[int]) -> str:
    """Return a number's value with its sign.

    Args:
        number: The number.
        negative: What ``negative_numbers`` returned.
    """
    return f"-{number.value}" if number.start in negative else number.value


def joined(before: str, value: str, after: str) -> str:
    """Return ``before`` and a value, in brackets if its sign would be taken for an operator: 7-(-3), (-2)**4.

    Args:
        before: The argument before the value.
        value: A number with its sign, or any text.
        after: The argument after the value.
    """
    bare = value.startswith("-") and (_BEFORE.search(before) or _AFTER.match(after))
    return f"{before}({value})" if bare else before + value


def _blank(found: str, said: str | None) -> str:
    return f"{found.removesuffix(said)}{' ' * len(said)}" if said else " " * len(found)
