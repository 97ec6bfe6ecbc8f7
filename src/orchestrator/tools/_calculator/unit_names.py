"""Which words are units. Their sizes come from sympy; units.tsv names sympy's units and combines some of them.

Knows names; not sizes.
"""

from __future__ import annotations

import difflib
import re
from fractions import Fraction
from functools import cache
from pathlib import Path

from orchestrator.core.errors import ToolError

SizeOf = tuple[Fraction, tuple[tuple[str, int], ...]]
"""Factor of a unit, and what it measures as powers of length, mass and so on: what the algebra process sends."""

_WORD = re.compile(r"[A-Za-zµΩÅ°]+(?![A-Za-z0-9_])")
_WORDS = re.compile(r"[A-Za-zµΩÅ°]+(?:[ -][A-Za-z]+){0,2}(?![A-Za-z0-9_])")
_CALLED = re.compile(r" *\(")
_POWERS = {"square ": 2, "sq ": 2, "cubic ": 3, "cu ": 3}
_POWER = re.compile("|".join(_POWERS))
_DIGIT_POWER = re.compile(r"(?<![0-9])([A-Za-zµ]+)([23])(?![A-Za-z0-9_.,])(?! *\()")  # m2, but not the 5ft3 of a height
_DEGREES = re.compile(r"° ?([CFK])(?![A-Za-z0-9_])")
_SHORT = 2  # letters: capitals count in mm and Mm, not in Miles


def unit_at(text: str, position: int) -> tuple[str, int, int] | None:
    """Return the unit that begins here: its symbol, its power (2 for "square miles"), and the position after it.

    Args:
        text: The expression.
        position: The position of the first letter.

    Returns:
        None if no unit begins here.
    """
    if degrees := _DEGREES.match(text, position):
        return degrees[1] if degrees[1] == "K" else f"°{degrees[1]}", 1, degrees.end()
    if text.startswith("°", position):
        return "°", 1, position + 1
    if prefix := _POWER.match(text, position):
        found = unit_at(text, prefix.end())
        return found and (found[0], found[1] * _POWERS[prefix[0]], found[2])
    if (raised := _DIGIT_POWER.match(text, position)) and (symbol := symbol_of(raised[1])):
        return symbol, int(raised[2]), raised.end()
    for pattern in (_WORDS, _WORD):
        found_name = pattern.match(text, position)
        while found_name:
            name, end = found_name[0], found_name.end()
            if (symbol := symbol_of(name)) and not _CALLED.match(text, end):
                return symbol, 1, end
            shorter = max(name.rfind(" "), name.rfind("-"))
            found_name = pattern.match(text, position, position + shorter) if shorter > 0 else None
    return None


def symbol_of(name: str) -> str | None:
    """Return the symbol of a unit, or None if there is no unit of this name.

    Args:
        name: The name, in any case if it has three letters or more.
    """
    names = _names()
    return names.get(name) or (names.get(name.lower()) if len(name) > _SHORT else None)


def close_names(name: str) -> str:
    """Return a hint for an unknown unit: the names that are most similar.

    Args:
        name: The unknown name.
    """
    known = [each for each in _names() if len(each) > _SHORT]
    near = difflib.get_close_matches(name.lower(), known, n=3, cutoff=0.75)
    return f"did you mean {' or '.join(near)}" if near else "there are numbers, and units such as km, kg, h, °C, m/s"


def check_meaning(symbol: str) -> None:
    """Raise ToolError if a unit's name has two meanings, such as the gallon.

    Args:
        symbol: The unit's symbol.
    """
    definition = definitions().get(symbol, "")
    if definition.startswith("!"):
        raise ToolError(f"ambiguous unit {symbol}:{definition[1:]}")


@cache
def definitions() -> dict[str, str]:
    """Return each symbol's definition by sympy's units, such as ``4840 yard^2``."""
    return {symbol: definition for symbol, definition, _ in _rows()}


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for symbol, _, others in _rows():
        for name in (symbol, *filter(None, others.split(","))):
            names.setdefault(name, symbol)
    return names


def _rows() -> list[tuple[str, str, str]]:
    lines = Path(__file__).with_name("units.tsv").read_text(encoding="utf-8").splitlines()
    split = [[*line.split("\t"), ""] for line in lines if not line.startswith("#")]
    return [(symbol, definition, others) for symbol, definition, others, *_ in split]
