"""SVAMP (Patel et al. 2021), from its SVAMP.json: varied word problems; the kind is the operation."""

from __future__ import annotations

from orchestrator.evals.datasets._files import chosen, json_rows, path_of, text_at
from orchestrator.evals.scorers import number
from orchestrator.evals.types import Dataset, DatasetOptions, Item


def create(options: DatasetOptions) -> Dataset:
    """Return the questions.

    Args:
        options: ``path`` is the file.

    Raises:
        ConfigError: No path was given, or the file cannot be read.
    """
    path = path_of(options, "svamp", "SVAMP.json")
    items = []
    for at, (where, row) in enumerate(json_rows(path)):
        body = text_at(row, ("Body", "body"), where)
        asked = text_at(row, ("Question", "question"), where)
        question = f"{body} {asked}" if body.endswith((".", "?", "!", ",")) else f"{body}. {asked}"
        kind = str(row.get("Type") or row.get("type") or "")
        items.append(Item(f"{at:05}", question, text_at(row, ("Answer", "answer"), where), kind=kind))
    return Dataset("svamp", chosen(items, options), number.score)
