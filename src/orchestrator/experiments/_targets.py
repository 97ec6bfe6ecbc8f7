"""Questions and the lines that answer them, computed from the code, so that no person must judge. Knows no chunkers.

The first sentence of a function's docstring is the question, and the function is the answer. The docstring is removed
from the code that is searched.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestrator.core.errors import ConfigError
from orchestrator.experiments._data import samples

VALIDATE, ERRORS = "How does this validate user input?", "Show me error handling"  # the notes' questions
MOST_QUERIES = 60
LEAST_WORDS = 4  # of a sentence that is used as a question
LARGEST_FILE = 200_000  # bytes

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Target:
    """A question and the lines that answer it, as (path, line)."""

    question: str
    lines: frozenset[tuple[str, int]]


def notes_targets() -> list[Target]:
    """Return the notes' two questions: for the whole validation, and for every line that raises or handles an error."""
    whole = {("registration.py", line) for line in range(1, samples().notes["registration.py"].count("\n") + 1)}
    errors = {
        (path, line)
        for path, text in samples().notes.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Raise | ast.Try)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    return [Target(VALIDATE, frozenset(whole)), Target(ERRORS, frozenset(errors))]


def repository(folder: Path) -> tuple[dict[str, str], list[Target]]:
    """Return the Python files of a folder without docstrings, and questions for at most 60 of their functions.

    Raises:
        ConfigError: There is no function with a docstring.
    """
    files: dict[str, str] = {}
    targets: list[Target] = []
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        try:
            if path.stat().st_size > LARGEST_FILE:
                continue
            files[name], asked = _without_docstrings(path.read_text("utf-8"))
        except (OSError, SyntaxError, UnicodeDecodeError, ValueError, RecursionError):
            continue  # a dangling link, or not Python of this version
        targets += [Target(question, frozenset((name, line) for line in lines)) for question, lines in asked]
    unique = {target.question: target for target in targets}
    if not unique:
        raise ConfigError(f"{folder} holds no Python function with a docstring: name another folder with --repository")
    every = max(1, -(-len(unique) // MOST_QUERIES))
    return files, list(unique.values())[::every]


def _without_docstrings(text: str) -> tuple[str, list[tuple[str, range]]]:
    """The text without its functions' docstrings; for each function the first sentence and its lines in that text."""
    functions = [(node, doc) for node in _functions(ast.parse(text)) if (doc := ast.get_docstring(node))]
    gone = {
        line
        for node, _ in functions
        if len(node.body) > 1
        for line in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }
    kept = [line for line in range(1, text.count("\n") + 2) if line not in gone]
    new_place = {line: place for place, line in enumerate(kept, 1)}
    lines = text.split("\n")
    asked = []
    for node, doc in functions:
        sentence = " ".join(doc.split("\n\n")[0].split()).split(". ")[0]
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        places = [new_place[line] for line in range(first, (node.end_lineno or first) + 1) if line in new_place]
        if len(node.body) > 1 and len(sentence.split()) >= LEAST_WORDS:
            asked.append((sentence, range(places[0], places[-1] + 1)))
    return "\n".join(lines[line - 1] for line in kept), asked


def _functions(tree: ast.AST) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def inside_functions(text: str) -> frozenset[int]:
    """Return the lines inside functions, without the first lines; none if the text does not parse."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    return frozenset(
        line for node in _functions(tree) for line in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
    )
