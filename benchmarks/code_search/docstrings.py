"""The set "docstring → function", made from the standard library of this Python at run time.

Every module is copied without its docstrings. A query is the first sentence of a docstring. The right answer is the
lines of that function in the copy. `test` and the vendored pip are left out. With ``alone`` the copies contain only
documented functions and the heads of their classes: the less else there is to find, the easier the search.

The static embedder is trained on the library without the functions of `benchmarks/code_search/sets/held_out.txt`:
without their docstrings, their code, and copies with their docstring. The file names them, because a random choice
would differ between versions of Python.
"""

from __future__ import annotations

import ast
import random
import sysconfig
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Literal

from benchmarks.code_search.queries import Query, QuerySet, Target

_LEFT_OUT = {"test", "tests", "idle_test", "site-packages", "ensurepip", "__pycache__", "lib2to3", "pydoc_data"}
FEWEST_WORDS = 4
FEWEST_LINES = 3  # of code, without the docstring
_HELD_OUT = Path(__file__).parent / "sets" / "held_out.txt"

Kind = Literal["held out", "trained on"]
_ABOUT: dict[Kind, str] = {
    "held out": "the first sentence of a docstring, and its function; no docstring is in the index. The static "
    "embedder has seen neither docstring nor code of these functions, but the rest of the library",
    "trained on": "the same of functions that it was trained on: what memory is worth, not what to expect elsewhere",
}
_ALONE = "the same, with nothing but documented functions to find, most of which it was trained on"


@dataclass(frozen=True, slots=True)
class _Described:
    name: str
    sentence: str
    lines: int


def docstrings(
    folder: Path, count: int = 300, *, part: str = "", alone: bool = False, kind: Kind = "held out"
) -> QuerySet:
    """Write the library without docstrings into a folder, and return questions about it.

    Args:
        folder: The folder for the copies.
        count: How many questions to return at most.
        part: A package of the library; empty for all of it.
        alone: Copy only documented functions.
        kind: Whether to ask for held-out functions or for those in the training.
    """
    held, fitting = held_out(), []
    for path, file in modules(part):
        found = _copy(file, folder / path, path, alone=alone)
        fitting += [query for name, query in found.items() if ((path, name) in held) == (kind == "held out")]
    name = f"standard library, functions {kind}" + (", documented functions alone" if alone else "")
    chosen = random.Random(7).sample(fitting, min(count, len(fitting)))
    return QuerySet(name, "python", folder, tuple(chosen), _ALONE if alone else _ABOUT[kind])


def modules(part: str = "") -> Iterator[tuple[str, Path]]:
    """Yield the modules of the library, or of a part of it, with their paths in the library."""
    library = Path(sysconfig.get_path("stdlib"))
    for file in sorted((library / part).rglob("*.py")):
        path = file.relative_to(library)
        if not _LEFT_OUT & set(path.parts):
            yield path.as_posix(), file


def held_out() -> frozenset[tuple[str, str]]:
    """Return (path, qualified name) of the functions that are not in the training."""
    lines = _HELD_OUT.read_text(encoding="utf-8").splitlines()
    return frozenset((path, name) for path, name in (line.split() for line in lines))


def _copy(file: Path, copy: Path, path: str, *, alone: bool) -> dict[str, Query]:
    """Copy a module without docstrings. Return its questions by the names of their functions."""
    try:
        source = file.read_text(encoding="utf-8")
        described = [one for one in _described(parsed(source)) if one.lines >= FEWEST_LINES]
        stripped = without_docstrings(source)
        if alone:
            stripped = _only(stripped, {one.name for one in described})
        spans = dict(_functions(parsed(stripped)))
    except (SyntaxError, UnicodeDecodeError):
        return {}
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(stripped, encoding="utf-8")
    return {
        one.name: Query(one.sentence, (Target(path, spans[one.name].lineno, spans[one.name].end_lineno),), "docstring")
        for one in described
        if one.name in spans
    }


def _only(source: str, names: set[str]) -> str:
    """The functions with these names, and the first lines of their classes."""
    tree, lines = parsed(source), StringIO(source).readlines()
    kept: set[int] = set()
    for name, node in _functions(tree):
        if name in names:
            kept.update(range(first_line(node), (node.end_lineno or node.lineno) + 1))
    for owner in ast.walk(tree):
        if isinstance(owner, ast.ClassDef) and kept & set(range(owner.lineno, (owner.end_lineno or owner.lineno) + 1)):
            kept.update(range(first_line(owner), first_line(owner.body[0])))
    return "".join(lines[number - 1] for number in sorted(kept))


def first_line(node: ast.stmt) -> int:
    """Return the first line of a statement with its decorators, counted from 1."""
    decorators = node.decorator_list if isinstance(node, ast.ClassDef | _Function) else []
    return min([node.lineno, *(each.lineno for each in decorators)])


def without_docstrings(source: str) -> str:
    """Return source code without docstrings, with `pass` if a body would be empty."""
    lines = StringIO(source).readlines()  # as the parser counts lines: a form feed ends none
    for owner in [node for node in ast.walk(parsed(source)) if isinstance(node, _OWNERS)]:
        docstring = owner.body[0] if owner.body else None
        if ast.get_docstring(owner, clean=False) is None or docstring is None or docstring.end_lineno is None:
            continue
        if not lines[docstring.lineno - 1].lstrip().startswith(("'", '"', "r", "R", "u", "U")):
            continue  # on the line of its `def`: it stays, and is no question
        indent = lines[docstring.lineno - 1][: docstring.col_offset]
        lines[docstring.lineno - 1] = "" if len(owner.body) > 1 or isinstance(owner, ast.Module) else f"{indent}pass\n"
        lines[docstring.lineno : docstring.end_lineno] = [""] * (docstring.end_lineno - docstring.lineno)
    return "".join(lines)


_OWNERS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _described(tree: ast.Module) -> Iterator[_Described]:
    for name, node in _functions(tree):
        docstring = ast.get_docstring(node) or ""
        sentence = " ".join(docstring.split("\n\n", 1)[0].split(". ", 1)[0].split()).rstrip(".")
        own = node.body[0]
        if len(sentence.split()) >= FEWEST_WORDS and own.lineno > node.lineno:
            inside = (own.end_lineno or own.lineno) - own.lineno + 1
            yield _Described(name, sentence, (node.end_lineno or node.lineno) - node.lineno + 1 - inside)


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, _Function]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{node.name}", node
            yield from _functions(node, f"{prefix}{node.name}.")


def parsed(source: str) -> ast.Module:
    """Parse source code without the warnings about old code, such as those about backslashes."""
    with warnings.catch_warnings(action="ignore"):
        return ast.parse(source)
