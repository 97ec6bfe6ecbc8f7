"""The PYTHON tool on the real sandbox."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator import Orchestrator
from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.runtime.tool_runs import arun_tool
from orchestrator.tools import _sandbox
from orchestrator.tools.python import create, run

EXAMPLES = create().examples
SOURCE = Path(__file__).parents[2] / "src"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.question)
def test_an_example_shows_the_sandboxes_own_result(example):
    assert run(example.argument) == example.result
    assert example.result in example.answer or example.result in ("True", "False")
    assert example.thought


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("'strawberry'.count('r')", "3"),
        ("print('one')\nprint('two')\n1 + 2", "one\ntwo\n3"),
        ("print('a', end='')", "a"),
        ("n = len('umbrella')", "8"),
        ("total: int = 5", "5"),
        ("x = 1\nx += 41", "42"),
        ("'a' == 'a'", "True"),
        ("'stone'[::-1]", "enots"),
        ("[1.5, 'a', None]", "[1.5, 'a', None]"),
        ("'é🍓'[::-1]", "🍓é"),
        ("from datetime import date\ndate(2026, 12, 25)", "2026-12-25"),
        ("```python\n1 + 1\n```", "2"),
        ("~~~\n1 + 1\n~~~", "2"),
        ("    x = 2\n    x * 3", "6"),
        ("import time\ntime.sleep(10 ** 6)\n'slept'", "slept"),
    ],
)
def test_what_is_printed_and_the_last_value_come_back(code, shown):
    assert run(code) == shown


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("", "no code"),
        ("# nothing", "shows nothing"),
        ("None", "shows nothing"),
        ("1 +", "SyntaxError"),
        ("1 / 0", "ZeroDivisionError: division by zero; correct the code"),
        ("a = 1\nb = 2\na.nope", "(line 3)"),
        ("print('so far')\n1 / 0", "printed before: so far"),
        ("import requests", "only these modules are here: asyncio, base64"),
        ("undefined", "starts afresh"),
        ("input()", "without input()"),
        ("9 ** 9 ** 9", "MemoryError"),
        ("' ' * 10 ** 9", "MemoryError"),
        ("print('x' * 10 ** 6)", "prints less"),
        ("while True: print('x' * 1000)", "prints less"),
        ("list(range(10 ** 8))", "MemoryError"),
        ("10 ** 5000", "more than 4,300 digits"),
        ("[10 ** 5000]", "more than 4,300 digits"),
        ("def f(): return f()\nf()", "RecursionError"),
        ("(" * 5_000 + ")" * 5_000, "SyntaxError"),
        ("x" * 100_000, "NameError"),
        ("1 \x00 + 1", "SyntaxError"),
        ("raise SystemExit", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("open('/etc/passwd').read()", "no files, no network"),
        ("open('made.txt', 'w')", "no files, no network"),
        ("import os\nos.listdir('/')", "no files, no network"),
        ("import os\nos.environ['PATH']", "no files, no network"),
        ("import os\nos.system('id')", "AttributeError"),
        ("from pathlib import Path\nPath('/etc/passwd').read_text()", "no files, no network"),
        ("import socket", "ModuleNotFoundError"),
        ("import subprocess", "ModuleNotFoundError"),
        ("import ctypes", "ModuleNotFoundError"),
        ("__import__('os').system('id')", "NameError"),
        ("().__class__.__bases__[0].__subclasses__()", "AttributeError"),
    ],
)
def test_what_cannot_be_done_is_told_to_the_model_with_the_way_out(code, says):
    with pytest.raises(ToolError) as caught:
        run(code)
    assert says in str(caught.value)
    assert len(str(caught.value)) < 1_000


def test_an_endless_loop_ends_at_the_limit_and_the_next_call_works(monkeypatch):
    monkeypatch.setattr(_sandbox, "SECONDS", 0.2)
    with pytest.raises(ToolError) as caught:
        run("print('begun')\nwhile True: pass")
    assert str(caught.value) == "too slow: not done in 0.2 seconds; use fewer steps; printed before: begun"
    assert run("1 + 1") == "2"


def test_a_long_result_is_cut_and_says_so():
    assert run("'x' * 150_000").endswith("… 50,000 more characters")


def test_calls_share_nothing():
    assert run("word = 'left'\nword") == "left"
    with pytest.raises(ToolError, match="NameError"):
        run("word")


def test_it_works_from_many_threads_at_once():
    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(run, [f"{n} * 2" for n in range(64)])) == [str(n * 2) for n in range(64)]


async def test_it_works_from_many_tasks_at_once():
    results = await asyncio.gather(*(arun_tool(create(), f"{n} + 1") for n in range(32)))
    assert [result.result for result in results] == [str(n + 1) for n in range(32)]


@given(st.text(max_size=200))
def test_any_text_gives_a_result_or_a_tool_error(text):
    with suppress(ToolError):
        assert run(text)


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1), st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
def test_letters_are_counted_as_python_counts_them(word, letter):
    assert run(f"{word!r}.count({letter!r})") == str(word.count(letter))


def test_the_modules_named_in_the_hint_are_those_that_can_be_imported():
    found = []
    for name in sorted(sys.stdlib_module_names):
        if not name.startswith("_"):
            try:
                found.append(run(f"import {name}\n'{name}'"))
            except ToolError as error:
                assert "ModuleNotFoundError" in str(error) or "ImportError" in str(error)  # noqa: PT017
    assert found == _sandbox.MODULES.split(", ")


def test_without_the_extra_the_error_names_its_install_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydantic_monty", None)
    with pytest.raises(ConfigError, match=r"pip install 'orchestrator-llm\[python\]'"):
        run("1")


def test_a_package_without_its_binary_is_a_config_error(monkeypatch):
    import pydantic_monty

    def missing(**_):
        raise FileNotFoundError("could not locate the `monty` binary")

    monkeypatch.setattr(_sandbox, "_POOL", _sandbox._Pool())
    monkeypatch.setattr(pydantic_monty, "Monty", missing)
    with pytest.raises(ConfigError, match="could not locate"):
        run("1")


def test_a_worker_that_cannot_start_is_a_config_error(monkeypatch):
    monkeypatch.setattr(_sandbox, "_POOL", _sandbox._Pool())
    monkeypatch.setenv("MONTY_BIN", "/no/such/monty")
    with pytest.raises(ConfigError, match="does not start"):
        run("1")


PROGRAM = """
import os, signal, subprocess, sys
from orchestrator.core.errors import ConfigError
from orchestrator.tools.python import run
print(run("6 * 7"), flush=True)
"""


def program(end: str) -> subprocess.Popen[str]:
    """A program with a process group of its own that has called the tool once."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM + end],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        start_new_session=True,
    )


posix = pytest.mark.skipif(sys.platform == "win32", reason="sessions, signals and forks are POSIX")


@posix
@pytest.mark.parametrize(
    ("end", "status"),
    [("", 0), ("os.kill(os.getpid(), signal.SIGKILL)", -9), ("sys.exit(3)", 3), ("1 / 0", 1)],
    ids=["end", "kill -9", "exit", "error"],
)
def test_however_the_program_ends_it_leaves_no_process(end, status):
    process = program(end)
    process.communicate(timeout=60)
    assert process.returncode == status
    assert gone(process.pid)


@posix
def test_ctrl_c_in_an_endless_loop_ends_at_once_and_leaves_no_process():
    process = program('print("looping", flush=True)\nrun("while True: pass")')
    assert process.stdout is not None
    assert [process.stdout.readline(), process.stdout.readline()] == ["42\n", "looping\n"]
    os.killpg(process.pid, signal.SIGINT)  # as a terminal sends it: to the whole group
    _, error = process.communicate(timeout=60)
    assert "KeyboardInterrupt" in error
    assert gone(process.pid)


@posix
def test_a_forked_child_is_told_instead_of_waiting_for_ever():
    process = program(
        """
child = os.fork()
if not child:
    try:
        run("1")
    except ConfigError as error:
        print(error, flush=True)
    os._exit(0)
os.waitpid(child, 0)
print(run("2 + 2"))
"""
    )
    output, error = process.communicate(timeout=60)
    assert output.splitlines() == ["42", str(ConfigError(FORKED)), "4"], error


FORKED = "PYTHON ran before this process was forked: use it first in the child, or start by spawn"


def gone(group: int) -> bool:
    """Whether no process of the group is left; a worker whose snippet runs on ends with its limit."""
    for _ in range(600):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("question", "call", "count"),
    [
        ("How many r's are in strawberry?", "'strawberry'.count('r')", "3"),
        ("How many b's are in blueberry?", "'blueberry'.count('b')", "2"),
        ("How many times does the letter s appear in possession?", "'possession'.count('s')", "4"),
        ("Count the letter p in pineapple.", "'pineapple'.count('p')", "3"),
        ("In the word murmur, how many m's are there?", "'murmur'.count('m')", "2"),
    ],
)
def test_the_embedded_model_counts_letters_with_it(question, call, count, weights):
    asked = Orchestrator("embedded", tools=["PYTHON"]).run(question)
    assert [(each.name, each.argument, each.result) for each in asked.calls] == [("PYTHON", call, count)]
    assert count in asked.answer
    assert asked.finish == "answered"


def test_no_worked_example_is_about_the_questions_asked_here():
    assert not [example for example in EXAMPLES if "strawberry" in example.question or "blueberry" in example.question]
