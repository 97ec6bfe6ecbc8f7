"""Reads the word lists of code search, which are TOML files beside the code that uses them. Knows no list."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def word_lists(file: str) -> dict[str, frozenset[str]]:
    """Return the lists of a file of this package: for each key its words, which are separated by white space."""
    lists = tomllib.loads((files(__package__) / file).read_text("utf-8"))
    return {key: frozenset(words.split()) for key, words in lists.items()}
