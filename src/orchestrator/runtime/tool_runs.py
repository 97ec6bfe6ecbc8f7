"""Runs tools, one or several at a time, and asks whoever decides about them. Sync and async; knows no loop.

A ToolError is a result that is not ``ok``; any other exception is the tool's bug and propagates.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Mapping, Sequence
from functools import partial
from math import inf
from time import perf_counter
from typing import Any

from orchestrator.core.citations import Found
from orchestrator.core.errors import ToolError
from orchestrator.core.policy import ApprovalRequest, Approver
from orchestrator.core.types import Tool, ToolCall, ToolResult
from orchestrator.runtime.threads import Overdue, Work, in_thread, within

_BUG = "raised by the tool"

Outcomes = list[ToolResult | BaseException]


def run_tools(calls: Sequence[ToolCall], tools: Mapping[str, Tool], seconds: float = inf) -> Outcomes:
    """Run each call's tool, for ``seconds`` at the most. Several run at once, each in a thread, and one that breaks
    does not stop the others. Ctrl-C leaves at once, and a tool that hangs does not keep the program from ending.
    """
    if len(calls) == 1:
        return [run_tool(tools[calls[0].name], calls[0].argument, seconds)]

    def run(call: ToolCall) -> ToolResult | BaseException:
        try:
            return run_tool(tools[call.name], call.argument, seconds)
        except BaseException as error:  # noqa: BLE001 - raised again by the driver, when the others have ended
            return error

    works = [Work(partial(run, call)) for call in calls]
    return [work.result() for work in works]


async def arun_tools(calls: Sequence[ToolCall], tools: Mapping[str, Tool], seconds: float = inf) -> Outcomes:
    """The async twin of ``run_tools``: several run at once, each in a task."""
    if len(calls) == 1:
        return [await arun_tool(tools[calls[0].name], calls[0].argument, seconds)]
    from asyncio import CancelledError, gather  # noqa: PLC0415 - asyncio costs 40 ms; who gets here has it already

    async def run(call: ToolCall) -> ToolResult | BaseException:
        try:
            return await arun_tool(tools[call.name], call.argument, seconds)
        except CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - out of a task, SystemExit would end the whole event loop
            return error

    runs = [run(call) for call in calls]
    return list(await gather(*runs, return_exceptions=True))


def run_tool(tool: Tool, argument: str, seconds: float = inf) -> ToolResult:
    """Run a tool, for ``seconds`` or its own ``timeout`` at the most; without either, in the caller's own thread.

    A ToolError, and the end of the time, is a result that is not ``ok``; any other exception is the tool's bug.
    """
    began, seconds = perf_counter(), _bound(tool, seconds)
    try:
        if seconds == inf:
            value = _call(tool, argument)
            value = _wait_for(value) if inspect.isawaitable(value) else value
        else:
            value = Work(partial(_completed, tool, argument, seconds)).result(seconds)
        return _result(tool, argument, began, value)
    except (ToolError, Overdue) as error:
        return _result(tool, argument, began, _told(error, seconds))
    except Exception as error:
        error.add_note(f"{_BUG} {tool.name}")
        raise


async def arun_tool(tool: Tool, argument: str, seconds: float = inf) -> ToolResult:
    """The async twin of ``run_tool``. A tool that is not async gets a thread, so that it does not block the others."""
    began, seconds = perf_counter(), _bound(tool, seconds)
    try:
        return _result(tool, argument, began, await within(_acompleted(tool, argument), seconds))
    except (ToolError, Overdue) as error:
        return _result(tool, argument, began, _told(error, seconds))
    except StopAsyncIteration as error:  # would silently end the generator that drives the run
        raise RuntimeError(f"the tool {tool.name} raised {error!r}") from error
    except Exception as error:
        error.add_note(f"{_BUG} {tool.name}")
        raise


def from_tool(error: BaseException) -> bool:
    """Whether ``error`` is the bug of a tool that was run here."""
    return any(note.startswith(_BUG) for note in getattr(error, "__notes__", ()))


def ask(approve: Approver | None, request: ApprovalRequest) -> bool | None:
    """The answer to ``request``; None where there is nobody to ask. Only True is a yes."""
    if approve is None:
        return None
    answer = approve(request)
    return (_wait_for(answer) if inspect.isawaitable(answer) else answer) is True


async def aask(approve: Approver | None, request: ApprovalRequest) -> bool | None:
    """The async twin of ``ask``. A function that is not async gets a thread: it may wait for a key to be pressed."""
    if approve is None:
        return None
    if inspect.iscoroutinefunction(approve):
        return await approve(request) is True
    answer = await in_thread(partial(approve, request))
    return (await answer if inspect.isawaitable(answer) else answer) is True


def _bound(tool: Tool, seconds: float) -> float:
    return seconds if tool.timeout is None else min(seconds, tool.timeout)


def _completed(tool: Tool, argument: str, seconds: float) -> object:
    """In a thread of its own, where an event loop can be started."""
    value = _call(tool, argument)
    if not inspect.isawaitable(value):
        return value
    from asyncio import run  # noqa: PLC0415 - only for async functions

    return run(within(value, seconds))


async def _acompleted(tool: Tool, argument: str) -> object:
    if inspect.iscoroutinefunction(tool.run):
        return await tool.run(argument)
    value = await in_thread(partial(_call, tool, argument))
    return await value if inspect.isawaitable(value) else value


def _call(tool: Tool, argument: str) -> object:
    try:
        return tool.run(argument)
    except StopIteration as error:  # no coroutine can let it through
        raise RuntimeError(f"the tool {tool.name} raised {error!r}") from error


def _told(error: ToolError | Overdue, seconds: float) -> ToolError:
    if isinstance(error, ToolError):
        return error
    return ToolError(f"not done in {round(seconds, 2):g} seconds; ask for less, or answer without it")


def _result(tool: Tool, argument: str, began: float, value: object) -> ToolResult:
    ok = not isinstance(value, ToolError)
    found = value.numbered() if isinstance(value, Found) else Found((), str(value))
    return ToolResult(tool.name, argument, str(found), ok, perf_counter() - began, found.citations)


def _wait_for(value: Awaitable[Any]) -> object:
    """The value of an async function in a sync run. It gets a thread and an event loop of its own, as the caller may
    be inside a running loop (a notebook), where none can be started.
    """
    from asyncio import run  # noqa: PLC0415 - only for async functions

    return Work(partial(run, within(value, inf))).result()
