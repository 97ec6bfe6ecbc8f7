"""The outline of a file: which functions, types and constants it defines, on which lines, nested.

It uses tree-sitter if there is a grammar (it reads broken code as well), Python's ``ast`` for Python without a grammar,
and nothing for other files. No content of a file makes it raise. Knows syntax; not chunks.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from orchestrator.code.languages import grammar, language_of

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Query

DEEPEST = 30  # nested definitions; a deeper one belongs to the one above it
Kind = Literal["function", "type", "value", "part"]

# Nodes around a definition that belong to it (its decorators, `export`, `template <…>`, its semicolon), and before it.
_AROUND_WORDS = """
ambient_declaration decorated_definition export_statement expression_statement lexical_declaration statement
template_declaration type_definition variable_declaration variable_declarator
"""
_BEFORE_WORDS = "annotation attribute attribute_item block_comment comment decorator line_comment"
_AROUND, _BEFORE = frozenset(_AROUND_WORDS.split()), frozenset(_BEFORE_WORDS.split())
_NAME = re.compile(r"~?[^\W\d][\w$]*[?!=]?|operator\W+|#?[^\W\d]\w*")


@dataclass(slots=True)
class Definition:
    """A definition.

    Attributes:
        name: The plain name; empty for a ``part``.
        qualified: The name with the names of the enclosing definitions before it, joined by dots.
        kind: A leaf (``function``), a definition that holds others (``type``), a constant or field (``value``), or a
            leaf without a name (``part``).
        start: The first line, counted from 1.
        end: The last line, which is included.
        inner: The definitions in it, in order.
    """

    name: str
    qualified: str
    kind: Kind
    start: int
    end: int
    inner: list[Definition] = field(default_factory=list)


def outline(path: str, text: str) -> list[Definition]:
    """Return the outermost definitions of a file in order. The others are in their ``inner``.

    Args:
        path: The path of the file. Its name tells the language.
        text: The text of the file.
    """
    language = language_of(path)
    if language is None:
        return []
    loaded = grammar(language)
    if loaded is not None:
        return _nested(_by_grammar(*loaded, text))
    return _nested(_by_ast(text)) if language.name == "python" else []


def flat(found: list[Definition]) -> Iterator[Definition]:
    """Yield definitions, and after each of them those in it."""
    for each in found:
        yield each
        yield from flat(each.inner)


def _by_grammar(parser: Parser, query: Query, text: str) -> Iterator[Definition]:
    from tree_sitter import QueryCursor  # noqa: PLC0415 - in the extra `code`

    tree = parser.parse(text.encode("utf-8", "replace"))
    for _, captures in QueryCursor(query).matches(tree.root_node):
        kind: Kind
        for kind in ("function", "type", "value", "part"):
            if kind in captures:
                node = captures[kind][0]
                names = captures.get("name", [])
                name = _plain(names[0]) if names else ""
                scope = f"{_plain(captures['scope'][0])}." if "scope" in captures else ""
                yield Definition(name, scope + name, kind, *_lines(node, with_comments=kind != "value"))


def _plain(node: Node) -> str:
    """The name in a declarator such as ``*Shape::area(int scale)`` or ``List<T>``: the text before the brackets."""
    while (inner := node.child_by_field_name("declarator")) is not None:
        node = inner
    text = (node.text or b"")[:200].decode("utf-8", "replace")
    found = _NAME.findall(text.partition("(")[0].partition("<")[0].lstrip("*& ")) or [text.strip()]
    return ".".join(part.strip() for part in found)


def _lines(node: Node, *, with_comments: bool) -> tuple[int, int]:
    """The first and last line, with decorators and the comment above. One blank line between is allowed."""
    while (around := node.parent) is not None and around.type in _AROUND and _only_one_in(around):
        node = around
    first, (last, column) = node.start_point.row, node.end_point
    if column == 0 and last > first:  # a node that ends with its newline
        last -= 1
    before = node.prev_sibling if with_comments else None
    while before is not None and before.type in _BEFORE:
        end = before.end_point.row - (before.end_point.column == 0)
        if end < first - 2 or before.start_point.row >= first or _shares_its_line(before):
            break
        first, before = before.start_point.row, before.prev_sibling
    return first + 1, last + 1


def _only_one_in(around: Node) -> bool:
    """Whether a declaration declares one thing only, unlike ``const a = …, b = …``."""
    declared = sum(child.type == "variable_declarator" for child in around.children)
    return declared <= 1 or "declaration" not in around.type


def _shares_its_line(comment: Node) -> bool:
    """Whether a comment follows code on its line, and so belongs to that code."""
    before = comment.prev_sibling
    return before is not None and before.end_point.row == comment.start_point.row and before.end_point.column > 0


def _by_ast(text: str) -> Iterator[Definition]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in somebody's file
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            start = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            kind: Kind = "type" if isinstance(node, ast.ClassDef) else "function"
            yield Definition(node.name, node.name, kind, start, node.end_lineno or node.lineno)


def _nested(found: Iterator[Definition]) -> list[Definition]:
    """The definitions as a tree, by their lines. A definition that ends after the one around it is shortened."""
    outermost: list[Definition] = []
    open_: list[Definition] = []
    for each in sorted(found, key=lambda definition: (definition.start, -definition.end, definition.kind == "part")):
        while open_ and open_[-1].end < each.start:
            open_.pop()
        if open_:
            each.end = min(each.end, open_[-1].end)
            around = open_[-1]
            if each.kind == "part" or (
                each.name == around.name and (each.start, each.end) == (around.start, around.end)
            ):
                continue
            if around.qualified:
                each.qualified = f"{around.qualified}.{each.qualified}" if each.name else around.qualified
        (open_[-1].inner if open_ else outermost).append(each)
        if each.kind != "value" and len(open_) < DEEPEST:
            open_.append(each)
    return outermost
