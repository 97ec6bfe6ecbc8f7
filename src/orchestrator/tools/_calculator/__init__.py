"""A calculator for language models: exact, with limits, and never an ``eval`` of the model's text.

    calculate ──▶ tokens ──▶ parser ──▶ tree ─┬─▶ arithmetic (functions, reals) ──▶ printing
                                              └─▶ screening ──▶ worker ═══ server, algebra (sympy, child process)

Arithmetic runs in this process. Only solve, integrate and similar functions need sympy and a child process. Knows
nothing of models, runs or the protocol. Large modules are imported only when an expression needs them.
"""

from __future__ import annotations

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator.arithmetic import evaluate_and_print
from orchestrator.tools._calculator.parser import parse
from orchestrator.tools._calculator.screening import needs_algebra, screen

__all__ = ["calculate"]


def calculate(expression: str, *, deadline: float = 5.0) -> str:
    """Calculate one expression and return the result as text.

    Integers and terminating decimals are exact, other numbers have 15 significant digits. Angles are in radians, log is
    the natural logarithm, ``round`` rounds halves away from zero, ``15%`` is 0.15 and ``7%3`` is the remainder.

    Args:
        expression: The expression, such as ``2*(3+4)`` or ``solve(x**2=4, x)``. At most 1,000 characters.
        deadline: Seconds that algebra (solve, diff, integrate, …) may take. Arithmetic always ends at once.

    Raises:
        ToolError: The expression is not valid or too large. The message tells the model what to write instead.
    """
    try:
        tree = parse(expression)
        if not needs_algebra(tree):
            return evaluate_and_print(tree)
        screened = screen(tree)
    except RecursionError:
        # The parser limits the nesting; this happens if the caller's own stack is nearly full.
        raise ToolError("too large: nested too deeply; write it in smaller steps") from None
    from orchestrator.tools._calculator.worker import ask  # noqa: PLC0415 -- subprocess and threading: only for algebra

    return ask(screened, deadline=deadline)
