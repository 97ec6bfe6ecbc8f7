"""Signs that are written as words: "12 divided by 4", "5 squared", "the square root of 16". Knows no grammar."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal

_OPERATORS = {
    "plus": "+",
    "minus": "-",
    "negative": "-",
    "less": "-",
    "times": "*",
    "multiplied by": "*",
    "divided by": "/",
    "over": "/",
    "per": "/",
    "per cent": "%",
    "percent": "%",
    "pct": "%",
    "per mille": "‰",
    "permille": "‰",
    "to the power of": "**",
    "raised to": "**",
    "raised to the power of": "**",
    "factorial": "!",
}
_POWERS = {"squared": 2, "cubed": 3}
_ROOTS = {"root of": "√", "square root of": "√", "cube root of": "∛", "fourth root of": "∜"}
_MULTIPLIERS = {
    "twice": Fraction(2),
    "double": Fraction(2),
    "thrice": Fraction(3),
    "triple": Fraction(3),
    "half of": Fraction(1, 2),
    "a third of": Fraction(1, 3),
    "a quarter of": Fraction(1, 4),
}
OF_ONE_NUMBER = frozenset({"double", "triple"})
"""Multipliers that are read with the next number only: triple 5 + 1 is 16. Twice 3 + 4 may be 10 or 14."""
SCALES = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_AMOUNTS = {
    **{f"a {scale}": Fraction(size) for scale, size in SCALES.items()},
    **{f"half a {scale}": Fraction(size, 2) for scale, size in SCALES.items()},
}
Kind = Literal["number", "operator", "name", "superscript", "root", "multiplier"]
_NONE = Fraction(0)
SPOKEN: dict[str, tuple[Kind, str, Fraction]] = {
    **{phrase: ("operator", sign, _NONE) for phrase, sign in _OPERATORS.items()},
    "modulo": ("name", "mod", _NONE),
    **{phrase: ("superscript", str(power), Fraction(power)) for phrase, power in _POWERS.items()},
    **{f"{the}{phrase}": ("root", sign, _NONE) for phrase, sign in _ROOTS.items() for the in ("", "the ")},
    **{phrase: ("number", phrase, value) for phrase, value in _AMOUNTS.items()},
    **{phrase: ("multiplier", phrase, times) for phrase, times in _MULTIPLIERS.items()},
}
"""Kind, text and value of the token that a phrase is."""
_LONGEST_FIRST = sorted(SPOKEN, key=len, reverse=True)
# "factorial (3)" is a call
_PHRASE = re.compile(rf"({'|'.join(_LONGEST_FIRST).replace(' ', ' +')})(?![A-Za-z0-9_])(?!(?<=ial) *\()", re.IGNORECASE)


def phrase_at(text: str, position: int) -> tuple[str, int] | None:
    """Return the phrase that begins here, as ``SPOKEN`` spells it, and the position after it; None if none does.

    Args:
        text: The expression.
        position: The position of a word's first letter.
    """
    found = _PHRASE.match(text, position)
    return (" ".join(found[1].lower().split()), found.end()) if found else None
