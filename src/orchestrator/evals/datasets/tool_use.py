"""Which tool, which argument, which answer: everyday questions for the calculator, Python, web, code, and no tool.

The questions were written for this project. They are in two parts: ``tune``, with which the examples and the method
were developed, and ``measure``, in other words, which is reported. ``path`` names the part, or a file of the same form.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isclose
from pathlib import Path
from random import Random
from typing import Any

from orchestrator.core.answer_check import carries
from orchestrator.core.errors import ConfigError
from orchestrator.core.told_value import told_value
from orchestrator.core.types import ToolResult
from orchestrator.evals.datasets._files import json_lines
from orchestrator.evals.types import Call, Dataset, DatasetOptions, Item, Sample, Score

PARTS = ("tune", "measure")
TOOLS = ("CALCULATOR", "PYTHON", "WEB_SEARCH", "CODE_SEARCH")


def create(options: DatasetOptions) -> Dataset:
    """Return the questions.

    Args:
        options: ``path`` is ``measure`` (the default), ``tune``, or a file. ``n`` questions are drawn with the seed.

    Raises:
        ConfigError: The file cannot be read, or a line is not a question.
    """
    part = options.path or "measure"
    path = Path(__file__).with_suffix(".jsonl") if part in PARTS else Path(part)
    if not path.is_file():
        raise ConfigError(f"tool-use has the parts tune and measure, and reads files; {path} is none")
    items = [_item(where, row) for where, row in json_lines(path)]
    items = [item for item in items if part not in PARTS or item.extra["part"] == part]
    if options.n is not None and options.n < len(items):
        items = Random(options.seed).sample(items, options.n)
    return Dataset("tool_use", tuple(items), score, TOOLS)


def score(item: Item, sample: Sample) -> Score:
    """Score a sample: tool, argument and answer must be right.

    The first call must be to the right tool; a question without a tool must have no call. If there is a gold answer,
    the last result must equal it, and the answer must contain the result. Otherwise the argument must contain the words
    that the question needs.
    """
    call = sample.calls[0] if sample.calls else None
    tool = (call.name if call else "") == item.extra["tool"]
    if not item.extra["tool"]:
        return Score(tool, "", {"tool": tool, "argument": None, "answer": None})
    if call is None or not tool:
        answer = False if item.gold else None
        return Score(correct=False, extracted="", parts={"tool": False, "argument": False, "answer": answer})
    if not item.gold:
        argument = all(word.lower() in call.argument.lower() for word in item.extra["words"])
        return Score(argument, call.argument, {"tool": True, "argument": argument, "answer": None})
    argument = agree(sample.calls[-1].result, item.gold)
    faithful = argument and carries(sample.answer, [_result(sample.calls[-1])]) is not False
    return Score(faithful, sample.calls[-1].result, {"tool": True, "argument": argument, "answer": faithful})


def _result(call: Call) -> ToolResult:
    return ToolResult(call.name, call.argument, call.result, call.ok, 0.0)


def agree(found: str, gold: str) -> bool:
    """Return whether two values are equal, as numbers (to nine digits) or else as text."""
    try:
        return isclose(float(told_value(found).replace(",", "")), float(gold), rel_tol=1e-9)
    except ValueError:
        return found.strip().lower() == gold.lower()


def _item(where: str, row: Mapping[str, Any]) -> Item:
    try:
        extra = {"part": row.get("part", ""), "tool": row["tool"], "words": row.get("words", [])}
        return Item(row["id"], row["question"], row.get("answer", ""), kind=row.get("kind", ""), extra=extra)
    except KeyError as error:
        raise ConfigError(f"{where} is no question with id, question and tool: {error} is missing") from error
