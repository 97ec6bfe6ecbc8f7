"""Finds texts whose letters are in a text in another order, such as every second letter first. Knows texts only."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

_SHORTEST = 10  # letters and digits; shorter texts have the same letters by chance


def rearranged(wanted: Iterable[str], text: str) -> str | None:
    """Return one of some texts whose letters and digits are a stretch of a text, in any order.

    Args:
        wanted: The texts to find, squeezed.
        text: The text in which they are searched, squeezed.
    """
    sums: dict[int, dict[int, str]] = {}  # by length, then by the sum of the letters' values, which ignores their order
    for each in wanted:
        if _SHORTEST <= len(each) <= len(text):
            sums.setdefault(len(each), {})[sum(map(_value, each))] = each
    until = list(accumulate(map(_value, text), initial=0)) if sums else []
    for length, found in sums.items():
        for start in range(len(text) - length + 1):
            total = until[start + length] - until[start]
            if total in found and sorted(found[total]) == sorted(text[start : start + length]):
                return found[total]
    return None


def _value(character: str) -> int:
    """A number for a character, so that different letters hardly ever have the same sum."""
    return pow(ord(character), 7, 0x1FFFFFFFFFFFFFFF)
