"""The outline of a file: which functions, types and constants it defines, on which lines, nested.

It uses tree-sitter if there is a grammar (it reads broken code as well), Python's ``ast`` for Python without a grammar,
and nothing for other files. No content of a file makes it raise. Knows syntax; not chunks.
"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from orchestrator.code.languages import grammar, language_of

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Query

DEEPEST = 30  # nested definitions; a deeper one belongs to the one above it
_DEEP = 500  # nodes around a definition: the time for the parent of a node grows with its depth
_COMMENTS = 1_000  # nodes before a definition that can belong to it: decorators and lines of a comment
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
    siblings = _Siblings()
    cursor = QueryCursor(query)
    cursor.set_max_start_depth(_DEEP)
    for _, captures in cursor.matches(tree.root_node):
        kind: Kind
        for kind in ("function", "type", "value", "part"):
            if kind in captures:
                node = captures[kind][0]
                names = captures.get("name", [])
                name = _plain(names[0]) if names else ""
                scope = f"{_plain(captures['scope'][0])}." if "scope" in captures else ""
                yield Definition(name, scope + name, kind, *_lines(node, siblings, with_comments=kind != "value"))


def _plain(node: Node) -> str:
    """The name in a declarator such as ``*Shape::area(int scale)`` or ``List<T>``: the text before the brackets."""
    while (inner := node.child_by_field_name("declarator")) is not None:
        node = inner
    text = (node.text or b"")[:200].decode("utf-8", "replace")
    found = _NAME.findall(text.partition("(")[0].partition("<")[0].lstrip("*& ")) or [text.strip()]
    return ".".join(part.strip() for part in found)


@dataclass(slots=True)
class _Siblings:
    """The children of each node that was asked about: ``Node.prev_sibling`` goes through all of them at every call."""

    known: dict[int, tuple[list[Node], list[int]]] = field(default_factory=dict)

    def children(self, parent: Node) -> tuple[list[Node], list[int]]:
        """Return the children of a node, and where they start."""
        if parent.id not in self.known:
            children = parent.children
            self.known[parent.id] = (children, [child.start_byte for child in children])
        return self.known[parent.id]

    def before(self, node: Node) -> list[Node]:
        """Return the last siblings before a node, at most ``_COMMENTS`` of them, the nearest first."""
        if node.parent is None:
            return []
        children, starts = self.children(node.parent)
        at = bisect_left(starts, node.start_byte)
        return children[max(0, at - _COMMENTS) : at][::-1]

    def only_one_in(self, around: Node) -> bool:
        """Whether a declaration declares one thing only, unlike ``const a = …, b = …``."""
        if "declaration" not in around.type:
            return True
        declared = (child for child in self.children(around)[0] if child.type == "variable_declarator")
        return next(declared, None) is None or next(declared, None) is None


def _lines(node: Node, siblings: _Siblings, *, with_comments: bool) -> tuple[int, int]:
    """The first and last line, with decorators and the comment above. One blank line between is allowed."""
    while (around := node.parent) is not None and around.type in _AROUND and siblings.only_one_in(around):
        node = around
    first, (last, column) = node.start_point.row, node.end_point
    if column == 0 and last > first:  # a node that ends with its newline
        last -= 1
    before = siblings.before(node) if with_comments else []
    for comment, earlier in zip_longest(before, before[1:]):
        end = comment.end_point.row - (comment.end_point.column == 0)
        apart = end < first - 2 or comment.start_point.row >= first
        if comment.type not in _BEFORE or apart or _shares_its_line(comment, earlier):
            break
        first = comment.start_point.row
    return first + 1, last + 1


def _shares_its_line(comment: Node, before: Node | None) -> bool:
    """Whether a comment follows code on its line, and so belongs to that code."""
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
