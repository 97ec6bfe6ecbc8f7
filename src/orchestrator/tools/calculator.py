"""The CALCULATOR tool: what the prompt says of it, and the examples that the prompt picks from.

Every example's result is the calculator's own; a test works each one out again.
"""

from __future__ import annotations

from orchestrator.calculator import calculate
from orchestrator.calculator.examples import EXAMPLES
from orchestrator.types import Tool

DESCRIPTION = (
    "exact arithmetic, for example + - * / ** sqrt(); 15% is 0.15, 7%3 the remainder; "
    "sin takes radians, log is natural; also solve, diff, integrate"
)


def create() -> Tool:
    """The tool, ready to register."""
    return Tool(name="CALCULATOR", description=DESCRIPTION, run=calculate, examples=EXAMPLES, syntax="expression")
