"""The shape of a calculation: which number stands where in it, what becomes of each, and of each two.

In ``{0}-{1}*{2}`` the second and third number are multiplied, and both are taken from the first. Knows how arithmetic
is written; not who asks for it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

_PLACE = re.compile(r"\{(\d)\}")
_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Mod: "%",
    ast.Pow: "^",
}
MOST_NUMBERS = 6
_TOLD_APART = 2  # numbers


@dataclass(frozen=True, slots=True)
class ExpressionTemplate:
    """``text`` has ``{0}``, ``{1}`` … in the places of ``numbers`` numbers.

    ``roles`` says of each number how it takes part (``+*``: multiplied, and not subtracted), ``signs`` of each two
    which sign joins what they belong to. ``family`` is what words of the whole question speak for, whatever else the
    question holds: with one number or two the calculation, with three its signs in their order, with more its signs.
    """

    text: str
    numbers: int
    roles: tuple[str, ...]
    signs: tuple[tuple[int, int, str], ...]
    family: str


def filled(text: str, values: Sequence[str]) -> str:
    """``text`` with ``values`` in its places."""
    return _PLACE.sub(lambda match: values[int(match[1])], text)


def expression_template(text: str, numbers: int) -> ExpressionTemplate:
    """The shape written as ``text``; what cannot be read as arithmetic has no roles and no signs."""
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


def flat_templates() -> list[tuple[str, int]]:
    """Sums and differences of three numbers and more, and their product: no example has every order of signs."""
    found = []
    for numbers in range(3, MOST_NUMBERS + 1):
        orders = product("+-", repeat=numbers - 1)
        found += [("{0}" + "".join(f"{sign}{{{at}}}" for at, sign in enumerate(signs, 1)), numbers) for signs in orders]
        found.append(("*".join(f"{{{at}}}" for at in range(numbers)), numbers))
    return found


def left_out(text: str, numbers: int) -> list[str]:
    """The shape ``text`` of so many numbers as it is in each place among one more, which it has no use for."""
    return [filled(text, [f"{{{at}}}" for at in range(numbers + 1) if at != unused]) for unused in range(numbers + 1)]


def _family(text: str) -> str:
    used = sorted(set(_PLACE.findall(text)))
    if len(used) <= _TOLD_APART:
        return _PLACE.sub(lambda match: f"{{{used.index(match[1])}}}", text)
    told = _PLACE.sub("#", text)
    return told if len(used) == _TOLD_APART + 1 else f"{len(used)} {''.join(sorted(set(told)))}"


def _pairs(numbers: int) -> list[tuple[int, int]]:
    return [(one, other) for one in range(numbers) for other in range(one + 1, numbers)]


def _walk(node: ast.AST, path: tuple[str, ...], roles: list[str], signs: dict[tuple[int, int], str]) -> set[int]:
    """Note roles and signs below ``node``; gives the numbers that stand there."""
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
