"""What a file's path says of its part in a project: code that does the work, or something beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Literal, get_args

Standing = Literal["code", "test", "init", "prose", "old"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)
"""In the order of the numbers that an index keeps."""

_TEST_FOLDERS = frozenset(
    (
        "test",
        "tests",
        "spec",
        "specs",
        "__tests__",
        "__mocks__",
        "testdata",
        "fixtures",
        "e2e",
        "test-d",
        "typetests",
    )
)
_TEST_FILE = re.compile(
    r"^(?:tests?[_.-].*|.*[_.-](?:tests?|specs?|test-d)|conftest|.*[a-z0-9](?:Tests?|Specs?|TestCase))$"
)
_PROSE = frozenset((".md", ".mdx", ".rst", ".txt", ".adoc", ".tex"))
_PROSE_FOLDERS = frozenset(
    ("doc", "docs", "example", "examples", "sample", "samples", "demo", "demos", "benchmark", "benchmarks")
)


_OLD_FOLDERS = frozenset(("legacy", "deprecated", "compat", "old"))
_VERSION = re.compile(r"v(\d+)")

ASKED_FOR: dict[Standing, frozenset[str]] = {
    "prose": frozenset(("doc", "document", "readm", "changelog", "exampl", "sampl", "demo", "benchmark", "tutori")),
    "old": frozenset(("legaci", "deprec", "compat", "old", "version")),
}
"""The terms of a question that mean such a file. Not of tests: most who write test mean code that helps to test."""


def standings(paths: Iterable[str]) -> list[Standing]:
    """What each file is: a test; a Python package's own file, which mostly re-exports; a document or an example; code
    that is superseded, such as what lies in v3 where there is a v4 beside it; or code. mod.rs and index.ts are code.
    """
    paths = list(paths)
    newest: dict[str, int] = {}
    for path in paths:
        for around, version in _versions(path):
            newest[around] = max(version, newest.get(around, 0))
    return [_standing(path, newest) for path in paths]


def _versions(path: str) -> list[tuple[str, int]]:
    """Each folder named v1, v2, … on the way, as what is around it and the number."""
    if "v" not in path:
        return []
    parts = path.lower().split("/")[:-1]
    found = ((at, _VERSION.fullmatch(part)) for at, part in enumerate(parts))
    return [("/".join(parts[:at]), int(match[1])) for at, match in found if match]


def _standing(path: str, newest: dict[str, int]) -> Standing:
    file = PurePosixPath(path)
    folders = {part.lower().strip("_") for part in file.parts[:-1]} | {part.lower() for part in file.parts[:-1]}
    if folders & _TEST_FOLDERS or _TEST_FILE.match(file.stem):
        return "test"
    if file.name in ("__init__.py", "__init__.pyi"):
        return "init"
    if file.suffix.lower() in _PROSE or folders & _PROSE_FOLDERS:
        return "prose"
    if folders & _OLD_FOLDERS or any(version < newest[around] for around, version in _versions(path)):
        return "old"
    return "code"


def stem(path: str) -> str:
    """A file's name without its endings, in lower case: what a module is called."""
    return PurePosixPath(path).name.partition(".")[0].lower()
