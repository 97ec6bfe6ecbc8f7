"""The CODE_SEARCH tool: indexes a folder at the first search, and keeps the index up to date as the code changes.

An entry point in ``pyproject.toml`` registers it, as the tools of other packages are: ``tools/`` does not know code
search. Knows the index and how hits are shown; not the ranking.
"""

from __future__ import annotations

import atexit
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.code.extra import needed
from orchestrator.code.index import sets
from orchestrator.code.index.catalogue import DamagedIndex, writable
from orchestrator.code.index.location import index_folder
from orchestrator.code.index.lock import IndexBusy
from orchestrator.code.index.walk import Found, walk
from orchestrator.code.present import BUDGET, nothing, shown
from orchestrator.code.protocols import sends_data
from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.core.tool import Tool
from orchestrator.guidance.example_files import read_examples
from orchestrator.runtime.registry import plugin

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
    text, as somebody else may have written the code. The tool has ``sends_data`` if its embedder has, because the
    embedder gets each query. The tool raises ConfigError if the extra ``code`` is missing, and ToolError if the folder
    is a home folder, has more than 20,000 files and was never indexed, or cannot be searched.

    Args:
        path: The folder of the code. The default is the current folder.
        db: The folder of the index. The default is a folder in the user's cache.
        k: How many chunks a result has at most.
        budget: How many tokens a result may have, estimated by its length.
        embedder: A registered name or an Embedder. The default is what the index has already, or ``static``.
    """
    sends = _sends(embedder or sets.embedder_in_use(index_folder(path, db)))
    searched = _Searched(Path(path), db, k, budget, embedder, sends)
    examples = read_examples(Path(__file__).with_name("examples.tsv"))
    return Tool(
        "CODE_SEARCH",
        DESCRIPTION,
        searched.run,
        examples,
        syntax="words",
        untrusted=True,
        sends_data=sends,
        check=needed,
    )


def _sends(embedder: str | Embedder) -> bool:
    """Whether the embedder sends queries to another machine. One that cannot be made here counts as if it did."""
    if embedder == sets.EMBEDDER:  # known, and its weights take time to load
        return False
    try:
        return sends_data(plugin("code.embedders", embedder)() if isinstance(embedder, str) else embedder)
    except ConfigError:  # no key, no extra or no such embedder: the first search says so
        return True


@dataclass(slots=True)
class _Searched:
    """The index of one folder, opened once for all threads. ``sends`` is what the tool says about its embedder."""

    path: Path
    db: str | Path | None
    k: int
    budget: int
    embedder: str | Embedder | None
    sends: bool
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _index: CodeIndex | None = None
    _looked: float = 0.0

    def run(self, query: str) -> str:
        """Return the best chunks as text for a model.

        Raises:
            ToolError: There is nothing to search, or the index cannot be used.
            ConfigError: The extra ``code`` is missing.
        """
        needed()  # a ConfigError that ends the run: the model can do nothing about it
        try:
            try:
                return self._found(query)
            except DamagedIndex:  # while it was open: it is opened again, and made anew
                with self._lock:
                    self._close()
                return self._found(query)
        except ConfigError as error:
            raise ToolError(str(error)) from error

    def _found(self, query: str) -> str:
        with self._lock:
            index = self._fresh()
        found = index.search(query, self.k)
        fitting = [hit for hit in found if index.fits(query, hit)]
        text = shown(fitting, self.budget) if fitting else nothing(query, found[0] if found else None)
        return f"{text}\n\n({index.notice})" if index.notice else text

    def _fresh(self) -> CodeIndex:
        if self._index is None:
            self._index = self._opened()
        elif time.monotonic() - self._looked > FRESH_SECONDS and not self._index.read_only:
            with suppress(IndexBusy):  # another process is updating it
                self._index.update()
        else:
            return self._index
        self._looked = time.monotonic()
        return self._index

    def _opened(self) -> CodeIndex:
        from orchestrator.code.code_index import CodeIndex  # noqa: PLC0415 - numpy and more, when first asked

        folder = index_folder(self.path, self.db)
        _check(self.path.resolve(), folder)
        if sets.finished(folder) and not writable(folder):
            given = None if isinstance(self.embedder, str) else self.embedder
            index = CodeIndex.open(folder, embedder=given)
        else:
            index = CodeIndex.build(self.path, self.db, embedder=self.embedder)
        if sends_data(index.setup.embedder) and not self.sends:  # somebody has indexed with another one since
            index.close()
            raise ToolError("the embedder of the index sends queries to a server now: start again to allow that")
        atexit.register(index.close)
        return index

    def _close(self) -> None:
        index, self._index = self._index, None
        if index is not None:
            atexit.unregister(index.close)
            index.close()


def _check(root: Path, index: Path) -> None:
    """Refuse a folder that nobody wants to index by accident: a home folder, or a very large one without an index."""
    if root in {Path.home(), Path(root.anchor)}:
        raise ToolError(f"{root} is no project: start in the folder of the code, or use code_search('path')")
    files = (each for each in walk(root) if isinstance(each, Found))
    if not sets.finished(index) and sum(1 for _ in islice(files, FILES + 1)) > FILES:
        raise ToolError(f"more than {FILES:,} files in {root}: run `orchestrator index {root}` first")
