"""A calculator for language models: exact, bounded, and never an `eval` of what the model wrote.

    calculate ──▶ tokens ──▶ parser ──▶ tree ─┬─▶ arithmetic (functions, reals) ──▶ printing
                                              └─▶ screening ──▶ worker ═══ server, algebra (sympy, own process)

Numbers are worked out in this process; only solve, integrate and the like pay for sympy and for a second process.
Knows nothing of models, runs or the protocol. Nothing heavy is imported until an expression needs it.
"""

from __future__ import annotations

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator.arithmetic import evaluate_and_print
from orchestrator.tools._calculator.parser import parse
from orchestrator.tools._calculator.screening import needs_algebra, screen

__all__ = ["calculate"]


def calculate(expression: str, *, deadline: float = 5.0) -> str:
    """Work out one expression and give the answer as text.

    Integers and terminating decimals are exact, everything else has 15 significant digits. Angles are in radians,
    log is natural, `round` rounds halves away from zero, `15%` is 0.15 and `7%3` is the remainder.

    deadline: seconds that algebra (solve, diff, integrate, …) may take; plain numbers always finish at once.
    Raises ToolError, worded for the model; its message says what to write instead.
    """
    try:
        tree = parse(expression)
        if not needs_algebra(tree):
            return evaluate_and_print(tree)
        screened = screen(tree)
    except RecursionError:
        # The parser bounds the nesting; this is for a caller whose own stack is nearly full.
        raise ToolError("too large: nested too deeply; write it in smaller steps") from None
    from orchestrator.tools._calculator.worker import ask  # noqa: PLC0415 -- costs subprocess and threading: only algebra pays

    return ask(screened, deadline=deadline)
