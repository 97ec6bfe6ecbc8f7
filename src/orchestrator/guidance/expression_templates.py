"""Expression templates: calculations with slots for numbers, and the part that each number has in them.

In ``{0}-{1}*{2}``, the second and third number are multiplied, and the product is subtracted from the first. Knows how
arithmetic is written; not who asks for it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from orchestrator.core.signs import joined

_PLACE = re.compile(r"\{(\d)\}")
_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Mod: "%",
    ast.Pow: "^",
}
_TOLD_APART = 2  # used numbers; with more, a family does not tell them apart


@dataclass(frozen=True, slots=True)
class ExpressionTemplate:
    """A calculation with slots for numbers.

    Attributes:
        text: The calculation, with ``{0}``, ``{1}`` … for its numbers.
        numbers: How many numbers it takes. Some may be unused.
        roles: For each number its role: its sign, then how it is scaled, then the functions around it. ``+*`` is a
            number that is multiplied and not subtracted. ``unused`` is a number without a slot.
        signs: For each pair of numbers the operator that joins the parts in which they are.
        family: A name for all templates that the same words of a whole question suggest. With one or two used numbers
            it is the calculation, with three the calculation with ``#`` for each number, with more their count and
            operators.
    """

    text: str
    numbers: int
    roles: tuple[str, ...]
    signs: tuple[tuple[int, int, str], ...]
    family: str


def filled(text: str, values: Sequence[str]) -> str:
    """Return a template's text with values in its slots. A negative value has brackets if it needs them."""
    pieces = _PLACE.split(text)  # text and the number of a slot in turn
    done = pieces[0]
    for at, after in zip(pieces[1::2], pieces[2::2], strict=True):
        done = joined(done, values[int(at)], after) + after
    return done


def expression_template(text: str, numbers: int) -> ExpressionTemplate:
    """Make an expression template.

    Args:
        text: The calculation, with ``{0}``, ``{1}`` … for its numbers. If it is not arithmetic that can be parsed, all
            roles are "unused" and there are no signs.
        numbers: How many numbers it takes.
    """
    roles, signs = ["unused"] * numbers, dict.fromkeys(_pairs(numbers), "none")
    source = _PLACE.sub(r"N\1", text).replace("^", "**").replace(" mod ", "%").replace("!", "")
    try:
        tree = ast.parse(source, mode="eval").body
    except SyntaxError:
        return ExpressionTemplate(text, numbers, tuple(roles), (), _family(text))
    _walk(tree, (), roles, signs)
    return ExpressionTemplate(
        text, numbers, tuple(roles), tuple((*pair, sign) for pair, sign in signs.items()), _family(text)
    )


def _family(text: str) -> str:
    used = sorted(set(_PLACE.findall(text)))
    if len(used) <= _TOLD_APART:
        return _PLACE.sub(lambda match: f"{{{used.index(match[1])}}}", text)
    told = _PLACE.sub("#", text)
    return told if len(used) == _TOLD_APART + 1 else f"{len(used)} {''.join(sorted(set(told)))}"


def _pairs(numbers: int) -> list[tuple[int, int]]:
    return [(one, other) for one in range(numbers) for other in range(one + 1, numbers)]


def _walk(node: ast.AST, path: tuple[str, ...], roles: list[str], signs: dict[tuple[int, int], str]) -> set[int]:
    """Note the roles and signs below ``node``, and return the numbers there."""
    match node:
        case ast.BinOp(left, operator, right):
            sign = _SIGNS.get(type(operator), "?")
            before = _walk(left, (*path, f"{sign}l"), roles, signs)
            after = _walk(right, (*path, f"{sign}r"), roles, signs)
            for one, other in product(before, after):
                if one != other:
                    turned = "r" if one > other and sign in "-/%^" else ""
                    pair = min(one, other), max(one, other)
                    signs[pair] = sign + turned
            return before | after
        case ast.UnaryOp(operand=operand):
            return _walk(operand, path, roles, signs)
        case ast.Call(ast.Name(name), arguments):
            return set().union(*(_walk(argument, (*path, name), roles, signs) for argument in arguments))
        case ast.Name(name) if name[1:].isdigit():
            roles[int(name[1:])] = _role(path)
            return {int(name[1:])}
    return set()


def _role(path: Sequence[str]) -> str:
    sign = "-" if path.count("-r") % 2 else "+"
    if path.count("/r") % 2:
        scale = "/"
    elif any(step[0] == "*" for step in path):
        scale = "*"
    else:
        scale = "over" if "/l" in path else ""
    rest = "%" if any(step[0] == "%" for step in path) else "".join(step for step in path if len(step) > 2)
    return sign + scale + rest
