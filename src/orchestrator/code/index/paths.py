"""Tells the kind of a file from its path: code, test, package init, prose or old. Knows paths; not contents."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Literal, get_args

from orchestrator.code.index.walk import NAMES
from orchestrator.code.words import word_lists

Standing = Literal["code", "test", "init", "prose", "old"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)
"""All kinds. An index keeps the position of a kind in this tuple."""

_TEST_FILE = re.compile(
    r"^(?:tests?[_.-].*|.*[_.-](?:tests?|specs?|test-d)|conftest|.*[a-z0-9](?:Tests?|Specs?|TestCase))$"
)
_VERSION = re.compile(r"v(\d+)")

ASKED_FOR: dict[Standing, frozenset[str]] = {
    "prose": frozenset(("doc", "document", "readm", "changelog", "exampl", "sampl", "demo", "benchmark", "tutori")),
    "old": frozenset(("legaci", "deprec", "compat", "old", "version")),
}
"""The terms of a query that ask for such a file. None ask for tests: `test` mostly means code that helps to test."""


def standings(paths: Iterable[str]) -> list[Standing]:
    """Return the kind of each file.

    ``test`` is a test, ``init`` the ``__init__.py`` of a package, which mostly re-exports, ``prose`` a document or an
    example, ``old`` superseded code, such as a folder v3 beside a folder v4, and ``code`` is everything else, also
    mod.rs and index.ts.

    Args:
        paths: All paths of a project, with forward slashes.
    """
    paths = list(paths)
    newest: dict[str, int] = {}
    for path in paths:
        for around, version in _versions(path):
            newest[around] = max(version, newest.get(around, 0))
    return [_standing(path, newest) for path in paths]


def _versions(path: str) -> list[tuple[str, int]]:
    """Each folder of a path that is named v1, v2, …: the path around it, and the number."""
    if "v" not in path:
        return []
    parts = path.lower().split("/")[:-1]
    found = ((at, _VERSION.fullmatch(part)) for at, part in enumerate(parts))
    return [("/".join(parts[:at]), int(match[1])) for at, match in found if match]


def _standing(path: str, newest: dict[str, int]) -> Standing:
    file = PurePosixPath(path)
    folders = {part.lower().strip("_") for part in file.parts[:-1]} | {part.lower() for part in file.parts[:-1]}
    names = word_lists(NAMES)
    if folders & names["test_folders"] or _TEST_FILE.match(file.stem):
        return "test"
    if file.name in ("__init__.py", "__init__.pyi"):
        return "init"
    if file.suffix.lower() in names["prose"] or folders & names["prose_folders"]:
        return "prose"
    if folders & names["old_folders"] or any(version < newest[around] for around, version in _versions(path)):
        return "old"
    return "code"


def stem(path: str) -> str:
    """Return a file's name without its endings, in lower case: the name of a module."""
    return PurePosixPath(path).name.partition(".")[0].lower()
