"""Fits the weights of ``guidance.schema_evidence``: three logistic regressions, and the counts of words.

    python -m training.schema_evidence.fit ROWS.jsonl … > src/orchestrator/guidance/schema_evidence.json

A row has a function with its JSON schema, a question and the arguments of the right call, or null if the function must
not be called. Each row's question is also paired with other rows' functions, the most similar ones and some at random,
as functions that must not be called.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

import orchestrator
from orchestrator.core.schema import Parameters
from orchestrator.core.tool import Tool, token_name
from orchestrator.core.types import ToolResult
from orchestrator.guidance.example_files import read_examples
from orchestrator.guidance.overlap import Rarity, words_in
from orchestrator.guidance.schema_calls import SchemaCalls
from orchestrator.guidance.schema_evidence import Asked, Evidence, Features, Table, kind_of

SEED = 0
NEAREST, RANDOM = 3, 3  # other functions that a question is paired with
SHRINK = {"asked": 1.0, "given": 0.3, "true": 0.3, "more": 0.3}  # L2 penalty
FREQUENT = 3  # a word in fewer questions counts as in none
Row = Mapping[str, Any]
Sample = tuple[Features, bool, float]  # features, label, weight


def rows_of(paths: Iterable[Path]) -> list[Row]:
    """Read the rows of JSON Lines files."""
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


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
    tools = [tool_of(row["function"]) for row in rows]
    for at, row in enumerate(rows):
        asked = Asked(row["question"], empty)
        weight = float(row.get("weight", 1.0))
        if "calls" in row:
            continue
        yield Evidence(asked, tools[at]).features_of_tool(), row["arguments"] is not None, weight
        if not row.get("pair", True) or row["arguments"] is None:
            continue
        others = [Evidence(asked, each).features_of_tool() for each in tools if each.name != tools[at].name]
        others.sort(key=lambda each: -(each["name in asked"] + each["summary in asked"] + each["asked in all"] / 2))
        chosen = [*others[:NEAREST], *chance.sample(others[NEAREST:], RANDOM)]
        yield from ((each, False, weight / len(chosen)) for each in chosen)


def of_parameters(rows: Sequence[Row], empty: Table) -> Iterator[Sample]:
    """Samples of optional parameters."""
    for row in rows:
        if row["arguments"] is None or row.get("tool_only") or "calls" in row:
            continue
        tool, asked = tool_of(row["function"]), Asked(row["question"], empty)
        for name in (tool.parameters or {})["properties"]:
            if name not in (tool.parameters or {})["required"]:
                either = name in row.get("either", ())
                yield (
                    Evidence(asked, tool).features_of_parameter(name),
                    name in row["arguments"] and not either,
                    0.5 if either else 1.0,
                )


def of_booleans(rows: Sequence[Row], empty: Table) -> Iterator[Sample]:
    """Samples of booleans that a call gives."""
    for row in rows:
        if "calls" in row:
            continue
        tool, asked = tool_of(row["function"]), Asked(row["question"], empty)
        for name, value in (row["arguments"] or {}).items():
            schema = (tool.parameters or {})["properties"].get(name)
            if schema and kind_of(schema) == "boolean" and isinstance(value, bool):
                yield Evidence(asked, tool).features_of_boolean(name), value, 1.0


def of_rests(rows: Sequence[Row], empty: Table) -> Iterator[Sample]:
    """Samples of the rest of a question after each of its calls."""
    for row in rows:
        if not row["arguments"]:
            continue
        calls = row.get("calls") or [row["arguments"]]
        tool = tool_of(row["function"])
        schema_calls = SchemaCalls(row["question"], [tool])
        done = [ToolResult(tool.name, json.dumps(call), "done", ok=True, seconds=0.0) for call in calls]
        evidence = Evidence(Asked(row["question"], empty), tool)
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
    print(f"{len(samples)} samples, {right:.1%} right", file=sys.stderr)
    return {name: round(float(each), 3) for name, each in zip(names, found, strict=True)}


def balanced(samples: Sequence[Sample]) -> list[Sample]:
    """Give both labels the same weight."""
    total = Counter[bool]()
    for _, label, weight in samples:
        total[label] += weight
    return [(features, label, weight * len(samples) / 2 / total[label]) for features, label, weight in samples]


def main(paths: Sequence[str]) -> None:
    rows, rarity = rows_of(map(Path, paths)), word_counts()
    empty = Table(rarity, {}, {}, {}, {})
    stored = {
        "rarity": {"questions": rarity.questions, "counts": dict(rarity.counts)},
        "asked": fitted(balanced([*of_tools(rows, empty)]), SHRINK["asked"]),
        "given": fitted([*of_parameters(rows, empty)], SHRINK["given"]),
        "true": fitted([*of_booleans(rows, empty)], SHRINK["true"]),
        "more": fitted([*of_rests(rows, empty)], SHRINK["more"]),
    }
    json.dump(stored, sys.stdout, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1:])
