"""Your own questions, one JSON object in each line: question and gold (or answer), optionally choices, kind, id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from string import ascii_uppercase
from typing import Any

from orchestrator.core.errors import ConfigError
from orchestrator.evals.datasets._files import choices_in, chosen, json_lines, path_of, text_at
from orchestrator.evals.scorers import auto
from orchestrator.evals.types import Dataset, DatasetOptions, Item
from orchestrator.runtime.registry import usual_tools

GOLD = ("gold", "answer", "target")
KIND = ("kind", "task", "category")


def create(options: DatasetOptions) -> Dataset:
    """Return the questions. Choices that a question does not show are added to it with letters.

    Arms with tools have the usual tools, as ``ask`` has.

    Args:
        options: ``path`` is the file.

    Raises:
        ConfigError: No path was given, the file cannot be read, or two questions have the same id.
    """
    path = path_of(options, "jsonl", "a file of questions, one JSON object a line")
    items = unique([item_of(at, where, row) for at, (where, row) in enumerate(json_lines(path))])
    shown = [replace(item, question=_with_choices(item.question, item.choices)) for item in items]
    return Dataset(path.stem, chosen(shown, options), auto.score, usual_tools())


def item_of(at: int, where: str, row: Mapping[str, Any]) -> Item:
    """Return the question of one line, unchanged.

    Args:
        at: The position of the line, which is the id if the line has none.
        where: The file and the line, for the error.
        row: The JSON object.

    Raises:
        ConfigError: The question or the gold answer is missing.
    """
    choices = row.get("choices") or ()
    if not isinstance(choices, list | tuple) or not all(isinstance(choice, str) for choice in choices):
        raise ConfigError(f"{where}: choices is a list of texts, not {choices!r}")
    question = text_at(row, ("question",), where)
    kind = next((str(row[key]) for key in KIND if row.get(key)), "")
    name = str(row.get("id", f"{at:05}"))
    return Item(name, question, text_at(row, GOLD, where), tuple(choices) or choices_in(question), kind)


def unique(items: Sequence[Item]) -> Sequence[Item]:
    """Return the questions unchanged.

    Raises:
        ConfigError: Two of them have the same id.
    """
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise ConfigError(f"two questions have the id {item.id!r}: each needs its own")
        seen.add(item.id)
    return items


def _with_choices(question: str, choices: tuple[str, ...]) -> str:
    """The question with its lettered choices, unless it shows them already."""
    if not choices or all(choice in question for choice in choices):
        return question
    listed = "\n".join(f"({letter}) {choice}" for letter, choice in zip(ascii_uppercase, choices, strict=False))
    return f"{question}\nOptions:\n{listed}"
