"""A run ends in its time, whatever its tools do."""

from __future__ import annotations

import _thread
import asyncio
import contextvars
import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from contextlib import suppress
from math import inf

import pytest

from orchestrator import ConfigError, Limits, Orchestrator, Tool, ToolError, tool
from orchestrator.models.scripted import ScriptedModel
from orchestrator.runtime.threads import Overdue, in_thread, result_of, start, within
from orchestrator.runtime.tool_runs import arun_tool, run_tool

SOON = Limits(max_seconds=0.3)


@pytest.fixture
def hangs():
    """A tool that hangs until the test has ended, and the same as a coroutine."""
    end = threading.Event()

    def wait(_: str) -> str:
        end.wait()
        return "too late"

    yield Tool("WAIT", "waits", wait)
    end.set()


async def sleeps(_: str) -> str:
    await asyncio.Event().wait()
    raise AssertionError


def ask(how: str, tools, replies, **options):
    orchestrator = Orchestrator(ScriptedModel(replies), tools=tools, **options)
    return orchestrator.run("q") if how == "sync" else asyncio.run(orchestrator.arun("q"))


@pytest.mark.parametrize("how", ["sync", "async"])
def test_a_tool_that_hangs_ends_the_run_with_its_time(how, hangs):
    run = ask(how, [hangs], ["[WAIT:x]"], limits=SOON)
    assert (run.finish, run.calls[0].ok) == ("max_seconds", False)
    assert "not done in 0." in run.calls[0].result


@pytest.mark.parametrize("how", ["sync", "async"])
def test_an_async_tool_that_hangs_is_cancelled(how):
    cancelled = threading.Event()

    async def wait(text: str) -> str:
        try:
            return await sleeps(text)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    run = ask(how, [Tool("WAIT", "waits", wait)], ["[WAIT:x]"], limits=SOON)
    assert (run.finish, run.calls[0].ok) == ("max_seconds", False)
    assert cancelled.wait(10)


def gives(text: str):
    return sleeps(text)


@pytest.mark.parametrize("how", ["sync", "async"])
@pytest.mark.parametrize("kind", ["sync", "async", "gives a coroutine"])
def test_the_model_is_told_that_a_tools_own_time_is_up(how, kind, hangs):
    run = {"sync": hangs.run, "async": sleeps, "gives a coroutine": gives}[kind]
    slow = Tool("WAIT", "waits", run, timeout=0.05)
    run = ask(how, [slow], ["[WAIT:x]", "No answer in time."])
    assert (run.finish, run.answer) == ("answered", "No answer in time.")
    assert run.calls[0].result == "not done in 0.05 seconds; ask for less, or answer without it"


@pytest.mark.parametrize("how", ["sync", "async"])
def test_of_calls_that_run_together_those_in_time_have_their_results(how, hangs):
    tools = [hangs, Tool("ECHO", "says it again", str)]
    run = ask(how, tools, ["[WAIT:x][ECHO:y]"], limits=SOON, parallel=True)
    assert [(call.name, call.ok) for call in run.calls] == [("WAIT", False), ("ECHO", True)]


def test_a_program_that_gives_a_run_up_ends_at_once(hangs):
    async def hurried():
        orchestrator = Orchestrator(ScriptedModel(["[WAIT:x]"]), tools=[hangs])
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(orchestrator.arun("q"), 0.1)

    asyncio.run(hurried())  # would wait for a thread of the executor's


def test_ctrl_c_leaves_an_async_tool_at_once():
    async def interrupted(text: str) -> str:
        _thread.interrupt_main()
        return await sleeps(text)

    with pytest.raises(KeyboardInterrupt) as caught:
        ask("sync", [Tool("WAIT", "waits", interrupted)], ["[WAIT:x]"], limits=Limits(max_seconds=5))
    assert caught.value.run.finish == "cancelled"  # type: ignore[attr-defined]


def test_a_tool_that_hangs_does_not_keep_the_program_from_ending():
    program = """
import threading
from orchestrator import Orchestrator, Tool
from orchestrator.models.scripted import ScriptedModel
hangs = Tool("WAIT", "waits", lambda _: threading.Event().wait(), timeout=0.05)
print(Orchestrator(ScriptedModel(["[WAIT:x]", "Done."]), tools=[hangs]).run("q").answer)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "Done."


@pytest.mark.parametrize("bounded", [True, False])
def test_only_a_tool_that_something_bounds_gets_a_thread(bounded):
    where = Tool("WHERE", "says where", lambda _: str(threading.get_ident()))
    run = ask("sync", [where], ["[WHERE:?]", "ok"], limits=Limits(max_seconds=300 if bounded else inf))
    assert (run.calls[0].result != str(threading.get_ident())) is bounded


def test_a_tool_in_a_thread_sees_the_callers_context_and_its_own_errors_are_told(tool_bugs):
    variable = contextvars.ContextVar("variable", default="unset")
    variable.set("set")

    def fail(text: str) -> str:
        if text == "time":
            raise TimeoutError("its own")
        raise ToolError("no")

    assert run_tool(Tool("GET", "", lambda _: variable.get()), "x", 5).result == "set"
    assert run_tool(Tool("FAIL", "", fail), "x", 5).result == "no"
    assert "(TimeoutError)" in run_tool(Tool("FAIL", "", fail), "time", 5).result
    assert "TimeoutError: its own" in tool_bugs.pop()

    async def afail(_: str) -> str:
        raise TimeoutError("its own")

    assert "(TimeoutError)" in asyncio.run(arun_tool(Tool("FAIL", "", afail), "x", 5)).result
    assert "TimeoutError: its own" in tool_bugs.pop()


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), "5"])
def test_a_timeout_that_is_no_time_is_refused(timeout):
    @tool(timeout=timeout)
    def clock(city: str) -> str:
        """the time in a city"""
        return city

    with pytest.raises(ConfigError, match="the timeout of CLOCK must be more than 0 seconds"):
        Orchestrator(ScriptedModel([]), tools=[clock])


async def test_work_is_waited_for_no_longer_than_was_said():
    end = threading.Event()
    future = start(end.wait)
    with pytest.raises(Overdue):
        result_of(future, 0.01)
    end.set()
    assert result_of(future) is True
    assert await in_thread(lambda: 6 * 7) == 42
    with pytest.raises(Overdue):
        await within(asyncio.Event().wait(), 0.01)


@pytest.mark.parametrize("error", [TimeoutError("its own"), CancelledError(), SystemExit(2), KeyError("x")])
async def test_an_error_of_a_thread_comes_out_as_it_was(error):
    def fail():
        raise error

    with pytest.raises(type(error)) as sync:
        result_of(start(fail))
    with pytest.raises(type(error)) as caught:
        await in_thread(fail)
    assert sync.value is caught.value is error


async def deaf(text: str) -> str:
    with suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    return await sleeps(text)


@pytest.mark.parametrize("how", ["sync", "async"])
def test_a_tool_that_hears_no_cancellation_is_left_behind_when_its_time_is_up(how):
    run = ask(how, [Tool("WAIT", "waits", deaf, timeout=0.05)], ["[WAIT:x]", "No answer in time."])
    assert (run.finish, run.answer, run.calls[0].ok) == ("answered", "No answer in time.", False)


async def test_a_run_that_is_cancelled_cancels_its_tool():
    began, cancelled = asyncio.Event(), asyncio.Event()

    async def wait(_: str) -> str:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        raise AssertionError

    run = asyncio.create_task(arun_tool(Tool("WAIT", "waits", wait), "x"))
    await began.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    await asyncio.wait_for(cancelled.wait(), 10)


class Falsy(ConfigError):
    def __len__(self) -> int:
        return 0


@pytest.mark.parametrize("calls", [1, 2])
@pytest.mark.parametrize("limit", [None, 60.0])
@pytest.mark.parametrize("is_async", [False, True])
async def test_an_exception_that_is_false_is_raised_all_the_same(calls, limit, is_async):
    def broken(_: str) -> str:
        raise Falsy("boom")

    async def abroken(_: str) -> str:
        raise Falsy("boom")

    tool = Tool("A", "", abroken if is_async else broken, timeout=limit)
    model = ScriptedModel(lambda _: "[A:1]" * calls)
    asked = Orchestrator(model, tools=[tool], parallel=True)
    with pytest.raises(Falsy):
        asked.run("?")
    with pytest.raises(Falsy):
        await asked.arun("?")
