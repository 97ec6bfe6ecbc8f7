"""The standard library of the Python that runs this, as a source of pairs: all of it but what the benchmark asks about.

A function that is held out is not there at all: neither its docstring nor its code, by itself or inside its class.
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
    """The pairs of all functions and classes that are not held out."""
    for path, text, names in _modules():
        yield from python_source.pairs(path, cut_out(text, names))


def sentences_held_out() -> frozenset[str]:
    """What the held out functions say of themselves: their first sentences and the first lines of their docstrings."""
    found = set()
    for _, text, names in _modules():
        for name, node in python_source.described(parsed(text)) if names else ():
            if name in names and (docstring := ast.get_docstring(node)):
                found |= {bare(docstring.split("\n", 1)[0]), first_sentence(docstring, name) or ""}
    return frozenset(found - {""})


def is_copy(pair: Pair, said: frozenset[str]) -> bool:
    """Whether a pair is, or has in it, a copy of a function that says one of these."""
    return pair.description in said or not said.isdisjoint(map(bare, pair.code.split("\n")))


def cut_out(text: str, names: set[str]) -> str:
    """A module with `pass` in the place of each function of these qualified names."""
    lines = text.split("\n")
    found = [node for name, node in python_source.described(parsed(text)) if name in names] if names else []
    for node in reversed(found):  # the outer overwrite the inner
        first, last = first_line(node) - 1, node.end_lineno or node.lineno
        lines[first:last] = [f"{' ' * node.col_offset}pass", *[""] * (last - first - 1)]
    return "\n".join(lines)


def bare(line: str) -> str:
    """A line of a docstring, or of code that may begin one, without indent, quotes and full stop."""
    return re.sub(r"^\s*[rRuU]?[\"']+|[\"']+\s*$", "", line).strip().rstrip(".")


def _modules() -> Iterator[tuple[str, str, set[str]]]:
    """Path, text and the names of what is held out, of each module."""
    held = held_out()
    for path, file in modules():
        text = file.read_text(encoding="utf-8", errors="replace")
        yield path, text, {name for where, name in held if where == path}
