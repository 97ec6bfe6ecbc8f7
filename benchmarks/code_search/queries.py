"""Questions with their right answers, from annotation files: the published form, and our own sets in the same form."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SETS = Path(__file__).parent / "sets"


@dataclass(frozen=True, slots=True)
class Target:
    """A right answer: a file, or where lines are given a stretch of it."""

    path: str
    start_line: int | None = None
    end_line: int | None = None

    def is_in(self, path: str, start_line: int, end_line: int, *, by_file: bool) -> bool:
        """Whether a chunk answers it; by the file alone where ``by_file``, else by a line in common."""
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
    """Questions about one tree of source, rooted at ``root``. ``about`` says what is asked and what is right."""

    name: str
    language: str
    root: Path
    queries: tuple[Query, ...]
    about: str = ""


def published(checkouts: Path, annotations: Path) -> list[QuerySet]:
    """The repositories of ``annotations/repos.json`` that are checked out under ``checkouts``.

    Only the part that is annotated is indexed, as the publisher does it, and paths are relative to it.
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
    """The questions of an annotation file, with paths relative to ``part`` of the repository."""
    return tuple(
        Query(item["query"], tuple(_target(raw, part) for raw in _right(item)), item.get("category", "semantic"))
        for item in json.loads(file.read_text(encoding="utf-8"))
    )


def _right(item: dict[str, Any]) -> list[Any]:
    """Relevant and secondary both count as right, as the publisher counts them."""
    return [*item["relevant"], *item.get("secondary", [])]


def _target(raw: str | dict[str, Any], part: str) -> Target:
    target = Target(raw) if isinstance(raw, str) else Target(raw["path"], raw.get("start_line"), raw.get("end_line"))
    prefix = f"{part}/" if part else ""
    return Target(target.path.removeprefix(prefix), target.start_line, target.end_line)


def sql() -> QuerySet:
    """Our own questions about the SQL of a lending library, each with the lines of one statement."""
    about = "a lending library in SQL, and the lines of one statement"
    return QuerySet("sql", "sql", _SETS / "sql", read(_SETS / "sql.json"), about)


def spans(source: Path) -> QuerySet:
    """Our own questions about this project's source, each answered by one definition, whose lines are looked up.

    A question whose definition has gone is left out; a test says so when it is more than a few.
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
