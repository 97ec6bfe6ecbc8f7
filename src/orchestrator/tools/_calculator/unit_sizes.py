"""The sizes of units, from sympy's table in the algebra process. They are asked for once, by the first expression that
needs them: loading sympy takes half a second. Angles, temperatures and percentages need no table.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from orchestrator.tools._calculator.unit_names import definitions


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a unit.

    Attributes:
        factor: How many basic units it has.
        kind: What it measures, as powers of length, mass, time and so on.
    """

    factor: Fraction
    kind: tuple[tuple[str, int], ...]


_ANGLE, _TEMPERATURE = (("angle", 1),), (("temperature", 1),)
_OWN = {
    "°": Size(Fraction(0), _ANGLE),  # pi/180, which is no fraction
    "rad": Size(Fraction(1), _ANGLE),
    "%": Size(Fraction(1, 100), ()),
    "‰": Size(Fraction(1, 1000), ()),
    "K": Size(Fraction(1), _TEMPERATURE),
    "°C": Size(Fraction(1), _TEMPERATURE),
    "°F": Size(Fraction(5, 9), _TEMPERATURE),
}


def size_of(symbol: str) -> Size:
    """Return the size of a unit.

    Args:
        symbol: The unit's symbol.

    Raises:
        ToolError: The algebra process cannot be started.
    """
    return _OWN.get(symbol) or _sizes()[symbol]


@cache
def _sizes() -> dict[str, Size]:
    from orchestrator.tools._calculator.worker import ask_sizes  # noqa: PLC0415 -- subprocess and threading

    wanted = {
        symbol: definition
        for symbol, definition in definitions().items()
        if symbol not in _OWN and not definition.startswith("!")
    }
    return {symbol: Size(factor, kind) for symbol, (factor, kind) in ask_sizes(wanted).items()}
