"""Checks algebra before it reaches the worker: names, sizes, and every part that has only numbers.

Parts without an unknown are evaluated here, by arithmetic with limits. So no huge power, factorial or number of digits
reaches sympy. The rest is limited by degree and by number of terms, and in the worker by time and memory.
"""

from __future__ import annotations

import math
from fractions import Fraction

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import nodes
from orchestrator.tools._calculator.algebra_names import ALGEBRA, algebra_name
from orchestrator.tools._calculator.arithmetic import evaluate, unknown_function, with_enough_digits
from orchestrator.tools._calculator.functions import CONSTANTS, FUNCTIONS, canonical, check_arguments

MAX_DEGREE = 300
MAX_TERMS = 2_000
MAX_DIGITS = 50

INFINITY = frozenset({"oo", "inf", "infinity"})


def needs_algebra(tree: nodes.Node) -> bool:
    """Whether a part of the tree needs sympy."""
    if isinstance(tree, nodes.Call) and _algebra_name(tree) is not None:
        return True
    return any(needs_algebra(child) for child in nodes.children(tree))


def screen(tree: nodes.Node) -> nodes.Node:
    """Return the same tree with its numbers evaluated and its names in the tables' spelling.

    Raises:
        ToolError: A part is too large, or a name is unknown.
    """
    return _fold(tree, unknowns=False)


def _algebra_name(node: nodes.Call) -> str | None:
    """Return the table's name of a function for sympy, else None. sum(n**2, (n, 1, 10)) is for sympy, sum(1, 2, 3) is
    not.
    """
    if canonical(node.function) == "sum" and len(node.arguments) > 1 and isinstance(node.arguments[-1], nodes.Several):
        return "summation"
    return algebra_name(node.function)


def _fold(node: nodes.Node, *, unknowns: bool) -> nodes.Node:
    """Replace every part that has only numbers by its value.

    ``unknowns``: whether the node is inside an algebra function.
    """
    if not isinstance(node, nodes.Several | nodes.Equation) and _is_constant(node):
        value = with_enough_digits(lambda reals: evaluate(node, reals))
        return nodes.Number(value) if isinstance(value, Fraction) else _renamed(node)
    match node:
        case nodes.Call(function, arguments):
            return _fold_call(node, function, arguments, unknowns)
        case nodes.Name(text):
            return _fold_name(text, unknowns)
    return _bounded(nodes.rebuilt(node, lambda child: _fold(child, unknowns=unknowns)))


def _renamed(node: nodes.Node) -> nodes.Node:
    """Rename the functions of an irrational part. Nothing is evaluated a second time, so screening stays linear."""
    match node:
        case nodes.Call(function, arguments):
            return nodes.Call(canonical(function), tuple(_renamed(argument) for argument in arguments))
        case nodes.Name(text):
            return nodes.Name(canonical(text))
    return nodes.rebuilt(node, _renamed)


def _fold_call(node: nodes.Call, function: str, arguments: tuple[nodes.Node, ...], unknowns: bool) -> nodes.Node:
    algebra = _algebra_name(node)
    if algebra is None:
        if canonical(function) not in FUNCTIONS:
            raise unknown_function(function, arguments)
        return nodes.Call(canonical(function), tuple(_fold(argument, unknowns=unknowns) for argument in arguments))
    check_arguments(function, *ALGEBRA[algebra], len(arguments))
    folded = tuple(_fold(argument, unknowns=True) for argument in arguments)
    _refuse_large_request(algebra, folded)
    return nodes.Call(algebra, folded)


def _fold_name(text: str, unknowns: bool) -> nodes.Node:
    constant = "e" if text == "E" and not unknowns else canonical(text)
    if constant in CONSTANTS:
        return nodes.Name(constant)
    if constant in FUNCTIONS or (text in ALGEBRA and text != "N"):
        raise ToolError(f"number of arguments: {text} is a function; write {text}(...) with parentheses")
    if not unknowns:
        raise ToolError(f"unknown name {text}: an unknown may only stand inside solve, diff, integrate and the like")
    return nodes.Name("oo" if text in INFINITY else text)


def _is_constant(node: nodes.Node) -> bool:
    """Whether the node has only numbers, pi, e, and functions of them that arithmetic knows."""
    if isinstance(node, nodes.Name):
        return canonical(node.text) in CONSTANTS  # a capital E is an unknown here: E = m*c**2
    if isinstance(node, nodes.Call) and (_algebra_name(node) is not None or canonical(node.function) not in FUNCTIONS):
        return False
    return all(_is_constant(child) for child in nodes.children(node))


# --- Sizes -----------------------------------------------------------------------------------------------------------


def _refuse_large_request(name: str, arguments: tuple[nodes.Node, ...]) -> None:
    first, last = arguments[0], arguments[-1]
    if name in ("factorint", "factor") and isinstance(first, nodes.Number) and first.value.numerator.bit_length() > 200:
        raise ToolError("too large: a number to factor may have 60 digits")
    if name == "isprime" and isinstance(first, nodes.Number) and first.value.numerator.bit_length() > 1_000:
        raise ToolError("too large: a number to test may have 300 digits")
    if name in ("N", "diff") and isinstance(last, nodes.Number) and len(arguments) > 1 and last.value.denominator != 1:
        raise ToolError(f"arguments: the last argument of {name} must be a whole number")
    if name == "N" and len(arguments) == 2 and not (isinstance(last, nodes.Number) and 0 < last.value <= MAX_DIGITS):
        raise ToolError(f"too large: N(value, digits) gives 1 to {MAX_DIGITS} digits")
    if name == "diff" and len(arguments) == 3 and isinstance(last, nodes.Number) and not 0 <= last.value <= 20:
        raise ToolError("too large: diff(expression, x, times) derives 0 to 20 times")
    if name == "expand" and _terms(first) > MAX_TERMS:
        raise ToolError(f"too large: expanding this gives more than {MAX_TERMS:,} terms; use a smaller power")


def _bounded(node: nodes.Node) -> nodes.Node:
    if _degree(node) > MAX_DEGREE:
        raise ToolError(f"too large: powers of an unknown may go up to {MAX_DEGREE}")
    return node


def _degree(node: nodes.Node) -> float:
    """Return an upper bound of the degree as a polynomial. Functions count as unknowns, symbolic exponents as 1."""
    match node:
        case nodes.Number():
            return 0
        case nodes.Chain(first, rest):
            operands = [first, *(operand for _, operand in rest)]
            degrees = [_degree(operand) for operand in operands]
            return max(degrees) if rest[0][0] in "+-" else sum(degrees)
        case nodes.Power(base, nodes.Number(exponent)):
            return max(_degree(base), 1) * float(min(abs(exponent), Fraction(10_000)))
        case nodes.Name() | nodes.Call():
            return 1
    return max((_degree(child) for child in nodes.children(node)), default=0)


def _terms(node: nodes.Node) -> float:
    """Return an upper bound of the number of terms after expansion."""
    match node:
        case nodes.Chain(first, rest):
            counts = [_terms(first), *(_terms(operand) for _, operand in rest)]
            return sum(counts) if rest[0][0] in "+-" else math.prod(counts)
        case nodes.Power(base, nodes.Number(exponent)) if exponent.denominator == 1 and 0 < exponent <= MAX_DEGREE:
            terms, times = min(int(_terms(base)), MAX_TERMS), int(exponent)
            return math.comb(terms + times - 1, times)
        case nodes.Negate(operand) | nodes.Percent(operand):
            return _terms(operand)
    return 1
