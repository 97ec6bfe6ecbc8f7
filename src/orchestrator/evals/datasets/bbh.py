"""BIG-Bench Hard (Suzgun et al. 2022), from one of its JSON files or a folder of them; the kind is the task."""

from __future__ import annotations

from pathlib import Path

from orchestrator.core.errors import ConfigError
from orchestrator.evals.datasets._files import choices_in, chosen, json_rows, path_of, text_at
from orchestrator.evals.scorers import auto
from orchestrator.evals.types import Dataset, DatasetOptions, Item


def create(options: DatasetOptions) -> Dataset:
    """Return the questions of one task or of all tasks.

    Args:
        options: ``path`` is a task's file, such as date_understanding.json, or the folder with all of them.

    Raises:
        ConfigError: No path was given, or its files cannot be read.
    """
    path = path_of(options, "bbh", "BIG-Bench Hard's JSON files")
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise ConfigError(f"{path} holds no .json file: name the folder bbh/ of BIG-Bench Hard")
    items = [item for file in files for item in _items(file)]
    return Dataset("bbh" if path.is_dir() else path.stem, chosen(items, options), auto.score)


def _items(file: Path) -> list[Item]:
    found = []
    for at, (where, row) in enumerate(json_rows(file, "examples")):
        question = text_at(row, ("input",), where)
        gold = text_at(row, ("target",), where)
        found.append(Item(f"{file.stem}-{at:05}", question, gold, choices_in(question), file.stem))
    return found
