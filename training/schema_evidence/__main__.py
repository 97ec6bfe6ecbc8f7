"""Fits the weights of ``guidance.schema_evidence``: four logistic regressions, and the counts of words.

    python -m training.schema_evidence TABLE

TABLE is the file that is written. The rows come from this folder (``rows``: function, question, arguments of the right
call) and from the first half of the Berkeley benchmark's simple, multiple, parallel and irrelevance sets, which is for
work; ``benchmarks.function_calling`` fetches it. Each of the folder's questions is also paired with other rows'
functions, the most similar ones and some at random, as functions that must not be called. It needs numpy and scipy, and
half a minute of CPU. The same rows give the same table.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.function_calling.questions import Question, chosen, read
from benchmarks.function_calling.wheel import fetched
from scipy.optimize import minimize

import orchestrator
from orchestrator.core.schema import Parameters
from orchestrator.core.tool import Tool, token_name
from orchestrator.core.types import ToolResult
from orchestrator.guidance.example_files import read_examples
from orchestrator.guidance.overlap import Rarity, words_in
from orchestrator.guidance.schema_calls import SchemaCalls
from orchestrator.guidance.schema_evidence import Asked, Evidence, Features, Table, kind_of
from orchestrator.runtime.settings import Settings

SEED = 0
NEAREST, RANDOM = 3, 3  # other functions that a question is paired with
SHRINK = {"asked": 1.0, "given": 0.3, "true": 0.3, "more": 0.3}  # L2 penalty
FREQUENT = 3  # a word in fewer questions counts as in none
Sample = tuple[Features, bool, float]  # features, label, weight


@dataclass(frozen=True, slots=True)
class Row:
    """A question with a function.

    Attributes:
        function: The function: ``name``, ``description`` and ``parameters``, a JSON schema.
        question: The question.
        calls: The arguments of the right calls of the function; none if it must not be called.
        either: The optional parameters that may be given or left out.
        own: Whether it is a row of this folder.
        for_tool: Whether it says which tool is asked for.
        for_parameters: Whether it says which parameters are given.
        weight: How much it counts for the choice of a tool.
    """

    function: Mapping[str, Any]
    question: str
    calls: Sequence[Mapping[str, Any]]
    either: frozenset[str] = frozenset()
    own: bool = False
    for_tool: bool = True
    for_parameters: bool = True
    weight: float = 1.0


def own_rows() -> list[Row]:
    """Read the rows of this folder."""
    files = sorted((Path(__file__).parent / "rows").glob("*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return [Row(each["function"], each["question"], [each["arguments"]], own=True) for each in rows]


def rows_of_benchmark(folder: Path) -> Iterator[Row]:
    """Read the first half of the benchmark's sets.

    Args:
        folder: The unpacked wheel.
    """
    for category in ("simple_python", "multiple", "irrelevance", "parallel"):
        for question in chosen(read(folder, category), "first"):
            yield from _rows_of(question)


def _rows_of(question: Question) -> Iterator[Row]:
    right = {name for answer in question.answers for name in answer}
    arguments = [_some(values) for answer in question.answers for values in answer.values()]
    either = frozenset(
        name for each in question.answers for values in each.values() for name in values if "" in values[name]
    )
    for each in question.functions:
        function = {"name": each.name, "description": each.description, "parameters": each.parameters}
        match question.category:
            case "irrelevance":
                yield Row(function, question.text, [], weight=2.0)
            case "simple_python":
                yield Row(function, question.text, arguments, either)
            case "multiple" if each.name in right:
                yield Row(function, question.text, [{}], for_parameters=False, weight=0.5)
            case "parallel":
                yield Row(function, question.text, arguments, for_tool=False, for_parameters=False)


def _some(values: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """One of the right values of each parameter that has one."""
    return {
        name: next(each for each in right if each != "")
        for name, right in values.items()
        if any(each != "" for each in right)
    }


def word_counts() -> Rarity:
    """Count the words of the questions of all few-shot examples."""
    files = sorted(Path(orchestrator.__file__).parent.rglob("*.tsv"))
    questions = {each.question for path in files if "examples" in path.stem for each in read_examples(path)}
    counted = Counter(word for question in questions for word in set(words_in(question)) if word.isalpha())
    return Rarity(len(questions), {word: n for word, n in sorted(counted.items()) if n >= FREQUENT})


def tool_of(function: Mapping[str, Any]) -> Tool:
    """Make a tool of a function's description; it cannot be run."""
    read = Parameters(function["parameters"])
    name = function["name"]
    return Tool(token_name(name), function["description"], str, parameters=read.schema, function=name)


def of_tools(rows: Sequence[Row], empty: Table) -> Iterator[Sample]:
    """Samples of questions that ask for a tool or do not. Both kinds weigh the same, and every source does."""
    chance = random.Random(SEED)
    tools = [tool_of(row.function) for row in rows]
    for at, row in enumerate(rows):
        if not row.for_tool:
            continue
        asked = Asked(row.question, empty)
        yield Evidence(asked, tools[at]).features_of_tool(), bool(row.calls), row.weight
        if row.own:
            others = [Evidence(asked, each).features_of_tool() for each in tools if each.name != tools[at].name]
            others.sort(key=lambda each: -(each["name in asked"] + each["summary in asked"] + each["asked in all"] / 2))
            chosen_ones = [*others[:NEAREST], *chance.sample(others[NEAREST:], RANDOM)]
            yield from ((each, False, row.weight / len(chosen_ones)) for each in chosen_ones)


def of_parameters(rows: Sequence[Row], empty: Table) -> Iterator[Sample]:
    """Samples of optional parameters. One that may be left out is safe to leave out, and counts half."""
    for row in rows:
        if not (row.for_parameters and row.calls):
            continue
        tool, asked = tool_of(row.function), Asked(row.question, empty)
        parameters = tool.parameters or {}
        for name in parameters["properties"]:
            if name not in parameters["required"]:
                features, either = Evidence(asked, tool).features_of_parameter(name), name in row.either
                yield features, name in row.calls[0] and not either, 0.5 if either else 1.0


def of_booleans(rows: Sequence[Row], empty: Table) -> Iterator[Sample]:
    """Samples of booleans that a call gives."""
    for row in rows:
        if not (row.for_parameters and row.calls):
            continue
        tool, asked = tool_of(row.function), Asked(row.question, empty)
        for name, value in row.calls[0].items():
            schema = (tool.parameters or {})["properties"].get(name)
            if schema and kind_of(schema) == "boolean" and isinstance(value, bool):
                yield Evidence(asked, tool).features_of_boolean(name), value, 1.0


def of_rests(rows: Sequence[Row], empty: Table) -> Iterator[Sample]:
    """Samples of the rest of a question after each of its calls."""
    for row in rows:
        if not row.calls or not any(row.calls):
            continue
        tool = tool_of(row.function)
        schema_calls = SchemaCalls(row.question, [tool])
        done = [ToolResult(tool.name, json.dumps(call), "done", ok=True, seconds=0.0) for call in row.calls]
        evidence = Evidence(Asked(row.question, empty), tool)
        for count in range(1, len(done) + 1):
            yield evidence.features_of_rest(schema_calls.left(done[:count])), count < len(done), 1.0


def fitted(samples: Sequence[Sample], shrink: float) -> dict[str, float]:
    """Fit a logistic regression: minimise sum of weight × log(1 + exp(-margin)) + shrink × |w|²."""
    names = sorted({name for features, _, _ in samples for name in features})
    rows = np.array([[features.get(name, 0.0) for name in names] for features, _, _ in samples])
    signs = np.array([1.0 if label else -1.0 for _, label, _ in samples])
    weights = np.array([weight for _, _, weight in samples])
    free = np.array([name == "one" for name in names])

    def loss(w: np.ndarray) -> float:
        return float(
            (weights * np.logaddexp(0, -signs * (rows @ w))).sum() + shrink * (np.where(free, 0, w) ** 2).sum()
        )

    found = minimize(loss, np.zeros(len(names))).x
    right = np.average((rows @ found > 0) == (signs > 0), weights=weights)
    sys.stdout.write(f"{len(samples)} samples, {right:.1%} right\n")
    return {name: round(float(each), 3) for name, each in zip(names, found, strict=True)}


def balanced(samples: Sequence[Sample]) -> list[Sample]:
    """Give both labels the same weight."""
    total: dict[bool, float] = defaultdict(float)
    for _, label, weight in samples:
        total[label] += weight
    return [(features, label, weight * len(samples) / 2 / total[label]) for features, label, weight in samples]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("table", type=Path)
    table: Path = arguments.parse_args().table
    rows = [*own_rows(), *rows_of_benchmark(fetched(Settings.from_environment().cache))]
    table.write_text(json.dumps(stored(rows), indent=1, ensure_ascii=False) + "\n", "utf-8")


def stored(rows: Sequence[Row]) -> dict[str, Any]:
    """Fit all weights, and return the table in its stored form, as ``schema_evidence.read_table`` reads it."""
    rarity = word_counts()
    empty = Table(rarity, {}, {}, {}, {})
    return {
        "rarity": {"questions": rarity.questions, "counts": dict(rarity.counts)},
        "asked": fitted(balanced([*of_tools(rows, empty)]), SHRINK["asked"]),
        "given": fitted([*of_parameters(rows, empty)], SHRINK["given"]),
        "true": fitted([*of_booleans(rows, empty)], SHRINK["true"]),
        "more": fitted([*of_rests(rows, empty)], SHRINK["more"]),
    }


if __name__ == "__main__":
    main()
