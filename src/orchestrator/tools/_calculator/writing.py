"""Writes a tree as an expression that has one reading only, with every * and every parenthesis. Knows the grammar."""

from __future__ import annotations

from fractions import Fraction

from orchestrator.tools._calculator import nodes
from orchestrator.tools._calculator.printing import print_number
from orchestrator.tools._calculator.spelling import SUPERSCRIPTS

_SUM, _PRODUCT, _SIGNED, _POWER, _ATOM = range(5)  # how tightly the outermost operator binds
_SIGNS = {"of": "*", "%": " % ", "mod": " mod "}
_RAISED = {plain: chr(raised) for raised, plain in SUPERSCRIPTS.items()}


def written(tree: nodes.Node) -> str:
    """Return the expression of a tree.

    Args:
        tree: A tree without ``Either``.
    """
    return _written(tree)[0]


def units_written(units: nodes.Units) -> str:
    """Return units as text: km/h, m/s², N·m, s⁻¹.

    Args:
        units: The units with their powers.
    """
    above = [_raised(symbol, power) for symbol, power in units if power > 0]
    if not above:
        return "·".join(_raised(symbol, power) for symbol, power in units)
    return "/".join(["·".join(above), *(_raised(symbol, -power) for symbol, power in units if power < 0)])


def _raised(symbol: str, power: int) -> str:
    return symbol if power == 1 else symbol + "".join(_RAISED[ord(digit)] for digit in str(power))


def _written(node: nodes.Node) -> tuple[str, int]:  # noqa: C901, PLR0911, PLR0912 -- one case for each kind of node
    match node:
        case nodes.Number(value):
            return _number(value)
        case nodes.Name(text):
            return text, _ATOM
        case nodes.Chain(first, rest):
            return _chain(first, rest)
        case nodes.Negate(operand):
            return f"-{_within(operand, _POWER)}", _SIGNED
        case nodes.Power(base, exponent):
            return f"{_within(base, _ATOM)}**{_within(exponent, _ATOM)}", _POWER
        case nodes.Factorial(operand):
            return f"{_within(operand, _ATOM)}!", _POWER
        case nodes.Percent(operand, per):
            return f"{_within(operand, _PRODUCT)}/{per}", _PRODUCT
        case nodes.Call(function, arguments):
            return f"{function}({', '.join(map(written, arguments))})", _ATOM
        case nodes.Several(items):
            return f"({', '.join(map(written, items))})", _ATOM
        case nodes.Equation(left, right):
            return f"{written(left)} = {written(right)}", _SUM
        case nodes.Quantity(operand, units):
            return f"{_within(operand, _ATOM)} {units_written(units)}", _PRODUCT
        case nodes.Convert(operand, units):
            return f"{written(operand)} in {units_written(units)}", _SUM
        case nodes.Either(_, first, _):
            return _written(first)


def _within(node: nodes.Node, least: int) -> str:
    """The node's text, in parentheses if its operator binds less tightly than ``least``."""
    text, tightness = _written(node)
    return text if tightness >= least and not isinstance(node, nodes.Chain) else f"({text})"


def _number(value: Fraction) -> tuple[str, int]:
    text = print_number(value)
    if Fraction(text) != value:
        text = str(value)
    return text, _PRODUCT if "/" in text else _SIGNED if text.startswith("-") else _POWER if "e" in text else _ATOM


def _chain(first: nodes.Node, rest: tuple[tuple[str, nodes.Node], ...]) -> tuple[str, int]:
    tightness = _SUM if rest[0][0] in ("+", "-") else _PRODUCT
    remainder = rest[0][0] == "mod"
    text, before = _operand(first, tightness, _POWER if remainder else tightness), ""
    for operator, operand in rest:
        if before and "mod" in (before, operator):
            text = f"({text})"
        least = _POWER if isinstance(operand, nodes.Negate) else tightness + 1
        text += _SIGNS.get(operator, operator) + _operand(operand, tightness, least)
        before = operator
    return text, tightness


def _operand(node: nodes.Node, level: int, least: int) -> str:
    """An operand of a chain. A product in a sum has no parentheses; a remainder, or a chain of the same level, has."""
    text, tightness = _written(node)
    match node:
        case nodes.Chain(_, steps):
            nested = tightness <= level or any(operator == "mod" for operator, _ in steps)
        case nodes.Power(_, nodes.Number(exponent)):
            nested = exponent == 1  # 9**1/2 has two readings
        case _:
            nested = False
    return text if tightness >= least and not nested else f"({text})"
