"""Calls that stand side by side, made together."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from orchestrator import (
    ConfigError,
    Limits,
    ModelInfo,
    Orchestrator,
    Policy,
    Run,
    Text,
    Tool,
    ToolCall,
    ToolError,
    ToolResult,
)
from orchestrator.core.chat_template import CHATML
from orchestrator.models.scripted import ScriptedModel
from orchestrator.runtime.tool_runs import arun_tools

RAW = ModelInfo("scripted:raw", "raw", CHATML)
THREE = "So: [ECHO:a] [ECHO:b]\n[CALCULATOR:2+3] and 5"


def echo(run: Any = str, **marks: bool) -> Tool:
    return Tool("ECHO", "", run, **marks)  # type: ignore[arg-type]


def orchestrator(*replies: str, run: Any = str, info: ModelInfo | None = None, **options: Any) -> Orchestrator:
    chosen: dict[str, Any] = {"parallel": True, "tools": [echo(run), "CALCULATOR"], **options}
    return Orchestrator(ScriptedModel(list(replies), info=info), **chosen)


def both_ways(*replies: str, **options: Any) -> list[Run]:
    return [orchestrator(*replies, **options).run("q"), asyncio.run(orchestrator(*replies, **options).arun("q"))]


@pytest.mark.parametrize("info", [None, RAW])
def test_results_are_written_in_call_order(info):
    for run in both_ways(THREE, "Done.", info=info):
        assert [call.result for call in run.calls] == ["a", "b", "5"]
        assert run.text == (
            "So: [ECHO:a] [ECHO:b]\n[CALCULATOR:2+3][ECHO_RESULT:a][ECHO_RESULT:b][CALCULATOR_RESULT:5]Done."
        )
        assert run.steps == 2
        assert sum("Go on" in span.text for span in run.spans) == (info is None)


def test_without_the_option_they_run_one_at_a_time():
    run = orchestrator(THREE, "[ECHO:b]", "Done.", parallel=False).run("q")
    assert [call.result for call in run.calls] == ["a", "b"]
    assert run.text.startswith("So: [ECHO:a][ECHO_RESULT:a][ECHO:b]")


def test_the_model_is_told_that_it_may():
    assert "side by side" in orchestrator("x").prompt("q")
    assert "side by side" not in orchestrator("x", parallel=False).prompt("q")


def test_they_run_at_the_same_time_whatever_they_finish_as():
    met = threading.Barrier(2, timeout=20)

    def meets(argument):
        met.wait()
        return argument

    for run in both_ways("[ECHO:a][ECHO:b]", "Done.", run=meets):
        assert [call.result for call in run.calls] == ["a", "b"]


def test_async_tools_run_at_the_same_time_too():
    async def go():
        first = asyncio.Event()

        async def waits(argument):
            if argument == "a":
                await asyncio.wait_for(first.wait(), 20)
            first.set()
            return argument

        return await orchestrator("[ECHO:a][ECHO:b]", "Done.", run=waits).arun("q")

    assert [call.result for call in asyncio.run(go()).calls] == ["a", "b"]

    async def plain(argument):
        return argument

    assert [c.result for c in orchestrator("[ECHO:a][ECHO:b]", "Done.", run=plain).run("q").calls] == ["a", "b"]


def _fails_on_a(argument: str) -> str:
    if argument == "a":
        raise ToolError("not a")
    return argument


def test_one_failure_does_not_lose_the_others():
    for run in both_ways(THREE, "Done.", run=_fails_on_a):
        assert [(call.result, call.ok) for call in run.calls] == [("not a", False), ("b", True), ("5", True)]
        assert "[ECHO_ERROR:not a][ECHO_RESULT:b][CALCULATOR_RESULT:5]" in run.text


@pytest.mark.parametrize("error", [ConfigError, KeyboardInterrupt])
def test_an_error_that_ends_the_run_keeps_the_others_results(error):
    def broken(argument):
        if argument == "a":
            raise error("no key")
        return argument

    with pytest.raises(error) as caught:
        orchestrator(THREE, run=broken).run("q")
    run = getattr(caught.value, "run")  # noqa: B009 - set on an error of another library
    assert [call.result for call in run.calls] == ["b", "5"]
    if error is not KeyboardInterrupt:
        with pytest.raises(error) as caught:
            asyncio.run(orchestrator(THREE, run=broken).arun("q"))
        assert [call.result for call in getattr(caught.value, "run").calls] == ["b", "5"]  # noqa: B009


@pytest.mark.parametrize("error", [ZeroDivisionError, StopIteration, SystemExit, RecursionError, UnicodeError])
def test_a_bug_in_one_is_its_result_and_the_run_goes_on(error, tool_bugs):
    def broken(argument):
        if argument == "a":
            raise error("bug")
        return argument

    for run in both_ways(THREE, "Done.", run=broken):
        assert [(call.result, call.ok) for call in run.calls[1:]] == [("b", True), ("5", True)]
        assert run.calls[0].result.startswith(f"it failed ({error.__name__});")
        assert (run.finish, run.answer[-5:]) == ("answered", "Done.")
    assert len(tool_bugs) == 2
    tool_bugs.clear()


def test_the_limit_of_calls_holds_and_those_within_it_are_kept():
    for run in both_ways(THREE, "Done.", limits=Limits(max_calls=2)):
        assert (run.finish, [call.result for call in run.calls]) == ("max_calls", ["a", "b"])
    run = orchestrator(THREE, limits=Limits(max_calls=0)).run("q")
    assert (run.finish, run.calls) == ("max_calls", ())


def test_a_quota_holds_within_the_group_and_the_refusal_stands_in_its_place():
    for run in both_ways(THREE, "Done.", policy=Policy(quotas={"ECHO": 1})):
        assert [(call.name, call.ok) for call in run.calls] == [("ECHO", True), ("ECHO", False), ("CALCULATOR", True)]
        written = "".join(span.text for span in run.spans if span.tool)
        assert written.startswith("[ECHO_RESULT:a][ECHO_ERROR:ECHO may be used 1 time")
        assert written.endswith("[CALCULATOR_RESULT:5]")


def test_each_is_asked_about_before_any_is_made():
    log: list[str] = []

    def approve(request):
        log.append(f"may {request.call.argument}?")
        return request.call.argument != "a"

    def run_echo(argument):
        log.append(argument)
        return argument

    run = orchestrator(THREE, "Done.", run=run_echo, policy=Policy(ask=["ECHO"]), approve=approve).run("q")
    assert log == ["may a?", "may b?", "b"]
    assert [(call.argument, call.ok) for call in run.calls] == [("a", False), ("b", True), ("2+3", True)]


def test_if_all_are_denied_the_model_goes_on():
    run = orchestrator("[ECHO:a][ECHO:b]", "Done.", policy=Policy(ask=["ECHO"])).run("q")
    assert (run.finish, [call.ok for call in run.calls]) == ("answered", [False, False])


def test_events_come_as_calls_then_results():
    events = list(orchestrator(THREE, "Done.").stream("q"))
    kinds = [event for event in events if isinstance(event, ToolCall | ToolResult)]
    assert [type(event) for event in kinds] == [ToolCall] * 3 + [ToolResult] * 3
    shown = "".join(event.text for event in events if isinstance(event, Text))
    assert shown == "So:  \nDone."


def test_a_run_that_is_cancelled_among_its_calls_stops_them():
    async def go():
        started = asyncio.Event()
        cancelled: list[str] = []

        async def waits(argument):
            started.set()
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancelled.append(argument)
                raise
            return argument

        task = asyncio.ensure_future(orchestrator("[ECHO:a][ECHO:b]", run=waits).arun("q"))
        await started.wait()
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return sorted(cancelled)

    assert asyncio.run(go()) == ["a", "b"]


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
async def test_a_tool_that_ends_the_program_leaves_the_others_their_results(error):
    async def leaves(argument):
        if argument == "a":
            raise error
        return argument

    tools = {"ECHO": echo(leaves)}
    ended, result = await arun_tools([ToolCall("ECHO", each, "") for each in "ab"], tools)
    assert isinstance(ended, error)
    assert isinstance(result, ToolResult)
    assert result.result == "b"
    with pytest.raises(error):
        await arun_tools([ToolCall("ECHO", "a", "")], tools)
