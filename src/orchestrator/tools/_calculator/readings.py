"""What people read into an expression a second time. Each function gets the parts and returns the other reading.

The parser reads from left to right and knows where two readings begin. Knows trees; not tokens and not values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeGuard

from orchestrator.tools._calculator import nodes

Steps = Sequence[tuple[str, nodes.Node]]
ONE = nodes.Number(Fraction(1))
INVERSES = {"sin": "asin", "cos": "acos", "tan": "atan", "sinh": "asinh", "cosh": "acosh", "tanh": "atanh"}


def chain(first: nodes.Node, rest: Steps) -> nodes.Node:
    """Return a chain, or only its first operand if there is no other."""
    return nodes.Chain(first, tuple(rest)) if rest else first


def choose(tree: nodes.Node, *, second: bool) -> nodes.Node:
    """Return the tree with one of the readings in place of ``Either``.

    Args:
        tree: The tree.
        second: Whether it is the second reading.
    """
    if isinstance(tree, nodes.Either):
        return tree.second if second else tree.first
    return nodes.rebuilt(tree, lambda child: choose(child, second=second))


def is_percentage(node: nodes.Node) -> bool:
    """Whether the node is only percentages: 5%, -5%, (30%+20%)."""
    match node:
        case nodes.Percent():
            return True
        case nodes.Negate(operand):
            return is_percentage(operand)
        case nodes.Chain(first, rest):
            operands = (first, *(operand for _, operand in rest))
            return rest[0][0] in ("+", "-") and all(map(is_percentage, operands))
    return False


def second_sum(left: nodes.Node, operator: str, right: nodes.Node, *, tight: bool) -> tuple[str, nodes.Node] | None:
    """The other reading of a sum with a percent sign: 100 + 5%, 7%-3, 10% + 20% of 50.

    Args:
        left: What is before the sign.
        operator: The sign, + or -.
        right: The product after it.
        tight: Whether the sign stands between a percent sign and an operand without a space.

    Returns:
        What is ambiguous, and the other reading; None if there is none.
    """
    if is_percentage(right):
        alike = left == ONE or is_percentage(left)
        return None if alike else ("percent", changed_by(left, operator, right))
    share_of = isinstance(right, nodes.Chain) and right.rest[0][0] == "of" and is_percentage(right.first)
    if share_of and isinstance(right, nodes.Chain) and is_percentage(left):
        return "percent", total_share(left, operator, right)
    remainder = remainder_by_signed(left, operator, right) if tight else None
    return None if remainder is None else ("%", remainder)


def changed_by(whole: nodes.Node, operator: str, percentage: nodes.Node) -> nodes.Node:
    """100 + 5% as a change of 100 by 5%: 100*(1+5/100)."""
    return nodes.Chain(whole, (("*", nodes.Chain(ONE, ((operator, percentage),))),))


def total_share(shares: nodes.Node, operator: str, share: nodes.Chain) -> nodes.Node:
    """10% + 20% of 50 as a share of both: (10% + 20%) of 50."""
    return nodes.Chain(nodes.Chain(shares, ((operator, share.first),)), share.rest)


def share(first: nodes.Node, rest: Steps, whole: nodes.Node) -> nodes.Node:
    """5% 200 as a share of 200: 5/100*200."""
    last = nodes.Chain(nodes.Percent(rest[-1][1] if rest else first), (("*", whole),))
    return chain(first, [*rest[:-1], (rest[-1][0], last)]) if rest else last


def remainder_by_signed(left: nodes.Node, operator: str, right: nodes.Node) -> nodes.Node | None:
    """7%-3 as a remainder: 7 mod (-3). None if the left side does not end with a percentage."""
    divisor, behind = (right.first, right.rest) if _is_product(right) else (right, ())
    match left:
        case nodes.Percent(number):
            dividend: nodes.Node = number
        case nodes.Negate(nodes.Percent(number)):
            dividend = nodes.Negate(number)
        case nodes.Chain(first, (*before, (last, nodes.Percent(number)))) if _is_product(left):
            dividend = nodes.Chain(first, (*before, (last, number)))
        case _:
            return None
    remainder = nodes.Chain(dividend, (("mod", nodes.Negate(divisor) if operator == "-" else divisor),))
    return chain(remainder, behind)


def products(first: nodes.Node, rest: Steps, factors: Sequence[nodes.Node]) -> tuple[nodes.Node, nodes.Node]:
    """Both readings of 6/2(1+2): from left to right (6/2)*(1+2), and with what touches as one, 6/(2*(1+2))."""
    left_to_right = nodes.Chain(chain(first, rest), tuple(("*", factor) for factor in factors))
    return left_to_right, tight_product(first, rest, factors)


def tight_product(first: nodes.Node, rest: Steps, factors: Sequence[nodes.Node]) -> nodes.Node:
    """The last operand times the factors, as one operand. Of 2**3pi, the exponent is taken: 2**(3*pi)."""
    joined = _joined(rest[-1][1] if rest else first, tuple(("*", factor) for factor in factors))
    return chain(first, [*rest[:-1], (rest[-1][0], joined)]) if rest else joined


def _joined(node: nodes.Node, times: tuple[tuple[str, nodes.Node], ...]) -> nodes.Node:
    match node:
        case nodes.Negate(operand):
            return nodes.Negate(_joined(operand, times))
        case nodes.Power(base, exponent):
            return nodes.Power(base, _joined(exponent, times))
        case nodes.Call(root, (operand, *degree)):
            return nodes.Call(root, (nodes.Chain(operand, times), *degree))
    return nodes.Chain(node, times)


def power_of_all(operand: nodes.Node, whole: Callable[[nodes.Node], nodes.Node]) -> nodes.Node | None:
    """The other reading of a power in words: double 3 squared as (2*3)**2. None if the operand is no power.

    Args:
        operand: The power alone, with or without a sign: 3**2.
        whole: Makes the power's base from the operand's: 2*3 from 3.
    """
    match operand:
        case nodes.Power(base, exponent):
            return nodes.Power(whole(base), exponent)
        case nodes.Negate(nodes.Power(base, exponent)):
            return nodes.Power(whole(nodes.Negate(base)), exponent)
    return None


def part_of_unit(dividend: nodes.Node, divisor: nodes.Quantity) -> nodes.Node | None:
    """1/2 h as half an hour: (1/2) h. None if the dividend has units itself, as in 100 km / 2 h."""
    if has_units(dividend):
        return None
    return nodes.Quantity(nodes.Chain(dividend, (("/", divisor.operand),)), divisor.units)


def tight_fraction(first: nodes.Node, rest: Steps, divisor: nodes.Node) -> nodes.Node | None:
    """The other reading of a fraction without spaces: 1/2% as half a per cent, 9^1/2 as 9^(1/2); else None."""
    last = rest[-1][1] if rest else first
    match last, divisor:
        case nodes.Number(above), nodes.Percent(nodes.Number(below), per) if above < below and not rest:
            return nodes.Percent(nodes.Chain(last, (("/", nodes.Number(below)),)), per)
        case nodes.Power(base, nodes.Number(Fraction(numerator=1, denominator=1))), nodes.Number():
            root = nodes.Power(base, nodes.Chain(ONE, (("/", divisor),)))
            return chain(first, [*rest[:-1], (rest[-1][0], root)]) if rest else root
    return None


def remainder_of_all(first: nodes.Node, rest: Steps, *, begins: bool, ends: bool) -> nodes.Node | None:
    """10 + 7 mod 3 with the remainder of everything: (10 + 7) mod 3; 7 mod 3 + 1 as 7 mod (3 + 1).

    Args:
        first: The first operand of a sum.
        rest: The others.
        begins: Whether the first operand is a remainder, without parentheses.
        ends: Whether the last one is.

    Returns:
        None if there is no second reading.
    """
    if rest and ends and _is_remainder(last := rest[-1][1]):
        return nodes.Chain(nodes.Chain(chain(first, rest[:-1]), ((rest[-1][0], last.first),)), last.rest)
    if rest and begins and _is_remainder(first):
        return nodes.Chain(first.first, (("mod", nodes.Chain(first.rest[0][1], tuple(rest))),))
    return None


def remainder_in_product(first: nodes.Node, rest: Steps) -> nodes.Node | None:
    """2*7 mod 3 with the remainder first: 2*(7 mod 3); 7 mod 3*2 with the product first: 7 mod (3*2)."""
    at = next((at for at, (operator, _) in enumerate(rest) if operator == "mod"), None)
    if at is None or len(rest) == 1:
        return None
    if at == 0:
        return nodes.Chain(first, (("mod", nodes.Chain(rest[0][1], tuple(rest[1:]))),))
    remainder = nodes.Chain(rest[at - 1][1], (rest[at],))
    return nodes.Chain(first, (*rest[: at - 1], (rest[at - 1][0], remainder), *rest[at + 1 :]))


def _is_product(node: nodes.Node) -> TypeGuard[nodes.Chain]:
    return isinstance(node, nodes.Chain) and node.rest[0][0] not in ("+", "-")


def _is_remainder(node: nodes.Node) -> TypeGuard[nodes.Chain]:
    return isinstance(node, nodes.Chain) and len(node.rest) == 1 and node.rest[0][0] == "mod"


def has_units(node: nodes.Node) -> bool:
    """Whether a quantity with a unit is in the node."""
    return isinstance(node, nodes.Quantity | nodes.Convert) or any(map(has_units, nodes.children(node)))
