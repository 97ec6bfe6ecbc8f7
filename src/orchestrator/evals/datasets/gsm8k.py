"""GSM8K (Cobbe et al. 2021), from its JSONL file: grade-school word problems; the gold number follows ####."""

from __future__ import annotations

from orchestrator.core.errors import ConfigError
from orchestrator.evals.datasets._files import chosen, json_lines, path_of, text_at
from orchestrator.evals.scorers import number
from orchestrator.evals.types import Dataset, DatasetOptions, Item


def create(options: DatasetOptions) -> Dataset:
    """Return the questions.

    Args:
        options: ``path`` is the file, such as test.jsonl.

    Raises:
        ConfigError: No path was given, or the file cannot be read.
    """
    path = path_of(options, "gsm8k", "GSM8K's test.jsonl or train.jsonl")
    items = []
    for at, (where, row) in enumerate(json_lines(path)):
        solution, mark, gold = text_at(row, ("answer",), where).rpartition("####")
        if not mark or not gold.strip():
            raise ConfigError(f"{where}: GSM8K's answers end with '#### number', this one with {solution[-40:]!r}")
        items.append(Item(f"{at:05}", text_at(row, ("question",), where), gold.strip()))
    return Dataset("gsm8k", chosen(items, options), number.score)
