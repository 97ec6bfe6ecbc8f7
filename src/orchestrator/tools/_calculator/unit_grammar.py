"""Parses units: km/h, m/s², kg·m**2. Knows tokens; not the sizes of units."""

from __future__ import annotations

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import nodes
from orchestrator.tools._calculator.cursor import Cursor
from orchestrator.tools._calculator.unit_names import check_meaning, close_names

MAX_POWER = 20


def target_units(cursor: Cursor) -> nodes.Units:
    """Read the units after ``in``.

    Raises:
        ToolError: There is no known unit.
    """
    if cursor.at_kind("end"):
        raise ToolError(f"syntax: a unit is missing after {cursor.before.text}: 5 miles in km")
    if not cursor.at_kind("unit"):
        raise ToolError(f"unknown unit {cursor.next.text}: {close_names(cursor.next.text)}")
    return units(cursor)


def quantity(cursor: Cursor, operand: nodes.Node) -> nodes.Node:
    """Read the units of an operand, and further quantities that are added to it: 5 ft 3 in."""
    first = nodes.Quantity(operand, units(cursor))
    parts: list[tuple[str, nodes.Node]] = []
    while cursor.at_kind("number") and cursor.ahead(1).kind == "unit":
        value = nodes.Number(cursor.take().value)
        parts.append(("+", nodes.Quantity(value, units(cursor))))
    return nodes.Chain(first, tuple(parts)) if parts else first


def units(cursor: Cursor) -> nodes.Units:
    """Read units with their powers."""
    powers = dict([_unit(cursor, 1)])
    while cursor.at("*", "/") and cursor.ahead(1).kind == "unit":
        symbol, power = _unit(cursor, -1 if cursor.take().text == "/" else 1)
        powers[symbol] = powers.get(symbol, 0) + power
    if any(abs(power) > MAX_POWER for power in powers.values()):
        raise ToolError(f"too large: units may have powers up to {MAX_POWER}")
    return tuple((symbol, power) for symbol, power in powers.items() if power)


def _unit(cursor: Cursor, sign: int) -> tuple[str, int]:
    token = cursor.take()
    check_meaning(token.text)
    power = token.value
    if cursor.at_kind("superscript"):
        power *= cursor.take().value
    elif cursor.at("**") and cursor.next.spaced:
        raise ToolError(f"ambiguous power: write {token.text}**2 without spaces, or (5 {token.text})**2")
    elif cursor.took("**"):
        sign *= -1 if cursor.took("-") else 1
        if not cursor.at_kind("number"):
            raise ToolError(f"syntax: the power of the unit {token.text} must be a number: m**2")
        power *= cursor.take().value
    if power.denominator != 1 or abs(power) > MAX_POWER:
        raise ToolError(f"the power of the unit {token.text} must be a whole number up to {MAX_POWER}")
    return token.text, sign * int(power)
