"""Pairs from Python source: docstrings and what they describe, by the syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from benchmarks.code_search.docstrings import first_line, parsed
from training.code_embedder.pairs import MOST_LINES, Pair, first_sentence

Described = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def pairs(path: str, text: str) -> Iterator[Pair]:
    """The pairs of one file. A file that does not parse has none."""
    try:
        tree = parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    lines = text.split("\n")  # as the parser counts: a form feed ends no line
    for name, node in described(tree):
        sentence = first_sentence(ast.get_docstring(node, clean=True) or "", name)
        if sentence is not None:
            yield Pair(sentence, path, name, _without_docstring(node, lines))


def described(parent: ast.AST, prefix: str = "") -> Iterator[tuple[str, Described]]:
    """All functions and classes with their qualified names, the outer before the inner."""
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
