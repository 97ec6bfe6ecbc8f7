"""The CODE_SEARCH tool: indexes a folder at the first search, and keeps the index up to date as the code changes.

An entry point in ``pyproject.toml`` registers it, as the tools of other packages are: ``tools/`` does not know code
search. Knows the index and how hits are shown; not the ranking.
"""

from __future__ import annotations

import atexit
import threading
import time
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.code.extra import needed
from orchestrator.code.index.lock import IndexBusy
from orchestrator.code.index.walk import Found, walk
from orchestrator.code.present import BUDGET, nothing, shown
from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.core.types import Tool
from orchestrator.guidance.example_files import read_examples

if TYPE_CHECKING:
    from orchestrator.code.code_index import CodeIndex
    from orchestrator.code.protocols import Embedder

DESCRIPTION = "finds code in this project; say what it does, or a name in it"
HITS = 5
FILES = 20_000  # a larger folder is not indexed by the tool
FRESH_SECONDS = 10.0  # an index is not checked for changes again within this time


def code_search(
    path: str | Path = ".",
    *,
    db: str | Path | None = None,
    k: int = HITS,
    budget: int = BUDGET,
    embedder: str | Embedder | None = None,
) -> Tool:
    """Return the tool CODE_SEARCH for a folder: ``Orchestrator(tools=[code_search("path")])``.

    The folder is indexed at the first search, and changes are read at most every ten seconds. A result is untrusted
    text, as somebody else may have written the code. The tool raises ConfigError if the extra ``code`` is missing, and
    ToolError if the folder is a home folder, has more than 20,000 files, or cannot be searched.

    Args:
        path: The folder of the code. The default is the current folder.
        db: The folder of the index. The default is a folder in the user's cache.
        k: How many chunks a result has at most.
        budget: How many tokens a result may have, estimated by its length.
        embedder: A registered name or an Embedder. The default is what the index has already, or ``static``.
    """
    searched = _Searched(Path(path), db, k, budget, embedder)
    examples = read_examples(Path(__file__).with_name("examples.tsv"))
    return Tool("CODE_SEARCH", DESCRIPTION, searched.run, examples, syntax="words", untrusted=True)


class _Searched:
    """The index of one folder, opened once for all threads."""

    def __init__(self, path: Path, db: str | Path | None, k: int, budget: int, embedder: str | Embedder | None) -> None:
        self._path, self._db, self._k, self._budget, self._embedder = path, db, k, budget, embedder
        self._lock = threading.Lock()
        self._index: CodeIndex | None = None
        self._looked = 0.0

    def run(self, query: str) -> str:
        """Return the best chunks as text for a model.

        Raises:
            ToolError: There is nothing to search, or the index cannot be used.
            ConfigError: The extra ``code`` is missing.
        """
        needed()  # a ConfigError that ends the run: the model can do nothing about it
        try:
            with self._lock:
                index = self._fresh()
            found = index.search(query, self._k)
            fitting = [hit for hit in found if index.fits(query, hit)]
        except ConfigError as error:
            raise ToolError(str(error)) from error
        return shown(fitting, self._budget) if fitting else nothing(query, found[0] if found else None)

    def _fresh(self) -> CodeIndex:
        if self._index is None:
            self._index = self._opened()
        elif time.monotonic() - self._looked > FRESH_SECONDS:
            with suppress(IndexBusy):  # another process is updating it
                self._index.update()
        else:
            return self._index
        self._looked = time.monotonic()
        return self._index

    def _opened(self) -> CodeIndex:
        from orchestrator.code.code_index import CodeIndex  # noqa: PLC0415 - numpy and more, when first asked

        _checked(self._path.resolve())
        index = CodeIndex.build(self._path, self._db, embedder=self._embedder)
        atexit.register(index.close)
        return index


def _checked(folder: Path) -> None:
    """Refuse a folder that nobody wants to index by accident: a home folder, or a very large one."""
    if folder in {Path.home(), Path(folder.anchor)}:
        raise ToolError(f"{folder} is no project: start in the folder of the code, or use code_search('path')")
    if sum(1 for _ in islice((each for each in walk(folder) if isinstance(each, Found)), FILES + 1)) > FILES:
        raise ToolError(f"more than {FILES:,} files in {folder}: run `orchestrator index {folder}` first")
