"""The languages with a grammar, and what their grammars call a definition. Knows no files to index, and no chunks.

``languages/languages.toml`` has a table for each language, and ``languages/NAME.scm`` is its tree-sitter query. A query
captures ``@function`` (a leaf of the outline), ``@type`` (a definition that holds others) or ``@value`` (a constant, a
field), with its ``@name``. ``@scope`` is a name before it, such as a Go receiver. ``@part`` is a leaf without a name.
If the first line is ``; inherits: NAME``, the query of NAME is put before it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Parser, Query

_FOLDER = files("orchestrator.code") / "languages"


@dataclass(frozen=True, slots=True)
class Language:
    """A language.

    Attributes:
        name: Its name.
        grammar: The Python package of its grammar.
        endings: The endings of its paths in lower case: suffixes, or whole names after a slash, such as ``/rakefile``.
        entry: The function in ``grammar`` that returns the grammar.
    """

    name: str
    grammar: str
    endings: tuple[str, ...]
    entry: str = "language"


def language_of(path: str) -> Language | None:
    """Return the language of a file by its name; None if there is no grammar for it."""
    name = PurePosixPath(path).name.lower()
    return _by_ending().get(PurePosixPath(name).suffix or f"/{name}")


@cache
def languages() -> tuple[Language, ...]:
    """Return all languages."""
    table = tomllib.loads((_FOLDER / "languages.toml").read_text("utf-8"))
    return tuple(
        Language(name, row["grammar"], tuple(row["endings"]), row.get("entry", "language"))
        for name, row in table.items()
    )


@cache
def _by_ending() -> dict[str, Language]:
    return {ending: language for language in languages() for ending in language.endings}


@cache
def grammar(language: Language) -> tuple[Parser, Query] | None:
    """Return a parser and the query for definitions; None if the grammar is not installed."""
    try:
        tree_sitter = import_module("tree_sitter")
        entry = getattr(import_module(language.grammar), language.entry)
    except ImportError:
        return None
    loaded = tree_sitter.Language(entry())
    return tree_sitter.Parser(loaded), tree_sitter.Query(loaded, _query(language.name))


def _query(name: str) -> str:
    query = (_FOLDER / f"{name}.scm").read_text("utf-8")
    first, _, base = query.partition("\n")[0].partition("; inherits: ")
    return query if first or not base else _query(base) + query
