"""Evaluates a tree of numbers in this process. Knows nothing of text or of algebra.

Every evaluation uses 60 digits first. If these cannot decide, it runs once more with 250 digits.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import complexes, nodes, operations, quantities
from orchestrator.tools._calculator.complexes import Complex
from orchestrator.tools._calculator.functions import ALIASES, CONSTANTS, FUNCTIONS, call, canonical
from orchestrator.tools._calculator.printing import print_complex, print_exact, print_rounded
from orchestrator.tools._calculator.quantities import UNSPACED, Measured
from orchestrator.tools._calculator.reals import DIGITS, PrecisionLost, Reals, Value
from orchestrator.tools._calculator.refusals import too_large_count
from orchestrator.tools._calculator.unit_names import close_names
from orchestrator.tools._calculator.writing import units_written

Result = TypeVar("Result")
Number = Value | Complex | Measured


def evaluate_and_print(tree: nodes.Node) -> str:
    """Return the value of a tree as text.

    Raises:
        ToolError: The expression has no value, or a number is too large.
    """
    return with_enough_digits(lambda reals: _printed(evaluate(tree, reals), reals) + _remarks(reals))


def value_of(tree: nodes.Node) -> Fraction:
    """Return the value of a tree, to 60 digits if it is irrational.

    Raises:
        ToolError: The expression has no real value, or a number is too large.
    """
    return with_enough_digits(lambda reals: reals.as_printed(_plain(evaluate(tree, reals)))[0])


def _printed(value: Number, reals: Reals) -> str:
    match value:
        case Measured(number, units):
            symbol = units_written(units)
            return _printed(number, reals) + ("" if symbol in UNSPACED else " ") + symbol
        case Complex(real, imaginary):
            return print_complex(reals.as_printed(real), reals.as_printed(imaginary))
    number, exact = reals.as_printed(value)
    return print_exact(number) if exact else print_rounded(number)


def _remarks(reals: Reals) -> str:
    return f" (note: {'; '.join(dict.fromkeys(reals.remarks))})" if reals.remarks else ""


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


def evaluate(node: nodes.Node, reals: Reals) -> Number:  # noqa: C901, PLR0911, PLR0912 -- one case for each kind of node
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
                value = _operate(reals, operator, value, evaluate(operand, reals))
            return value
        case nodes.Negate(operand):
            return _negate(evaluate(operand, reals))
        case nodes.Power(base, exponent):
            return _power(reals, evaluate(base, reals), evaluate(exponent, reals))
        case nodes.Factorial(operand):
            return operations.factorial(reals, _plain(evaluate(operand, reals)))
        case nodes.Percent(operand, per):
            return _operate(reals, "/", evaluate(operand, reals), Fraction(per))
        case nodes.Quantity(operand, units):
            return quantities.measured(evaluate(operand, reals), units)
        case nodes.Convert(operand, units):
            return quantities.converted(reals, evaluate(operand, reals), units)
        case nodes.Either(_, first, _):
            return evaluate(first, reals)
        case nodes.Call(name, arguments):
            return _call(name, arguments, reals)
        case nodes.Name(name):
            return _constant(name, reals)
        case nodes.Several():
            raise ToolError("comma inside parentheses: write one value there, or max(1, 2) with several arguments")
        case nodes.Equation():
            raise ToolError("= is not allowed here; write solve(2*x=6, x) for an equation")


def _operate(reals: Reals, operator: str, left: Number, right: Number) -> Number:
    if isinstance(left, Measured) or isinstance(right, Measured):
        return quantities.operate(reals, operator, left, right)
    if isinstance(left, Complex) or isinstance(right, Complex):
        return complexes.operate(reals, operator, left, right)
    return _OPERATIONS[operator](reals, left, right)


def _negate(value: Number) -> Number:
    if isinstance(value, Measured):
        return quantities.negate(value)
    return complexes.negate(value) if isinstance(value, Complex) else operations.negate(value)


def _power(reals: Reals, base: Number, exponent: Number) -> Number:
    if isinstance(base, Measured) or isinstance(exponent, Measured):
        return quantities.power(reals, base, exponent)
    square_root = not isinstance(base, Complex) and operations.sign(base) < 0 and _is_half(exponent)
    if square_root or isinstance(base, Complex) or isinstance(exponent, Complex):
        return complexes.power(reals, base, exponent)
    return operations.power(reals, base, exponent)


def _is_half(exponent: Number) -> bool:
    return isinstance(exponent, Fraction) and exponent.denominator == 2


def _plain(value: Number) -> Value:
    """The value, if it is a real number without units."""
    if isinstance(value, Measured):
        raise ToolError(f"units do not match: a number without {units_written(value.units)} is needed here")
    if isinstance(value, Complex):
        raise ToolError("undefined: a real number is needed here")
    return value


_OPERATIONS: dict[str, Callable[[Reals, Value, Value], Value]] = {
    "+": Reals.add,
    "-": lambda reals, left, right: reals.add(left, operations.negate(right)),
    "*": Reals.multiply,
    "of": Reals.multiply,
    "/": Reals.divide,
    "//": operations.floor_divide,
    "%": operations.remainder,
    "mod": operations.remainder,
}


def _call(name: str, arguments: tuple[nodes.Node, ...], reals: Reals) -> Number:
    function = canonical(name)
    if function not in FUNCTIONS:
        raise unknown_function(name, arguments)
    if len(arguments) == 1 and isinstance(arguments[0], nodes.Several) and FUNCTIONS[function].most is None:
        arguments = arguments[0].items  # max((1, 2, 3))
    values = [evaluate(argument, reals) for argument in arguments]
    if any(isinstance(value, Measured) for value in values):
        return quantities.call(function, reals, values)
    plain = [value for value in values if not isinstance(value, Measured | Complex)]
    if len(plain) < len(values) or (function == "sqrt" and len(plain) == 1 and operations.sign(plain[0]) < 0):
        return complexes.call(function, reals, [value for value in values if not isinstance(value, Measured)])
    return call(function, reals, plain)


def _constant(name: str, reals: Reals) -> Number:
    if name == "i":
        return complexes.UNIT
    constant = "e" if name == "E" else canonical(name)
    if constant in CONSTANTS:
        return reals.constant(constant)
    if constant in FUNCTIONS:
        raise ToolError(
            f"number of arguments: {name} is a function; write {name}(...) with its arguments in parentheses"
        )
    raise ToolError(
        f"unknown name {name}: {close_names(name)}; for multiplication write *, for an unknown solve(2*x=6, x)"
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
