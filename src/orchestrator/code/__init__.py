"""Code search: finds the code that answers a question, offline, in milliseconds.

from orchestrator.code import CodeIndex

with CodeIndex.build("path/to/project") as index:
    for hit in index.search("where do we validate the e-mail?"):
        print(f"{hit.path}:{hit.start_line}-{hit.end_line}  {hit.name}")

numpy, Chroma and tree-sitter are in the extra ``code``. They load with the first name that needs them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from orchestrator.code.protocols import Chunk, Chunker, Embedder, Hit
from orchestrator.code.tool import code_search

if TYPE_CHECKING:
    from orchestrator.code.code_index import CodeIndex
    from orchestrator.code.index.indexing import IndexReport
    from orchestrator.code.ranking.weights import Ranking

__all__ = ["Chunk", "Chunker", "CodeIndex", "Embedder", "Hit", "IndexReport", "Ranking", "code_search"]

_WHERE = {"CodeIndex": "code_index", "IndexReport": "index.indexing", "Ranking": "ranking.weights"}


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from orchestrator.code.extra import needed  # noqa: PLC0415

    needed()
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
