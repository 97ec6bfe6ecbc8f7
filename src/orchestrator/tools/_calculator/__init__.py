"""A calculator for language models: exact, with limits, and never an ``eval`` of the model's text.

    calculate ──▶ tokens ──▶ parser ──▶ tree ─┬─▶ arithmetic (functions, reals, quantities) ──▶ printing
                               │              └─▶ screening ──▶ worker ═══ server, algebra (sympy, child process)
                               └──▶ two readings ──▶ writing

Arithmetic runs in this process. Only solve, integrate and similar functions, and the first use of a unit, need sympy
and a child process. Knows nothing of models, runs or the protocol. Large modules are imported only when an expression
needs them.
"""

from __future__ import annotations

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import nodes
from orchestrator.tools._calculator.arithmetic import evaluate_and_print
from orchestrator.tools._calculator.parser import parse
from orchestrator.tools._calculator.screening import needs_algebra, screen
from orchestrator.tools._calculator.writing import written

__all__ = ["calculate"]


def calculate(expression: str, *, deadline: float = 5.0) -> str:
    """Calculate one expression and return the result as text.

    Integers and terminating decimals are exact, other numbers have 15 significant digits; a short fraction is shown
    before its decimals. Angles are in radians, log is the natural logarithm, ``round`` rounds halves away from zero,
    ``15%`` is 0.15 and ``7%3`` is the remainder.

    Args:
        expression: The expression, such as ``2*(3+4)``, ``5 miles in km`` or ``solve(x**2=4, x)``. At most 1,000
            characters.
        deadline: Seconds that algebra (solve, diff, integrate, …) may take. Arithmetic always ends at once.

    Raises:
        ToolError: The expression is not valid, is too large or has two readings. The message tells the model what to
            write instead.
    """
    try:
        tree = parse(expression)
        if isinstance(tree, nodes.Either):
            return _of_both_readings(tree)
        if not needs_algebra(tree):
            return evaluate_and_print(tree)
        screened = screen(tree)
    except RecursionError:
        # The parser limits the nesting; this happens if the caller's own stack is nearly full.
        raise ToolError("too large: nested too deeply; write it in smaller steps") from None
    from orchestrator.tools._calculator.worker import ask  # noqa: PLC0415 -- subprocess and threading: only for algebra

    return ask(screened, deadline=deadline)


_LONGEST_READING = 120  # characters
_LONGEST_VALUE = 40


def _of_both_readings(tree: nodes.Either) -> str:
    """Return the value if both readings have the same one: 8/2(1) is 4. Otherwise refuse, with both readings."""
    values = [None, None] if needs_algebra(tree) else [_value(tree.first), _value(tree.second)]
    if tree.only and values[0] is not None and values[0] == values[1]:
        return values[0]
    shown = [_shown(written(each), value) for each, value in zip((tree.first, tree.second), values, strict=True)]
    if max(map(len, shown)) > _LONGEST_READING + _LONGEST_VALUE:
        raise ToolError(f"ambiguous {tree.what}: write it with all parentheses and with every * written out")
    raise ToolError(f"ambiguous {tree.what}: {shown[0]} or {shown[1]}; write the one that is meant")


def _value(tree: nodes.Node) -> str | None:
    try:
        return evaluate_and_print(tree)
    except ToolError:
        return None


def _shown(expression: str, value: str | None) -> str:
    return expression if value is None or len(value) > _LONGEST_VALUE else f"{expression} = {value}"
