"""The CALCULATOR tool: its description in the prompt, its few-shot examples, and its hints for small models.

The calculator computed every example's result; a test computes each one again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from orchestrator.core.tool import Proposal, Tool, ToolHints
from orchestrator.guidance.example_files import read_examples, read_table
from orchestrator.guidance.expression_ranker import propose
from orchestrator.tools._calculator import calculate
from orchestrator.tools._calculator.reading import expressions_in

DESCRIPTION = (
    "exact arithmetic, for example + - * / ** sqrt(); 15% is 0.15, 7%3 the remainder; "
    "sin takes radians, log is natural; also 5 miles in km, solve, diff, integrate"
)


# Covers the operators of the few-shot examples. The rule ``number`` is added for each question, with the question's
# numbers and few others.
GRAMMAR = """
root ::= sum
sum ::= product ([+-] product){0,5}
product ::= power ([*/] power){0,3}
power ::= atom ("**" atom)?
atom ::= number | "(" sum ")" | "sqrt(" sum ")"
"""


def create() -> Tool:
    """Make the tool."""
    return Tool(
        name="CALCULATOR",
        description=DESCRIPTION,
        run=calculate,
        examples=read_examples(Path(__file__).with_suffix(".tsv")),
        syntax="expression",
        hints=ToolHints(GRAMMAR, expressions_in, _proposals),
    )


def _proposals(question: str) -> Sequence[Proposal]:
    return propose(read_table(Path(__file__).with_suffix(".weights")), question)  # read on first use
