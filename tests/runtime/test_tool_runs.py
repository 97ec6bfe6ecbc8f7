"""What a tool may raise: no exception ends a run, unless it is about the set-up, Ctrl-C or a cancellation."""

from __future__ import annotations

import asyncio
import builtins
import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import CancelledError as FutureCancelled
from copy import copy
from math import inf
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator import ConfigError, Found, Limits, ModelError, Orchestrator, Tool, ToolError, tool
from orchestrator.models.scripted import ScriptedModel
from orchestrator.runtime.tool_runs import arun_tool, run_tool


class Panic(BaseException):
    """What a library in Rust raises when it panics: no Exception."""


class Unprintable(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")


class Falsy(Exception):
    def __len__(self) -> int:
        return 0


def raises(error: BaseException) -> Callable[[str], Any]:
    def run(_: str) -> str:
        raise copy(error)  # a traceback grows with each raise

    return run


def deep(text: str) -> str:
    return deep(text) + "x"


def odd_value(text: str) -> Any:
    class Odd:
        def __str__(self) -> str:
            raise KeyError(text)

    return Odd()


def odd_sources(_: str) -> Any:
    return Found((None,))  # type: ignore[arg-type]


BUGS: dict[str, Callable[[str], Any]] = {
    "recursion": deep,
    "deep JSON": lambda _: json.loads("[" * 100_000),
    "memory": lambda _: "x" * (1 << 62),
    "charset": lambda _: b"x".decode("undefined"),
    "half a surrogate pair": lambda _: "\ud800".encode(),
    "bytes that are no text": lambda _: b"\xff".decode(),
    "pattern": lambda _: re.compile("[z-a]"),
    "number": lambda _: int("0x_", 16),
    "digits": lambda _: str(10**5_000),
    "key": lambda text: {"a": 1}[text],
    "attribute": lambda text: text.nothing,  # type: ignore[attr-defined]
    "file": lambda _: Path("/no/such/file\0").read_text("utf-8"),
    "exit": lambda _: sys.exit("wrong arguments"),
    "panic": raises(Panic("called `Option::unwrap()` on a `None` value")),
    "unprintable": raises(Unprintable()),
    "falsy": raises(Falsy("no length")),
    "stop": raises(StopIteration()),
    "stop async": raises(StopAsyncIteration()),
    "group": raises(ExceptionGroup("two", [KeyError("a"), ValueError("b")])),
    "server": raises(ModelError("the model of another run")),
    "time-out": raises(TimeoutError()),
    "a library's cancellation": raises(FutureCancelled()),
    "assertion": raises(AssertionError()),
    "value without text": odd_value,
    "sources without text": odd_sources,
}


def asynchronous(run: Callable[[str], Any]) -> Callable[[str], Any]:
    async def arun(argument: str) -> Any:
        await asyncio.sleep(0)
        return run(argument)

    return arun


def answered(tool: Tool, *, calls: int = 1, seconds: float = 300.0) -> Orchestrator:
    model = ScriptedModel(lambda request: "Done." if "_ERROR:" in str(request) else f"[{tool.name}:x]" * calls)
    return Orchestrator(model, tools=[tool], parallel=True, limits=Limits(max_seconds=seconds))


@pytest.mark.parametrize("calls", [1, 2])
@pytest.mark.parametrize("wrap", [lambda run: run, asynchronous], ids=["sync", "async"])
@pytest.mark.parametrize("run", BUGS.values(), ids=BUGS)
def test_whatever_a_tool_raises_is_its_result_and_the_run_goes_on(run, wrap, calls, tool_bugs):
    asked = answered(Tool("READ", "reads", wrap(run)), calls=calls)
    runs = [asked.run("q")]
    if run is not BUGS["exit"] or wrap is not asynchronous:
        runs.append(asyncio.run(asked.arun("q")))
    for each in runs:
        assert (each.finish, each.answer) == ("answered", "Done.")
        assert len(each.calls) == calls
        for call in each.calls:
            assert not call.ok
            assert re.fullmatch(r"it failed \(\w+\); write something else, or answer without it", call.result)
    assert len(tool_bugs) == len(runs) * calls
    assert all(
        bug.startswith("the tool READ failed, and the run goes on:\n") and "Traceback" in bug for bug in tool_bugs
    )
    tool_bugs.clear()


@pytest.mark.parametrize("run", [BUGS["recursion"], BUGS["panic"], BUGS["stop"], BUGS["value without text"]])
def test_without_a_time_limit_it_is_the_same_in_the_callers_thread(run, tool_bugs):
    assert answered(Tool("READ", "reads", run), seconds=inf).run("q").finish == "answered"
    assert answered(Tool("READ", "reads", asynchronous(run)), seconds=inf).run("q").finish == "answered"
    assert len(tool_bugs) == 2
    tool_bugs.clear()


class Absent(ConfigError):
    def __len__(self) -> int:
        return 0


@pytest.mark.parametrize("calls", [1, 2])
@pytest.mark.parametrize("seconds", [60.0, inf])
@pytest.mark.parametrize("error", [ConfigError("no key"), Absent("no key"), KeyboardInterrupt()], ids=repr)
def test_what_the_user_must_know_or_has_asked_for_ends_the_run(error, seconds, calls):
    asked = answered(Tool("READ", "reads", raises(error)), seconds=seconds, calls=calls)
    with pytest.raises(type(error)):
        asked.run("q")
    if not isinstance(error, KeyboardInterrupt):  # asyncio ends its loop with one
        for run in (raises(error), asynchronous(raises(error))):
            with pytest.raises(type(error)):
                asyncio.run(answered(Tool("READ", "reads", run), seconds=seconds, calls=calls).arun("q"))


async def test_a_cancellation_ends_the_run():
    with pytest.raises(asyncio.CancelledError):
        await arun_tool(Tool("READ", "reads", asynchronous(raises(asyncio.CancelledError()))), "x")
    with pytest.raises(asyncio.CancelledError):
        await answered(Tool("READ", "reads", raises(asyncio.CancelledError()))).arun("q")


def test_a_handler_of_a_signal_may_end_the_program_while_a_tool_runs():
    program = """
import os, signal, sys, time
from math import inf
from orchestrator import Tool
from orchestrator.runtime.tool_runs import run_tool
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
def wait(argument):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)
run_tool(Tool("WAIT", "waits", wait), "x", float(sys.argv[1]))
"""
    for seconds in ("inf", "60"):
        done = subprocess.run([sys.executable, "-c", program, seconds], capture_output=True, timeout=50, check=False)
        assert done.returncode == 7, done.stderr


@pytest.mark.parametrize(
    "message",
    ["\x1b[2J\x1b]0;title\x07", "\u202eltr", "a\rb\x08c", "\x00\x7f\x9b31m", "\ud800 \ufeff"],
)
def test_what_is_logged_moves_no_cursor(message, tool_bugs):
    assert not run_tool(Tool("READ", "reads", raises(ValueError(message))), "x").ok
    (logged,) = tool_bugs
    assert all(each.isprintable() or each == "\n" for each in logged)
    assert "ValueError: " in logged
    tool_bugs.clear()


def test_what_is_logged_is_short(tool_bugs):
    def first(depth: int) -> None:
        second(depth)

    def second(depth: int) -> None:
        first(depth + 1)

    def mutual(_: str) -> Any:
        first(0)

    for run in (raises(ValueError("x" * 10_000_000)), mutual):
        assert not run_tool(Tool("READ", "reads", run), "x").ok
        assert len(tool_bugs.pop()) < 5_100


def test_the_message_of_a_bug_stays_here_and_that_of_a_tool_error_is_told(tool_bugs):
    for error in (OSError(2, "No such file", "/home/anna/.netrc"), KeyError("sk-secret")):
        result = run_tool(Tool("READ", "reads", raises(error)), "x").result
        assert "anna" not in result
        assert "secret" not in result
    assert "sk-secret" in tool_bugs.pop()
    assert "/home/anna" in tool_bugs.pop()
    assert run_tool(Tool("READ", "reads", raises(ToolError("write a number"))), "x").result == "write a number"


def test_a_function_with_parameters_is_no_exception(tool_bugs):
    @tool
    def half(of: float, steps: int = 1) -> float:
        """halves a number"""
        return of / (steps - 2)

    assert answered(half).run("q").calls[0].result.endswith("write of=number, steps=number (optional)")
    assert "(ZeroDivisionError)" in run_tool(half, "of=1, steps=2").result
    tool_bugs.clear()


EXCEPTIONS = [each for each in vars(builtins).values() if isinstance(each, type) and issubclass(each, Exception)]


@pytest.fixture
def not_logged():
    logger = logging.getLogger("orchestrator")
    logger.disabled = True
    yield
    logger.disabled = False


@pytest.mark.usefixtures("not_logged")
@given(st.sampled_from(EXCEPTIONS), st.text())
def test_every_exception_of_python_becomes_a_result(kind, text):
    try:
        error = kind(text)
    except TypeError:  # it wants more values
        error = UnicodeDecodeError("utf-8", b"x", 0, 1, text)
    result = run_tool(Tool("READ", "reads", raises(error)), "x")
    assert not result.ok
    assert len(result.result) < 200
