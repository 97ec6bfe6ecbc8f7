"""Reads question files, and says which line of which file is wrong. Knows JSON; no particular dataset."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from orchestrator.core.errors import ConfigError
from orchestrator.evals.types import DatasetOptions, Item

_LETTERED = re.compile(r"^\(([A-Z])\)\s*(.+)$", re.MULTILINE)
_LISTED = re.compile(r"^-\s+(.+)$", re.MULTILINE)


def path_of(options: DatasetOptions, name: str, what: str) -> Path:
    """Return the file or folder that the user named.

    Args:
        options: The options, with the path.
        name: The name of the dataset, for the error.
        what: What the dataset reads, for the error.

    Raises:
        ConfigError: No path was given, or there is nothing at the path.
    """
    if not options.path:
        raise ConfigError(f"{name} reads {what}, which does not come with this package: --data PATH")
    path = Path(options.path).expanduser()
    if not path.exists():
        raise ConfigError(f"there is nothing at {path}: check the path (--data)")
    return path


def json_lines(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each object of a JSONL file with its line, such as ``file.jsonl, line 3``. Empty lines are skipped.

    Only a newline ends a line: a text may contain the other characters at which ``str.splitlines`` splits.

    Raises:
        ConfigError: The file cannot be read, or a line is no JSON object.
    """
    for number, line in enumerate(_text(path).split("\n"), 1):
        if line.strip():
            where = f"{path.name}, line {number}"
            yield where, _object(_parsed(line, where), where)


def json_rows(path: Path, key: str | None = None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each object of a JSON list with its position, such as ``file.json, entry 3``.

    Args:
        path: The file.
        key: The key of the list, if the file is an object. Otherwise the whole file is the list.

    Raises:
        ConfigError: The file cannot be read, or has no such list.
    """
    whole = _parsed(_text(path), path.name)
    rows = whole.get(key) if key and isinstance(whole, dict) else whole
    if not isinstance(rows, list):
        raise ConfigError(f"{path.name} holds no list{f' under {key!r}' if key else ''}: is it the right file?")
    for number, row in enumerate(rows, 1):
        where = f"{path.name}, entry {number}"
        yield where, _object(row, where)


def text_at(row: Mapping[str, Any], names: Sequence[str], where: str) -> str:
    """Return the first of these fields that a row has, as text.

    Args:
        row: The JSON object.
        names: The names of the fields, in the order in which they are tried.
        where: The file and the line, for the error.

    Raises:
        ConfigError: The row has none of them.
    """
    for name in names:
        value = row.get(name)
        if isinstance(value, str | int | float) and str(value).strip():  # a bool is an int
            return str(value).strip()
    raise ConfigError(f"{where} has no {' or '.join(names)}: every question needs one")


def choices_in(question: str) -> tuple[str, ...]:
    """Return the choices that a question lists after "Options:", without their letters."""
    listed = question.rpartition("Options:")[2] if "Options:" in question else ""
    lettered = _LETTERED.findall(listed)
    return tuple(text for _, text in lettered) if lettered else tuple(_LISTED.findall(listed))


def chosen(items: Sequence[Item], options: DatasetOptions) -> tuple[Item, ...]:
    """Return ``n`` questions, drawn with the seed, in their order; all of them without ``n``.

    Raises:
        ConfigError: There are no questions.
    """
    if not items:
        raise ConfigError(f"{options.path} holds no questions: is it the right file?")
    if options.n is None or options.n >= len(items):
        return tuple(items)
    drawn = Random(f"chosen:{options.seed}").sample(range(len(items)), options.n)
    return tuple(items[at] for at in sorted(drawn))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {path}: {error}") from error


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{where} is not JSON: {error}") from error


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where} is no JSON object: write one with question and gold")
    return value
