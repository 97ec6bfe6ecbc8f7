"""Reads question files. Says which line of which file is wrong; knows no particular dataset."""

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
    """The file or folder that the user named. Raises ConfigError where none was, or nothing is there."""
    if not options.path:
        raise ConfigError(f"{name} reads {what}, which does not come with this package: --data PATH")
    path = Path(options.path).expanduser()
    if not path.exists():
        raise ConfigError(f"there is nothing at {path}: check the path (--data)")
    return path


def json_lines(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each object of a JSONL file, with where it stands. Empty lines are passed over.

    A line ends at a newline only: a text may hold the other characters at which Python splits lines.
    """
    for number, line in enumerate(_text(path).split("\n"), 1):
        if line.strip():
            where = f"{path.name}, line {number}"
            yield where, _object(_parsed(line, where), where)


def json_rows(path: Path, key: str | None = None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each object of a JSON list, which is the whole file or stands under ``key``."""
    whole = _parsed(_text(path), path.name)
    rows = whole.get(key) if key and isinstance(whole, dict) else whole
    if not isinstance(rows, list):
        raise ConfigError(f"{path.name} holds no list{f' under {key!r}' if key else ''}: is it the right file?")
    for number, row in enumerate(rows, 1):
        where = f"{path.name}, entry {number}"
        yield where, _object(row, where)


def text_at(row: Mapping[str, Any], names: Sequence[str], where: str) -> str:
    """The first of ``names`` that the row has, as text."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str | int | float) and str(value).strip():  # a bool is an int
            return str(value).strip()
    raise ConfigError(f"{where} has no {' or '.join(names)}: every question needs one")


def choices_in(question: str) -> tuple[str, ...]:
    """The choices that a question lists behind "Options:", without their letters."""
    listed = question.rpartition("Options:")[2] if "Options:" in question else ""
    lettered = _LETTERED.findall(listed)
    return tuple(text for _, text in lettered) if lettered else tuple(_LISTED.findall(listed))


def chosen(items: Sequence[Item], options: DatasetOptions) -> tuple[Item, ...]:
    """``n`` of the items, drawn by the seed and in their order; all without an ``n``."""
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
