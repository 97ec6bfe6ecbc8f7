"""Questions with their right answers, from published annotation files and from our sets. Knows no systems."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SETS = Path(__file__).parent / "sets"


@dataclass(frozen=True, slots=True)
class Target:
    """A right answer: some lines of a file, or the whole file if no lines are given."""

    path: str
    start_line: int | None = None
    end_line: int | None = None

    def is_in(self, path: str, start_line: int, end_line: int, *, by_file: bool) -> bool:
        """Return whether a result has the target: by its file alone (``by_file``), or else by a common line."""
        if path != self.path:
            return False
        if by_file or self.start_line is None or self.end_line is None:
            return True
        return start_line <= self.end_line and end_line >= self.start_line


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    targets: tuple[Target, ...]
    category: str


@dataclass(frozen=True, slots=True)
class QuerySet:
    """Questions about the source code in ``root``. ``about`` says what the questions and the right answers are."""

    name: str
    language: str
    root: Path
    queries: tuple[Query, ...]
    about: str = ""


def published(checkouts: Path, annotations: Path) -> list[QuerySet]:
    """Return the questions about each repository of ``annotations/repos.json`` that is in ``checkouts``.

    Only the annotated part of a repository is indexed, as the publisher does. Paths are relative to it.
    """
    found = []
    for repository in json.loads((annotations / "repos.json").read_text(encoding="utf-8")):
        part = repository.get("benchmark_root") or ""
        root = checkouts / repository["name"] / part
        if root.is_dir():
            file = annotations / "annotations" / f"{repository['name']}.json"
            found.append(QuerySet(repository["name"], repository["language"], root, read(file, part)))
    return found


def read(file: Path, part: str = "") -> tuple[Query, ...]:
    """Return the questions of an annotation file, with paths relative to ``part`` of the repository."""
    return tuple(
        Query(item["query"], tuple(_target(raw, part) for raw in _right(item)), item.get("category", "semantic"))
        for item in json.loads(file.read_text(encoding="utf-8"))
    )


def _right(item: dict[str, Any]) -> list[Any]:
    """Relevant and secondary answers both count as right, as the publisher counts them."""
    return [*item["relevant"], *item.get("secondary", [])]


def _target(raw: str | dict[str, Any], part: str) -> Target:
    target = Target(raw) if isinstance(raw, str) else Target(raw["path"], raw.get("start_line"), raw.get("end_line"))
    prefix = f"{part}/" if part else ""
    return Target(target.path.removeprefix(prefix), target.start_line, target.end_line)


def sql() -> QuerySet:
    """Return our questions about the SQL of a lending library. The answer is the lines of one statement."""
    about = "a lending library in SQL, and the lines of one statement"
    return QuerySet("sql", "sql", _SETS / "sql", read(_SETS / "sql.json"), about)


def spans(source: Path) -> QuerySet:
    """Return our questions about this project's source. The answer is one definition, whose lines are looked up.

    A question whose definition is gone is left out. A test fails if there are more than five of these.
    """
    asked = json.loads((_SETS / "spans.json").read_text(encoding="utf-8"))
    found = [(one, _definition(source, one["path"], one["name"])) for one in asked]
    queries = tuple(Query(one["query"], (target,), one["category"]) for one, target in found if target is not None)
    return QuerySet("spans", "python", source, queries, "this project's own source, and the lines of one definition")


def _definition(source: Path, path: str, name: str) -> Target | None:
    file = source / path
    found: ast.AST | None = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else None
    for part in name.split("."):
        inside = ast.iter_child_nodes(found) if found else ()
        found = next((child for child in inside if getattr(child, "name", None) == part), None)
    if not isinstance(found, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    return Target(path, min(each.lineno for each in [found, *found.decorator_list]), found.end_lineno)
