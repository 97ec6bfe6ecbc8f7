"""Evaluates a tree of numbers in this process. Knows nothing of text or of algebra.

Every evaluation uses 60 digits first. If these cannot decide, it runs once more with 250 digits.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import nodes, operations
from orchestrator.tools._calculator.functions import ALIASES, CONSTANTS, FUNCTIONS, call, canonical
from orchestrator.tools._calculator.printing import print_number, print_rounded
from orchestrator.tools._calculator.reals import DIGITS, PrecisionLost, Reals, Value
from orchestrator.tools._calculator.tokens import too_large_count

Result = TypeVar("Result")


def evaluate_and_print(tree: nodes.Node) -> str:
    """Return the value of a tree as text.

    Raises:
        ToolError: The expression has no value, or a number is too large.
    """

    def run(reals: Reals) -> str:
        value, exact = reals.as_printed(evaluate(tree, reals))
        return print_number(value) if exact else print_rounded(value)

    return with_enough_digits(run)


def with_enough_digits(run: Callable[[Reals], Result]) -> Result:
    """Run an evaluation with few digits, and again with many digits if the few are not enough.

    Args:
        run: The evaluation. It gets the arithmetic to use.

    Raises:
        ToolError: The evaluation raised it, or even the many digits are not enough.
    """
    reals = Reals(DIGITS[0])
    try:
        result = run(reals)
        if not reals.guessed_zero:
            return result
    except PrecisionLost:
        pass
    except ToolError:
        if not reals.guessed_zero:
            raise
    try:
        return run(Reals(DIGITS[1]))
    except PrecisionLost:
        raise ToolError("too large: so many digits cancel that none are left; simplify the expression first") from None


def evaluate(node: nodes.Node, reals: Reals) -> Value:  # noqa: C901, PLR0911 -- one case for each kind of node
    """Return the value of a node.

    Args:
        node: The node.
        reals: The arithmetic, which sets the number of digits.

    Raises:
        ToolError: The node has no value, or a number is too large.
        PrecisionLost: ``reals`` has too few digits.
    """
    match node:
        case nodes.Number(literal):
            return literal
        case nodes.Chain(first, rest):
            value = evaluate(first, reals)
            for operator, operand in rest:
                value = _OPERATIONS[operator](reals, value, evaluate(operand, reals))
            return value
        case nodes.Negate(operand):
            return operations.negate(evaluate(operand, reals))
        case nodes.Power(base, exponent):
            return operations.power(reals, evaluate(base, reals), evaluate(exponent, reals))
        case nodes.Factorial(operand):
            return operations.factorial(reals, evaluate(operand, reals))
        case nodes.Percent(operand):
            return reals.divide(evaluate(operand, reals), Fraction(100))
        case nodes.Call(name, arguments):
            return _call(name, arguments, reals)
        case nodes.Name(name):
            return _constant(name, reals)
        case nodes.Several():
            raise ToolError("comma inside parentheses: write one value there, or max(1, 2) with several arguments")
        case nodes.Equation():
            raise ToolError("= is not allowed here; write solve(2*x=6, x) for an equation")


_OPERATIONS: dict[str, Callable[[Reals, Value, Value], Value]] = {
    "+": Reals.add,
    "-": lambda reals, left, right: reals.add(left, operations.negate(right)),
    "*": Reals.multiply,
    "/": Reals.divide,
    "//": operations.floor_divide,
    "%": operations.remainder,
}


def _call(name: str, arguments: tuple[nodes.Node, ...], reals: Reals) -> Value:
    function = canonical(name)
    if function not in FUNCTIONS:
        raise unknown_function(name, arguments)
    if len(arguments) == 1 and isinstance(arguments[0], nodes.Several) and FUNCTIONS[function].most is None:
        arguments = arguments[0].items  # max((1, 2, 3))
    return call(function, reals, [evaluate(argument, reals) for argument in arguments])


def _constant(name: str, reals: Reals) -> Value:
    constant = "e" if name == "E" else canonical(name)
    if constant in CONSTANTS:
        return reals.constant(constant)
    if constant in FUNCTIONS:
        raise ToolError(
            f"number of arguments: {name} is a function; write {name}(...) with its arguments in parentheses"
        )
    raise ToolError(
        f"unknown name {name}: write numbers only, without units or words; for multiplication write *, "
        "and for an unknown solve(2*x=6, x)"
    )


def unknown_function(name: str, arguments: tuple[nodes.Node, ...]) -> ToolError:
    """Make the error for an unknown function. It names the most similar function, or says that a * is missing."""
    if canonical(name) in CONSTANTS or (len(name) == 1 and name != "N"):
        return ToolError(f"unknown function {name}: for multiplication write {name}*(...)")
    near = difflib.get_close_matches(name.lower(), [*FUNCTIONS, *ALIASES], n=1, cutoff=0.7)
    hint = (
        f"did you mean {near[0]}?" if near else "use + - * / ** and functions such as sqrt, round, max, comb, log, sin"
    )
    remark = next(filter(None, (too_large_count(_outline(argument)) for argument in arguments)), "")
    return ToolError(f"unknown function {name}{remark}: {hint}")


def _outline(argument: nodes.Node) -> str:
    """Return a number or a power of numbers as text, so that the error can say that it is too large; else ""."""
    match argument:
        case nodes.Number(value):
            return str(value)
        case nodes.Power(nodes.Number(base), nodes.Number(exponent)):
            return f"{base}**{exponent}"
    return ""
