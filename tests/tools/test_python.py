"""The PYTHON tool on the real sandbox."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator import Orchestrator
from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.runtime.tool_runs import arun_tool, run_tool
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


# Values of a few lines of code that cannot be written out here, or only in minutes: too large, too deep, or slow to
# rebuild in CPython, because their keys collide there.
DOUBLED = "for i in range(40): x = {}\nx"
DEEP = "for i in range({}): x = {}\nx"
COLLIDING = "M = 2 ** 61 - 1\n{}"
HOSTILE = {
    "a list of itself twice, 40 times": "x = [0]\n" + DOUBLED.format("[x, x]"),
    "tuples": "x = (0,)\n" + DOUBLED.format("(x, x)"),
    "dicts": "x = {}\n" + DOUBLED.format("{0: x, 1: x}"),
    "deques": "from collections import deque\nx = 0\n" + DOUBLED.format("deque([x, x])"),
    "named tuples": "from collections import namedtuple\nP = namedtuple('P', 'a b')\nx = 0\n"
    + DOUBLED.format("P(x, x)"),
    "objects": "class A:\n  def __init__(s, x): s.x = s.y = x\nx = 0\n" + DOUBLED.format("A(x)"),
    "mixed": "x = 0\n" + DOUBLED.format("[(x, {1: x})]"),
    "a name of it as the last line": "x = [0]\nfor i in range(40): x = [x, x]\ny = x",
    "str, repr and print are the snippet's own": "str = repr = print = len\nx = [0]\n" + DOUBLED.format("[x, x]"),
    "lists that hold each other": "x = [[] for i in range(300)]\nfor a in x:\n  for b in x: a.append(b)\nx",
    "a large text often": "x = 'a' * 10 ** 6\n[x] * 10 ** 5",
    "a large number often": "x = 10 ** 4000\n[x] * 10 ** 6",
    "too many digits": "{'a': [2 ** 100_000]}",
    "deep": "x = []\n" + DEEP.format(3_000, "[x]"),
    "deeper": "x = []\n" + DEEP.format(1_000_000, "[x]"),
    "deep tuples": "x = ()\n" + DEEP.format(100_000, "(x,)"),
    "deep dicts": "x = {}\n" + DEEP.format(30_000, "{'a': [x]}"),
    "deep frozensets": "x = frozenset()\n" + DEEP.format(5_000, "frozenset([x])"),
    "deep objects": "class A:\n  def __init__(s, x): s.x = x\nx = 0\n" + DEEP.format(50_000, "A(x)"),
    "colliding keys": COLLIDING.format("{i * M: 0 for i in range(200_000)}"),
    "a colliding set": COLLIDING.format("[{i * M for i in range(200_000)}]"),
    "colliding tuples": COLLIDING.format("{(i * M,): 0 for i in range(100_000)}"),
    "colliding frozenset": COLLIDING.format("(frozenset(i * M for i in range(200_000)),)"),
    "unhashable as a key": "class A:\n  def __hash__(s): return 1\n{A() for i in range(100)}",
    "an endless iterator": "import itertools\nmap(str, itertools.count())",
    "an error with it": "x = (0,)\nfor i in range(40): x = (x, x)\n{}[x]",
}


@pytest.mark.parametrize("code", HOSTILE.values(), ids=HOSTILE)
def test_a_value_that_is_hard_to_write_out_is_a_short_text_or_a_tool_error_and_stops_nothing_else(code, monkeypatch):
    monkeypatch.setattr(_sandbox, "TEXT_SECONDS", 0.5)
    monkeypatch.setattr(_sandbox, "SECONDS", 1.0)
    run("1")
    memory = resident()
    with ticking() as longest_pause:
        result = run_tool(create(), code)
    assert longest_pause() < 0.5
    assert resident() - memory < 50 << 20
    assert len(result.result) < (100_100 if result.ok else 1_000)
    assert run("1 + 1") == "2"


@pytest.mark.parametrize(
    ("code", "length"),
    [
        ("'\\x00' * 10 ** 6", 100_032),
        ("[1.5] * 10 ** 6", 100_034),
        ("b'\\xff' * 10 ** 6", 100_034),
        ("{'k' * i: i for i in range(3_000)}", 100_034),
        ("type('A' * 10 ** 6, (), {})()", 100_033),
        ("print('a' * 99_000)\n'b' * 10 ** 6", 199_033),
    ],
)
def test_no_text_is_longer_than_its_limit(code, length):
    assert len(run(code)) <= length
    assert run(code).endswith(" more characters")


@pytest.mark.parametrize(
    "code",
    [
        "raise ValueError('x' * 10 ** 6)",
        "x = 'x' * 10 ** 6\nassert x == 1, x",
        "{}['k' * 10 ** 6]",
        "int('1' * 4_000 + 'x')",
    ],
)
def test_the_message_of_an_error_is_cut(code):
    with pytest.raises(ToolError) as caught:
        run(code)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("float('nan'), float('inf')", "(nan, inf)"),
        ("x = [1]\nx.append(x)\nx", "[1, [...]]"),
        ("'\\ud800'", "\N{REPLACEMENT CHARACTER}"),
        ("{1, 2}, frozenset({3})", "({1, 2}, frozenset({3}))"),
        ("b'a\\xff'", "b'a\\xff'"),
        ("10 ** 4_299", "1" + "0" * 4_299),
        ("from decimal import Decimal\n[Decimal('1.50')]", "[Decimal('1.50')]"),
        ("class A:\n  def __repr__(self): return 'A!'\nA()", "A!"),
        ("class A:\n  def __str__(self): return 'A?'\nA()", "A?"),
        ("from dataclasses import dataclass\n@dataclass\nclass P:\n  x: int\n[P(1)]", "[P(x=1)]"),
        ("range(3), print, ...", "(range(0, 3), <built-in function print>, Ellipsis)"),
        ("x = {}\nx['self'] = x\n[x]  # a comment", "[{'self': {...}}]"),
        ("(1,\n 'é')", "(1, 'é')"),
        ("'é'; ['é',\n  2]  ", "['é', 2]"),
        ("import datetime\ndatetime.date(2026, 1, 2)", "2026-01-02"),
        ("str = repr = len\n[1, 2]", "[1, 2]"),
        ("ValueError('x')", "x"),
    ],
)
def test_unusual_values_are_written_as_python_writes_what_comes_out_of_the_sandbox(code, shown):
    assert run(code) == shown


def test_a_function_is_shown_by_its_name():
    assert run("def f(): pass\nf").startswith("<function 'f' at 0x")


PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cn", "Cs"]), max_size=9)  # the sandbox has Unicode of another year
)


@given(st.recursive(PLAIN, lambda each: st.lists(each, max_size=4) | st.dictionaries(PLAIN, each, max_size=4)))
def test_a_value_is_written_as_python_writes_it(value):
    with suppress(ToolError):  # None and empty text show nothing
        assert run(repr(value)) == str(value).rstrip("\n")


@pytest.mark.parametrize(
    "code",
    ["`" * 400_000 + "\n" + "`" * 400_000, "```\n" + "`" * 900_000, (" " * 400_000 + "a\n") * 2, "a=\n" * 300_000],
)
def test_code_that_is_slow_to_unwrap_stops_nothing_else(code):
    with ticking() as longest_pause, suppress(ToolError):
        run(code)
    assert longest_pause() < 0.5


@pytest.mark.parametrize("code", ["'\ud800'", "# \udfff", "\ud83d\n1"])
def test_code_that_is_no_unicode_is_a_tool_error(code):
    with pytest.raises(ToolError, match="surrogates"):
        run(code)


def test_code_that_is_too_long_is_refused():
    with pytest.raises(ToolError, match="at most 1,000,000 characters"):
        run("#" * 1_000_001)


@contextmanager
def ticking() -> Iterator[Callable[[], float]]:
    """Another thread that wants to run every 10 ms, and how long it had to wait at most."""
    ended, pauses = threading.Event(), [0.0]

    def tick() -> None:
        last = time.perf_counter()
        while not ended.wait(0.01):
            now = time.perf_counter()
            pauses.append(now - last)
            last = now

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        yield lambda: max(pauses)
    finally:
        ended.set()
        thread.join()


def resident() -> int:
    """The memory of this process in bytes; 0 if the system does not say it."""
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if pages.exists() else 0


async def test_other_tasks_go_on_while_a_value_cannot_be_written_out(monkeypatch):
    monkeypatch.setattr(_sandbox, "SECONDS", 1.0)
    hostile = asyncio.create_task(arun_tool(create(), HOSTILE["tuples"]))
    calls = 0
    while not hostile.done():
        assert (await arun_tool(create(), f"{calls} + 1")).result == str(calls + 1)
        calls += 1
    assert not (await hostile).ok
    assert calls > 20


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


@pytest.fixture
def fresh(monkeypatch):
    """No process from earlier tests."""
    workers = _sandbox._idle_workers()
    monkeypatch.setattr(_sandbox, "_WORKERS", workers)
    yield
    while not workers.empty():
        workers.get_nowait().drop()


@pytest.mark.parametrize(
    ("package", "says"),
    [
        ("def Monty(**_): raise FileNotFoundError('could not locate the `monty` binary')", "could not locate"),
        ("raise ImportError('undefined symbol')", "undefined symbol"),
        ("import os; os._exit(1)", "does not start"),
    ],
    ids=["binary", "import", "crash"],
)
def test_a_package_that_does_not_work_is_a_config_error(package, says, fresh, tmp_path, monkeypatch):
    (tmp_path / "pydantic_monty.py").write_text(package)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError, match="reinstall pydantic-monty") as caught:
        run("1")
    assert says in str(caught.value)


def test_a_worker_that_cannot_start_is_a_config_error(fresh, monkeypatch):
    monkeypatch.setenv("MONTY_BIN", "/no/such/monty")
    with pytest.raises(ConfigError, match="does not start"):
        run("1")


def test_a_program_without_a_python_says_so(fresh, monkeypatch):
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(ConfigError, match="no Python to start"):
        run("1")


def test_no_more_calls_run_at_once_than_there_are_workers(fresh, monkeypatch):
    monkeypatch.setattr(_sandbox, "BUSY_SECONDS", 0.1)
    taken = [_sandbox._WORKERS.get() for _ in range(os.cpu_count() or 1)]
    with pytest.raises(ToolError, match="all busy"):
        run("1")
    for worker in taken:
        _sandbox._WORKERS.put(worker)
    assert run("1") == "1"


def test_calls_one_after_another_use_one_process(fresh):
    assert [run(f"{n}") for n in range(5)] == list("01234")
    assert [worker.process is None for worker in _sandbox._WORKERS.queue].count(False) == 1


def test_a_process_that_was_killed_while_idle_is_replaced(fresh):
    run("1")
    process = _sandbox._WORKERS.queue[-1].process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process._process.wait()
    assert run("2") == "2"


PROGRAM = """
import os, signal, subprocess, sys
from orchestrator.tools.python import run
print(run("6 * 7"), flush=True)
"""
MARK = "A_TEST_OF_THE_SANDBOX"


def program(end: str) -> tuple[subprocess.Popen[str], str]:
    """A program that has called the tool once, and the mark of all its processes."""
    mark = uuid.uuid4().hex
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM + end],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(SOURCE), MARK: mark},
        start_new_session=True,
    )
    return process, mark


posix = pytest.mark.skipif(sys.platform == "win32", reason="sessions, signals and forks are POSIX")


@posix
@pytest.mark.parametrize(
    ("end", "status"),
    [("", 0), ("os.kill(os.getpid(), signal.SIGKILL)", -9), ("sys.exit(3)", 3), ("1 / 0", 1)],
    ids=["end", "kill -9", "exit", "error"],
)
def test_however_the_program_ends_it_leaves_no_process(end, status):
    process, mark = program(end)
    process.communicate(timeout=60)
    assert process.returncode == status
    assert gone(mark)


@posix
@pytest.mark.parametrize("code", ["while True: pass", HOSTILE["dicts"], HOSTILE["tuples"]])
def test_ctrl_c_in_a_call_ends_at_once_and_leaves_no_process(code):
    process, mark = program(f'print("looping", flush=True)\nrun({code!r})')
    assert process.stdout is not None
    assert [process.stdout.readline(), process.stdout.readline()] == ["42\n", "looping\n"]
    time.sleep(0.5)
    began = time.perf_counter()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal sends it: to the whole group
    _, error = process.communicate(timeout=60)
    assert "KeyboardInterrupt" in error
    assert time.perf_counter() - began < 2
    assert gone(mark, seconds=1)


@posix
def test_a_program_that_is_killed_in_a_call_leaves_no_process():
    process, mark = program(f"print('begun', flush=True)\nrun({HOSTILE['dicts']!r})")
    assert process.stdout is not None
    assert [process.stdout.readline(), process.stdout.readline()] == ["42\n", "begun\n"]
    time.sleep(0.5)
    process.kill()
    process.communicate(timeout=60)
    assert gone(mark)


@posix
def test_a_forked_child_has_processes_of_its_own():
    process, mark = program(
        """
child = os.fork()
if not child:
    print(run("'of the child'"), flush=True)
    os._exit(0)
os.waitpid(child, 0)
print(run("2 + 2"))
"""
    )
    output, error = process.communicate(timeout=60)
    assert output.splitlines() == ["42", "of the child", "4"], error
    assert gone(mark)


def gone(mark: str, seconds: float = 30) -> bool:
    """Whether no process with the mark is left; a worker whose snippet runs on ends with its limit."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        if not any(marked(each, mark) for each in Path("/proc").glob("[0-9]*/environ")):
            return True
        time.sleep(0.05)
    return False


def marked(environment: Path, mark: str) -> bool:
    try:
        return f"{MARK}={mark}".encode() in environment.read_bytes()
    except OSError:  # of another user, or ended
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
