"""Pairs from Python source: docstrings and their functions and classes, by the syntax tree. Knows no packages."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from benchmarks.code_search.docstrings import first_line, parsed
from training.code_embedder.pairs import MOST_LINES, Pair, first_sentence

Described = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def pairs(path: str, text: str) -> Iterator[Pair]:
    """Yield the pairs of one file. A file that does not parse has none."""
    try:
        tree = parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    lines = text.split("\n")  # as the parser counts lines: a form feed ends none
    for name, node in described(tree):
        sentence = first_sentence(ast.get_docstring(node, clean=True) or "", name)
        if sentence is not None:
            yield Pair(sentence, path, name, _without_docstring(node, lines))


def described(parent: ast.AST, prefix: str = "") -> Iterator[tuple[str, Described]]:
    """Yield all functions and classes with their qualified names, the outer ones before the inner ones."""
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}.{node.name}".lstrip(".")
            yield name, node
            yield from described(node, name)
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from described(node, prefix)


def _without_docstring(node: Described, lines: list[str]) -> str:
    first = first_line(node)
    docstring = node.body[0]
    last = min(node.end_lineno or node.lineno, (docstring.end_lineno or node.lineno) + MOST_LINES)
    kept = [*lines[first - 1 : docstring.lineno - 1], *lines[docstring.end_lineno : last]]
    return "\n".join(kept[:MOST_LINES])
