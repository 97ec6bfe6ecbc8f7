"""Pairs from the standard library of this Python, without the functions that the benchmark asks for.

A function that is held out is not in any pair: neither its docstring nor its code, alone or inside its class. Knows the
held-out functions; not other packages.
"""

from __future__ import annotations

import ast
import platform
import re
from collections.abc import Iterator

from benchmarks.code_search.docstrings import first_line, held_out, modules, parsed
from training.code_embedder.archives import Package
from training.code_embedder.pairs import Pair, first_sentence

from training.code_embedder import python_source

PACKAGE = Package("python.org", "CPython's library", platform.python_version(), "PSF-2.0")


def pairs() -> Iterator[Pair]:
    """Yield the pairs of all functions and classes that are not held out."""
    for path, text, names in _modules():
        yield from python_source.pairs(path, cut_out(text, names))


def sentences_held_out() -> frozenset[str]:
    """Return the first sentences and the first lines of the docstrings of all held-out functions."""
    found = set()
    for _, text, names in _modules():
        for name, node in python_source.described(parsed(text)) if names else ():
            if name in names and (docstring := ast.get_docstring(node)):
                found |= {bare(docstring.split("\n", 1)[0]), first_sentence(docstring, name) or ""}
    return frozenset(found - {""})


def is_copy(pair: Pair, said: frozenset[str]) -> bool:
    """Return whether a pair is or contains a copy of a function with one of these sentences."""
    return pair.description in said or not said.isdisjoint(map(bare, pair.code.split("\n")))


def cut_out(text: str, names: set[str]) -> str:
    """Return a module in which `pass` replaces each function with one of these qualified names."""
    lines = text.split("\n")
    found = [node for name, node in python_source.described(parsed(text)) if name in names] if names else []
    for node in reversed(found):  # outer ones overwrite inner ones
        first, last = first_line(node) - 1, node.end_lineno or node.lineno
        lines[first:last] = [f"{' ' * node.col_offset}pass", *[""] * (last - first - 1)]
    return "\n".join(lines)


def bare(line: str) -> str:
    """Return a line of a docstring, or of code that may begin one, without indentation, quotes and full stop."""
    return re.sub(r"^\s*[rRuU]?[\"']+|[\"']+\s*$", "", line).strip().rstrip(".")


def _modules() -> Iterator[tuple[str, str, set[str]]]:
    """Each module: its path, its text, and the names of its held-out functions."""
    held = held_out()
    for path, file in modules():
        text = file.read_text(encoding="utf-8", errors="replace")
        yield path, text, {name for where, name in held if where == path}
