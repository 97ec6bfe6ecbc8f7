"""Asks a model the questions of rows, and compares its calls with those that should be made."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orchestrator.core.limits import Limits
from orchestrator.core.protocols import Model
from orchestrator.core.tool import Tool
from orchestrator.core.types import ToolResult
from orchestrator.posttraining.rows import Call, Group, Row
from orchestrator.runtime.orchestrator import Orchestrator

RESULT = "done"  # what every tool returns
MOST_CALLS, MOST_TOKENS = 8, 512


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a model did with a question.

    Attributes:
        row: The row.
        calls: The calls that it made, as they were written.
        right: Whether they are the calls that should be made, in any order.
        answer: What it said.
    """

    row: Row
    calls: tuple[str, ...]
    right: bool
    answer: str


def outcomes(model: Model, groups: Sequence[Group], *, guided: bool) -> Iterator[Outcome]:
    """Ask each question of the groups with its group's tools.

    Args:
        model: The model.
        groups: The groups.
        guided: Whether the model is guided, if it is one that can be.
    """
    limits = Limits(max_calls=MOST_CALLS, max_tokens=MOST_TOKENS)
    for group in groups:
        asked = Orchestrator(
            model,
            tools=[_answering(tool) for tool in group.tools],
            limits=limits,
            temperature=0,
            guidance=None if guided else False,
        )
        for row in group.rows:
            run = asked.run(row.question)
            made = [call for call in run.calls if call.ok]
            yield Outcome(
                row, tuple(f"[{call.name}:{call.argument}]" for call in made), _same(made, row.calls), run.answer
            )


def _answering(tool: Tool) -> Tool:
    return replace(tool, run=lambda _argument: RESULT)


def _same(made: Sequence[ToolResult], asked: Sequence[Call]) -> bool:
    return Counter((call.name, _plain(call.argument)) for call in made) == Counter(
        (call.name, _plain(call.argument)) for call in asked
    )


def _plain(argument: str) -> str:
    """An argument in one form: without the order of its parameters, and with 3 for 3.0."""
    try:
        return json.dumps(_without_points(json.loads(argument)), sort_keys=True)
    except (ValueError, RecursionError):
        return argument.strip()


def _without_points(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_points(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_points(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
