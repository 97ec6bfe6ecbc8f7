"""What a file's path says of its part in a project: code that does the work, or something beside it."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Literal

Standing = Literal["test", "init", "prose", ""]

_TEST_FOLDERS = frozenset(
    (
        "test",
        "tests",
        "testing",
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


@lru_cache(maxsize=100_000)
def standing(path: str) -> Standing:
    """``test``, ``init`` (a Python package's own file, which mostly re-exports), ``prose`` (documents and examples)
    or nothing. mod.rs and index.ts are code like any other.
    """
    file = PurePosixPath(path)
    folders = {part.lower() for part in file.parts[:-1]}
    if folders & _TEST_FOLDERS or _TEST_FILE.match(file.stem):
        return "test"
    if file.name in ("__init__.py", "__init__.pyi"):
        return "init"
    if file.suffix.lower() in _PROSE or folders & _PROSE_FOLDERS:
        return "prose"
    return ""
