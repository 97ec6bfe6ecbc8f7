"""Makes sympy expressions from trees, node by node, with the tables below. Runs only in the worker process.

No text reaches sympy, because sympy's own parsers (sympify, parse_expr) run code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import sympy

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import nodes
from orchestrator.tools._calculator.arithmetic import value_of

ALONE = frozenset({"solve", "factorint", "isprime", "N"})
"""Functions that answer in words or with several values. They cannot be part of a larger expression."""


def to_sympy(node: nodes.Node) -> Any:  # noqa: C901, PLR0911 -- one case for each kind of node
    """Return the sympy expression of a tree.

    Args:
        node: A tree that ``screening.screen`` returned, or a part of one.

    Raises:
        ToolError: The tree has no expression, for example because an equation is in the wrong place.
    """
    match node:
        case nodes.Number(value):
            return sympy.Rational(value.numerator, value.denominator)
        case nodes.Name(text):
            return _NAMES[text] if text in _NAMES else sympy.Symbol(text)
        case nodes.Chain(first, rest):
            value = to_sympy(first)
            for operator, operand in rest:
                value = _OPERATORS[operator](value, to_sympy(operand))
            return value
        case nodes.Negate(operand):
            return -to_sympy(operand)
        case nodes.Power(base, exponent):
            return to_sympy(base) ** to_sympy(exponent)
        case nodes.Factorial(operand):
            return sympy.factorial(to_sympy(operand))
        case nodes.Percent(operand, per):
            return to_sympy(operand) / per
        case nodes.Call(function, arguments):
            return _called(function, arguments)
        case nodes.Several():
            raise ToolError("comma inside parentheses: only bounds such as (x, 0, 1) are written so")
        case nodes.Equation():
            raise ToolError("= is not allowed here: an equation may only stand in solve and nsolve")
        case nodes.Quantity() | nodes.Convert() | nodes.Either():
            raise ToolError("units do not match: algebra has numbers without units; calculate in steps")


_NAMES: dict[str, Any] = {"pi": sympy.pi, "tau": 2 * sympy.pi, "e": sympy.E, "oo": sympy.oo}
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "of": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "//": lambda left, right: sympy.floor(left / right),
    "%": sympy.Mod,
    "mod": sympy.Mod,
}


def _called(function: str, arguments: Sequence[nodes.Node]) -> Any:
    if function in _TRANSFORMS:
        return _TRANSFORMS[function](arguments)
    if function in ALONE:
        raise ToolError(
            f"not allowed: {function} gives several values or words; use it alone, then go on with its result"
        )
    values = [to_sympy(argument) for argument in arguments]
    if function in _FUNCTIONS:
        return _FUNCTIONS[function](*values)
    if not all(value.is_Rational for value in values):
        raise ToolError(f"unknown function {function} of an unknown: use it with plain numbers only")
    numbers = tuple(nodes.Number(fraction(value)) for value in values)  # round(integrate(x**2, (x, 0, 1)), 2)
    result = value_of(nodes.Call(function, numbers))
    return sympy.Rational(result.numerator, result.denominator)


def _symbol(node: nodes.Node) -> Any:
    symbol = to_sympy(node)
    if not symbol.is_Symbol:
        raise ToolError(f"arguments: an unknown such as x is needed in place of {symbol}")
    return symbol


def _only_symbol(expression: Any) -> Any:
    symbols = sorted(expression.free_symbols, key=str)
    if len(symbols) != 1:
        raise ToolError("arguments: name the unknown as the second argument: diff(x**2, x)")
    return symbols[0]


def _differentiated(arguments: Sequence[nodes.Node]) -> Any:
    expression = to_sympy(arguments[0])
    symbol = _symbol(arguments[1]) if len(arguments) > 1 else _only_symbol(expression)
    times = to_sympy(arguments[2]) if len(arguments) > 2 else 1
    if isinstance(times, sympy.Symbol):
        return sympy.diff(expression, symbol, times)
    return sympy.diff(expression, symbol, int(times))


def _integrated(arguments: Sequence[nodes.Node]) -> Any:
    """Evaluate integrate(f), (f, x), (f, (x, a, b)) and (f, x, a, b).

    If a definite integral has no closed form, it becomes a number when it is printed.
    """
    expression, rest = to_sympy(arguments[0]), flat(arguments[1:])
    if not rest:
        return sympy.integrate(expression, _only_symbol(expression))
    if len(rest) == 1:
        return sympy.integrate(expression, _symbol(rest[0]))
    if len(rest) != 3:
        raise ToolError("arguments: write integrate(f, x) or integrate(f, (x, 0, 1))")
    return sympy.integrate(expression, (_symbol(rest[0]), to_sympy(rest[1]), to_sympy(rest[2])))


def _summed(arguments: Sequence[nodes.Node]) -> Any:
    rest = flat(arguments[1:])
    if len(rest) != 3:
        raise ToolError("arguments: write sum(n**2, (n, 1, 10))")
    return sympy.summation(to_sympy(arguments[0]), (_symbol(rest[0]), to_sympy(rest[1]), to_sympy(rest[2])))


def _solved_near(arguments: Sequence[nodes.Node]) -> Any:
    """Evaluate nsolve(equation, x, guess) and nsolve(equation, guess)."""
    expression, rest = zero_form(arguments[0]), flat(arguments[1:])
    symbol = _symbol(rest[0]) if len(rest) > 1 else _only_symbol(expression)
    try:
        return sympy.nsolve(expression, symbol, to_sympy(rest[-1]))
    except ValueError:
        raise ToolError("undefined: no solution was found near this guess; try another guess") from None


def _limit(arguments: Sequence[nodes.Node]) -> Any:
    """Return the limit from both sides: 1/x has no limit at 0."""
    expression, symbol, point = to_sympy(arguments[0]), _symbol(arguments[1]), to_sympy(arguments[2])
    if point.is_infinite:
        return sympy.limit(expression, symbol, point)
    try:
        limit = sympy.limit(expression, symbol, point, "+-")
    except ValueError:
        limit = sympy.zoo
    if limit is sympy.zoo:
        raise ToolError("undefined: the limits from the left and from the right differ")
    return limit


def zero_form(node: nodes.Node) -> Any:
    """Return the expression that is 0 if the equation is true."""
    return to_sympy(node.left) - to_sympy(node.right) if isinstance(node, nodes.Equation) else to_sympy(node)


def fraction(value: Any) -> Fraction:
    """Convert sympy's rational number."""
    return Fraction(int(value.p), int(value.q))


def flat(arguments: Sequence[nodes.Node]) -> list[nodes.Node]:
    """Return the arguments, with the items of parentheses instead of the parentheses."""
    return [item for node in arguments for item in (node.items if isinstance(node, nodes.Several) else [node])]


_TRANSFORMS: dict[str, Callable[[Sequence[nodes.Node]], Any]] = {
    "diff": _differentiated,
    "integrate": _integrated,
    "summation": _summed,
    "limit": _limit,
    "nsolve": _solved_near,
    "simplify": lambda arguments: sympy.simplify(to_sympy(arguments[0])),
    "expand": lambda arguments: sympy.expand(to_sympy(arguments[0])),
    "factor": lambda arguments: sympy.factor(to_sympy(arguments[0])),
}
_FUNCTIONS: dict[str, Any] = {
    **{
        name: getattr(sympy, name)
        for name in (
            *("sqrt", "cbrt", "exp", "sign", "floor", "gcd", "lcm", "factorial", "factorial2", "fibonacci"),
            *("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
        )
    },
    "ln": sympy.log,
    "log": sympy.log,
    "log2": lambda value: sympy.log(value, 2),
    "log10": lambda value: sympy.log(value, 10),
    "abs": sympy.Abs,
    "ceil": sympy.ceiling,
    "min": sympy.Min,
    "max": sympy.Max,
    "mod": sympy.Mod,
    "pow": sympy.Pow,
    "comb": sympy.binomial,
    "sum": sympy.Add,
    "product": sympy.Mul,
    "degrees": lambda value: value * 180 / sympy.pi,
    "radians": lambda value: value * sympy.pi / 180,
}
