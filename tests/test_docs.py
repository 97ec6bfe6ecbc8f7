"""Every fenced block in README.md and docs/ is run, or at least parsed.

python    the blocks of a page run in order, in one namespace and one folder. A comment behind a ``print`` is what it
          prints. Functions called ``test_…`` are called at the end of their block.
console   each ``$ orchestrator …`` line is parsed by the real command and run; the lines below it are its output.
text      under ``<!-- output -->``: what the Python block before it has printed. Else words, which nothing can check.
json, jsonl, toml    parsed.

``<!-- not run: why -->`` above a block: it is compiled or parsed, and not run. ``…`` in an expected output is anything.
"""

from __future__ import annotations

import ast
import io
import json
import os
import re
import shlex
import sys
import tokenize
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from types import ModuleType

import pytest
import typer
from typer.testing import CliRunner

import orchestrator
from orchestrator.cli import app

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "orchestrator"
PAGES = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")),
]


@dataclass(frozen=True, slots=True)
class Block:
    page: str
    line: int  # of its first line of content, from 1
    language: str
    text: str
    mark: str  # of the comment above it; "" where there is none

    @property
    def runs(self) -> bool:
        return not self.mark.startswith("not run:")

    def __str__(self) -> str:
        return f"{self.page}, line {self.line}"


@pytest.mark.parametrize("page", [page for page in PAGES if "```" in (ROOT / page).read_text("utf-8")])
def test_the_blocks_of_a_page_run_and_print_what_it_says(page, tmp_path, monkeypatch, home):
    monkeypatch.chdir(tmp_path)
    reader = Reader(page)
    for block in blocks(page):
        LANGUAGES[block.language](reader, block)


def test_every_block_is_of_a_known_kind_and_every_mark_says_why():
    for block in (block for page in PAGES for block in blocks(page)):
        assert block.language in LANGUAGES, f"{block}: a block of {block.language or 'no language'}"
        if block.mark.startswith("not run"):
            assert re.fullmatch(r"not run: \w.{3,}", block.mark), f"{block}: say why it is not run"


def test_the_reference_holds_every_public_name():
    text = (ROOT / "docs" / "reference.md").read_text("utf-8")
    assert [name for name in orchestrator.__all__ if f"::: orchestrator.{name}\n" not in text] == []


def test_links_between_pages_lead_somewhere():
    dead = [
        f"{page}: {target}"
        for page in PAGES
        for target in links(page)
        if not (ROOT / page).parent.joinpath(target).exists()
    ]
    assert dead == []


def test_the_files_that_the_pages_name_exist():
    for page in PAGES:
        for name in re.findall(r"`((?:\w+/)+\w+\.\w+)`", (ROOT / page).read_text("utf-8")):
            example = "NAME" in name or name.endswith("/reverse.py")
            assert example or any((folder / name).exists() for folder in (ROOT, PACKAGE)), f"{page}: {name}"


def links(page: str) -> list[str]:
    """What a page links to in this repository."""
    text = re.sub(r"^```.*?^```$", "", (ROOT / page).read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    found = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    return [target for target in found if "://" not in target]


# --- Reading a page ---------------------------------------------------------------------------------------------------

_MARK = re.compile(r"<!--\s*(.*?)\s*-->")
_FENCE = re.compile(r"\s*(```+|~~~+)\s*(\w*)")


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks in order. A fence that is indented, longer or of tildes is a block as well."""
    lines = (ROOT / page).read_text("utf-8").split("\n")
    at = 0
    while at < len(lines):
        opened = _FENCE.match(lines[at])
        at += 1
        if not opened:
            continue
        above = _MARK.fullmatch(lines[at - 2].strip()) if at > 1 else None
        begin = at
        while lines[at].strip() != opened[1]:
            at += 1
        text = "".join(f"{line}\n" for line in lines[begin:at])
        yield Block(page, begin + 1, opened[2], text, above[1] if above else "")
        at += 1


@dataclass(slots=True)
class Reader:
    """What somebody who types a page from its beginning has so far."""

    page: str
    module: ModuleType = field(init=False)
    printed: list[tuple[int, str]] = field(default_factory=list)  # by the last Python block: line, text

    def __post_init__(self) -> None:
        name = re.sub(r"\W", "_", self.page)
        self.module = sys.modules[name] = ModuleType(name)  # where dataclasses and pydantic look names up
        self.module.__dict__["print"] = self._print

    def _print(self, *values: object, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        self.printed.append((sys._getframe(1).f_lineno, sep.join(map(str, values)) + end))


# --- Running a block --------------------------------------------------------------------------------------------------


def run_python(reader: Reader, block: Block) -> None:
    source = "\n" * (block.line - 1) + block.text
    tree = ast.parse(source)
    code = compile(source, str(ROOT / block.page), "exec", dont_inherit=True)
    if not block.runs:
        return
    reader.printed.clear()
    names = reader.module.__dict__
    exec(code, names)
    for each in tree.body:
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_"):
            names[each.name]()
    expected = list(prints(tree, source))
    for first_line, comment in expected:
        said = "".join(text for line, text in reader.printed if line == first_line)
        assert fits([comment], said), f"{block.page}, line {first_line} prints {said!r}"


def prints(tree: ast.Module, source: str) -> Iterator[tuple[int, str]]:
    """The line of each ``print`` that has a comment behind it, and the comment."""
    comments = {
        token.start[0]: token.string.removeprefix("#").strip()
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            comment = comments.get(node.end_lineno or 0)
            if comment is not None:
                yield node.lineno, comment


def run_console(_: Reader, block: Block) -> None:
    found = list(commands(block))
    assert found, f"{block}: no line begins with $"
    for line, output in found:
        environment = dict(word.split("=", 1) for word in takewhile(_ASSIGNMENT.match, line))
        words = line[len(environment) :]
        if words[0] != "orchestrator":
            assert not block.runs, f"{block}: {words[0]} is not run here: mark the block"
            check_other(words, block)
            continue
        parse(words[1:])
        if not block.runs:
            continue
        done = CliRunner().invoke(app, words[1:], env=environment)
        assert done.exit_code == 0, f"{block}: {shlex.join(words)}: {done.output}{done.exception!r}"
        if output:
            assert fits(output, done.stdout), f"{block}: {shlex.join(words)} prints\n{done.stdout}"


def commands(block: Block) -> Iterator[tuple[list[str], list[str]]]:
    """The words of each command, and the lines of output below it."""
    lines = block.text.replace("\\\n", " ").splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for number, following in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield shlex.split(lines[number][2:], comments=True), lines[number + 1 : following]


_ASSIGNMENT = re.compile(r"[A-Z_]+=")


def parse(words: list[str]) -> None:
    """Parse a command as the real program does, and do nothing. Raises its error for wrong use."""
    command, context, name, left = typer.main.get_command(app), None, "orchestrator", words
    try:
        while True:
            context = command.make_context(name, list(left), parent=context)
            left = [*getattr(context, "_protected_args", ()), *context.args]
            if not left or not hasattr(command, "resolve_command"):
                return
            name, command, left = command.resolve_command(context, left)
    except typer.Exit:  # --version
        return


def check_other(words: list[str], block: Block) -> None:
    """What can be said of the few other programs: the target or the extra is there."""
    if words[0] == "make":
        assert f"\n{words[1]}:" in (ROOT / "Makefile").read_text("utf-8"), f"{block}: make {words[1]}"
    elif words[0] == "pip":
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
        named = [name for word in words for match in re.findall(r"\[([\w,]+)\]", word) for name in match.split(",")]
        assert set(named) <= set(extras), f"{block}: {shlex.join(words)}"
    else:
        assert Path(words[0]).name in {"python", "pytest", "pre-commit"}, f"{block}: {shlex.join(words)}"


def compare_text(reader: Reader, block: Block) -> None:
    if block.mark == "output":
        said = "".join(text for _, text in reader.printed)
        assert fits(block.text.splitlines(), said), f"{block}: printed was\n{said}"


def fits(expected: list[str], said: str) -> bool:
    """Whether ``said`` is the expected lines, in which … is anything. The last may be … for any number of lines."""
    lines = [line.strip() for line in said.strip().splitlines()]
    wanted = [line.strip() for line in expected]
    if wanted and wanted[-1] == "…":
        wanted = wanted[:-1]
        lines = lines[: len(wanted)]
    patterns = [".*".join(map(re.escape, line.split("…"))) for line in wanted]
    return len(lines) == len(patterns) and all(map(re.fullmatch, patterns, lines))


LANGUAGES: dict[str, Callable[[Reader, Block], object]] = {
    "python": run_python,
    "console": run_console,
    "text": compare_text,
    "json": lambda _, block: json.loads(block.text),
    "jsonl": lambda _, block: [json.loads(line) for line in block.text.splitlines()],
    "toml": lambda _, block: tomllib.loads(block.text),
}


@pytest.fixture(scope="module")
def _home(weights, tmp_path_factory) -> dict[str, str]:
    """A cache that holds the weights and nothing else, and a data folder: one of each for all pages."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "cache").mkdir()
    try:
        os.link(weights, folder / "cache" / weights.name)
    except OSError:  # another disk
        (folder / "cache" / weights.name).symlink_to(weights)
    return {"ORCHESTRATOR_CACHE": str(folder / "cache"), "ORCHESTRATOR_DATA": str(folder / "data"), "COLUMNS": "120"}


@pytest.fixture
def home(_home, monkeypatch) -> None:
    for name, value in _home.items():
        monkeypatch.setenv(name, value)
