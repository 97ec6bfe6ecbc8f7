"""Evaluates a tree with sympy and writes the result as text. Runs only in the worker process: sympy may never end.

building.py makes sympy expressions. This file has the functions that answer in words, and the printing of results.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Any

import sympy
from sympy.printing.str import StrPrinter

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import nodes
from orchestrator.tools._calculator.building import flat, fraction, to_sympy, zero_form
from orchestrator.tools._calculator.printing import print_complex, print_exact, print_rounded

LONGEST_ANSWER = 2_000  # characters
LONGEST_EXACT = 40
"""Characters of an exact root, for example of a cubic. Longer ones are hard to read and are written as numbers."""


def answer(tree: nodes.Node) -> str:
    """Evaluate an expression.

    Args:
        tree: The expression, after ``screening.screen``.

    Returns:
        The answer as text.

    Raises:
        ToolError: There is no answer, or it is too long.
        Exception: Any error of sympy.
    """
    if isinstance(tree, nodes.Call) and tree.function in _IN_WORDS:
        text = _IN_WORDS[tree.function](tree.arguments)
    else:
        text = _printed(to_sympy(tree))
    if len(text) > LONGEST_ANSWER:
        raise ToolError(f"too large: the answer has {len(text):,} characters; ask for one part of it")
    return text


# --- Text ------------------------------------------------------------------------------------------------------------


def _printed(value: Any) -> str:
    """Print numbers as the calculator does, and expressions with an unknown in sympy's notation, which is Python's."""
    if value.has(sympy.zoo, sympy.nan):
        raise ToolError("undefined: there is no value here")
    if value in (sympy.oo, -sympy.oo):
        return "infinity" if value > 0 else "-infinity"
    if value.free_symbols:
        if value.has(*_UNFINISHED):
            raise ToolError(f"undefined: {_why_unfinished(value)}")
        return _text(value)
    return _printed_number(value)


def _why_unfinished(value: Any) -> str:
    if value.has(sympy.Derivative):
        return "this has no derivative in closed form"
    bounds = "; give bounds, as in integrate(f, (x, 0, 1))" if value.has(sympy.Integral) else ""
    return f"no closed form was found{bounds}"


_UNFINISHED = (sympy.Integral, sympy.Limit, sympy.Derivative, sympy.Sum, sympy.Product)


def _text(value: Any) -> str:
    return str(_Printer().doprint(value))


class _Printer(StrPrinter):  # type: ignore[misc]  # sympy has no types
    """Prints as ``str()`` does, but Euler's number as e: a capital E may be an unknown."""

    def _print_Exp1(self, _: Any) -> str:  # noqa: N802 -- sympy calls it so
        return "e"


def _printed_number(value: Any) -> str:
    if value.is_Rational:
        return print_exact(fraction(value))
    real, imaginary = sympy.N(value, 30).as_real_imag()
    if not (real.is_Number and imaginary.is_Number) or sympy.nan in (real, imaginary):
        raise ToolError("undefined: no value was found")
    if abs(imaginary) < 1e-25:
        return _printed_real(real)
    sure = [part.is_Rational for part in value.as_real_imag()]
    return print_complex((_part(real), sure[0]), (_part(imaginary), sure[1]))


def _part(value: Any) -> Fraction:
    """The real or imaginary part of a complex number, which has 30 digits."""
    return fraction(sympy.Rational(value)) if abs(value) > 1e-25 else Fraction(0)


def _printed_real(value: Any) -> str:
    if value in (sympy.oo, -sympy.oo):
        return _printed(value)
    if abs(sympy.log(abs(value), 10)) > 4_200 if value else False:
        raise ToolError("too large: results may have about 4,200 digits")
    return print_rounded(fraction(sympy.Rational(value)))


def _solve_in_words(arguments: Sequence[nodes.Node]) -> str:
    """Return "x = -2, x = 2", or for several unknowns "x = 1, y = 2; x = 3, y = 4"."""
    items = flat(arguments)
    unknowns = [to_sympy(item) for item in items if isinstance(item, nodes.Name)]
    equations = [zero_form(item) for item in items if not isinstance(item, nodes.Name)]
    unknowns = unknowns or sorted(set().union(*(equation.free_symbols for equation in equations)), key=str)
    if not equations or not unknowns or not all(unknown.is_Symbol for unknown in unknowns):
        raise ToolError("arguments: solve needs an equation and its unknown: solve(x**2=4, x)")
    if all(sympy.simplify(equation) == 0 for equation in equations):
        return "true for every value"
    solutions = _solutions(equations, unknowns)
    if not solutions:
        return _none(equations, unknowns)
    between = ", " if len(unknowns) == 1 else "; "
    return between.join(
        ", ".join(
            f"{unknown} = {_printed_solution(value)}"
            for unknown, value in sorted(solution.items(), key=lambda solved: str(solved[0]))
        )
        for solution in sorted(solutions, key=_order)
    )


def _none(equations: list[Any], unknowns: list[Any]) -> str:
    """Say that there is no solution, if that is certain: sympy's solve returns no solution also if it finds none.

    Raises:
        ToolError: It is not certain.
    """
    if any(not equation.free_symbols and sympy.simplify(equation) != 0 for equation in map(sympy.simplify, equations)):
        return "no solution"
    if all(equation.is_polynomial(*unknowns) for equation in equations) and _is_contradiction(equations):
        return "no solution"
    first, unknown = equations[0], unknowns[0]
    single = len(equations) == 1 and first.free_symbols == {unknown}
    if single and not _is_solved_nearby(first, unknown) and _is_empty(first, unknown, sympy.S.Reals):
        return "no solution" if _is_empty(first, unknown, sympy.S.Complexes) else "no real solution"
    raise ToolError("no exact solution found; there may be one: try nsolve(equation, x, guess) for a number")


def _is_contradiction(equations: list[Any]) -> bool:
    """Whether polynomials have no common root, which their Gröbner basis shows. Other letters are unknowns too."""
    symbols = sorted(set().union(*(equation.free_symbols for equation in equations)), key=str)
    return list(sympy.groebner(equations, *symbols).exprs) == [sympy.S.One]


def _is_empty(equation: Any, unknown: Any, domain: Any) -> bool:
    """Whether it is certain that no number of the domain solves the equation; False if sympy has no method."""
    with suppress(NotImplementedError, ValueError, TypeError):
        return bool(sympy.solveset(equation, unknown, domain) is sympy.S.EmptySet)
    return False


def _is_solved_nearby(equation: Any, unknown: Any) -> bool:
    """Whether a small number solves the equation. Then sympy is wrong if it says that there is no solution."""
    values = [sympy.N(equation.subs(unknown, sympy.Rational(point, 2))) for point in range(-8, 9)]
    return any(value.is_number and value.is_finite and abs(value) < 1e-12 for value in values)


def _solutions(equations: list[Any], unknowns: list[Any]) -> list[dict[Any, Any]]:
    """Solve over the complex numbers, or over the real numbers if sympy has no other method, as for abs(x) = 3."""
    try:
        found = list(sympy.solve(equations, unknowns, dict=True))
        return found or _numeric_roots(equations, unknowns)
    except NotImplementedError:
        real = {unknown: sympy.Symbol(unknown.name, real=True) for unknown in unknowns}
        with suppress(NotImplementedError):  # no method here either: the user is told that no exact solution was found
            return list(sympy.solve([equation.subs(real) for equation in equations], list(real.values()), dict=True))
        return []


def _numeric_roots(equations: list[Any], unknowns: list[Any]) -> list[dict[Any, Any]]:
    """Find roots numerically.

    From degree five on, most equations have no solution in radicals, and sympy returns no solution at all.
    """
    if not all(equation.is_polynomial(*unknowns) for equation in equations):
        return []
    if max(sympy.Poly(equation, *unknowns).total_degree() for equation in equations) < 5:
        return []
    if len(equations) > 1 or equations[0].free_symbols != {unknowns[0]}:
        raise ToolError("no exact solution is known: use numbers for the other unknowns, or nsolve(equation, x, guess)")
    return [{unknowns[0]: root} for root in sympy.Poly(equations[0], unknowns[0]).nroots()]


def _order(solution: dict[Any, Any]) -> list[tuple[bool, float, str]]:
    """The sort key of a solution: real solutions come first, in ascending order."""
    return [
        (not value.is_real, float(value) if value.is_real and not value.free_symbols else 0.0, str(value))
        for value in solution.values()
    ]


def _printed_solution(value: Any) -> str:
    """Print the exact form, and its decimals if it is not a plain number: sqrt(2) ≈ 1.4142135623731."""
    if value.is_Rational:
        return print_exact(fraction(value), LONGEST_EXACT)
    exact = _text(value)
    if value.free_symbols:
        return exact
    digits = _printed_number(value)
    if all(part.is_Rational or part.is_Float for part in value.as_real_imag()) or len(exact) > LONGEST_EXACT:
        return digits
    return f"{exact.replace('I', 'i')} ≈ {digits}"


def _factors_in_words(arguments: Sequence[nodes.Node]) -> str:
    """Return "2**3 * 3**2 * 5" for a whole number, and sympy's factored form for anything else."""
    value = to_sympy(arguments[0])
    if not value.is_Integer:
        return _printed(sympy.factor(value))
    factors = sympy.factorint(value)
    return " * ".join(str(prime) + (f"**{times}" if times > 1 else "") for prime, times in factors.items()) or "1"


def _prime_in_words(arguments: Sequence[nodes.Node]) -> str:
    value = to_sympy(arguments[0])
    if not value.is_Integer:
        raise ToolError("isprime needs a whole number")
    return "yes" if sympy.isprime(value) else "no"


def _digits_in_words(arguments: Sequence[nodes.Node]) -> str:
    """Evaluate N(value, digits)."""
    digits = int(to_sympy(arguments[1])) if len(arguments) > 1 else 15
    return str(sympy.N(to_sympy(arguments[0]), digits))


_IN_WORDS: dict[str, Callable[[Sequence[nodes.Node]], str]] = {
    "solve": _solve_in_words,
    "factor": _factors_in_words,
    "factorint": _factors_in_words,
    "isprime": _prime_in_words,
    "N": _digits_in_words,
}
"""Functions that answer with words or with several values if they are the outermost call."""
