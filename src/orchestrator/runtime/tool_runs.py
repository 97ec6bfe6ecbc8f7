"""Runs tools, one or several at a time, and asks for approval of calls. Each function has an async version.

A ToolError becomes a result that is not ``ok``. Any other exception is a bug of the tool and propagates.
Knows tools; not the loop.
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
from orchestrator.runtime.threads import Overdue, in_thread, result_of, start, wait, within

_BUG = "raised by the tool"

Outcomes = list[ToolResult | BaseException]


def run_tools(calls: Sequence[ToolCall], tools: Mapping[str, Tool], seconds: float = inf) -> Outcomes:
    """Run the tool of each call. Several calls run at once, each in a separate thread.

    Ctrl-C ends the wait at once. A tool that hangs does not keep the program from ending.

    Args:
        calls: The calls.
        tools: The tools, by name.
        seconds: The longest time for each tool. A tool's own ``timeout`` can be shorter.

    Returns:
        A result for each call, in the order of the calls. If there are several calls, a bug of a tool is returned
        as its exception.

    Raises:
        BaseException: There is only one call, and its tool has a bug.
    """
    if len(calls) == 1:
        return [run_tool(tools[calls[0].name], calls[0].argument, seconds)]

    futures = [start(partial(run_tool, tools[call.name], call.argument, seconds)) for call in calls]
    for future in futures:
        wait(future)
    return [future.result() if (error := future.exception()) is None else error for future in futures]


async def arun_tools(calls: Sequence[ToolCall], tools: Mapping[str, Tool], seconds: float = inf) -> Outcomes:
    """Async version of ``run_tools``. Several calls run at once, each in a task."""
    if len(calls) == 1:
        return [await arun_tool(tools[calls[0].name], calls[0].argument, seconds)]
    from asyncio import CancelledError, gather  # noqa: PLC0415 - asyncio costs 40 ms; an async caller has it already

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
    """Run a tool. Without a time limit it runs in the caller's thread.

    Args:
        tool: The tool.
        argument: The argument of the call.
        seconds: The longest time. The tool's own ``timeout`` can be shorter.

    Returns:
        The result. It is not ``ok`` after a ToolError, or if the time is up.

    Raises:
        Exception: The tool has a bug. A note on the exception names the tool.
    """
    began, seconds = perf_counter(), _bound(tool, seconds)
    try:
        if seconds == inf:
            value = _call(tool, argument)
            value = _wait_for(value) if inspect.isawaitable(value) else value
        else:
            value = result_of(start(partial(_completed, tool, argument, seconds)), seconds)
        return _result(tool, argument, began, value)
    except (ToolError, Overdue) as error:
        return _result(tool, argument, began, _told(error, seconds))
    except Exception as error:
        error.add_note(f"{_BUG} {tool.name}")
        raise


async def arun_tool(tool: Tool, argument: str, seconds: float = inf) -> ToolResult:
    """Async version of ``run_tool``. A sync tool runs in a thread, so that it does not block the event loop."""
    began, seconds = perf_counter(), _bound(tool, seconds)
    try:
        return _result(tool, argument, began, await within(_acompleted(tool, argument), seconds))
    except (ToolError, Overdue) as error:
        return _result(tool, argument, began, _told(error, seconds))
    except StopAsyncIteration as error:  # it would silently end the generator that drives the run
        raise RuntimeError(f"the tool {tool.name} raised {error!r}") from error
    except Exception as error:
        error.add_note(f"{_BUG} {tool.name}")
        raise


def from_tool(error: BaseException) -> bool:
    """Tell whether an exception is a bug of a tool that was run here."""
    return any(note.startswith(_BUG) for note in getattr(error, "__notes__", ()))


def ask(approve: Approver | None, request: ApprovalRequest) -> bool | None:
    """Ask for approval of a call.

    Args:
        approve: The function that decides; None if there is nobody to ask.
        request: The call, and why it needs approval.

    Returns:
        True only if the function returns True. None if there is nobody to ask.
    """
    if approve is None:
        return None
    answer = approve(request)
    return (_wait_for(answer) if inspect.isawaitable(answer) else answer) is True


async def aask(approve: Approver | None, request: ApprovalRequest) -> bool | None:
    """Async version of ``ask``. A sync function runs in a thread, because it may wait for a key to be pressed."""
    if approve is None:
        return None
    if inspect.iscoroutinefunction(approve):
        return await approve(request) is True
    answer = await in_thread(partial(approve, request))
    return (await answer if inspect.isawaitable(answer) else answer) is True


def _bound(tool: Tool, seconds: float) -> float:
    return seconds if tool.timeout is None else min(seconds, tool.timeout)


def _completed(tool: Tool, argument: str, seconds: float) -> object:
    """Runs in a separate thread, in which an event loop can be started."""
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
    except StopIteration as error:  # a coroutine cannot raise StopIteration
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
    """Return the value of an async function in a sync run.

    The function runs in a separate thread with a separate event loop. The caller's thread may already have a running
    loop (a notebook), and a second one cannot be started there.
    """
    from asyncio import run  # noqa: PLC0415 - only for async functions

    return result_of(start(partial(run, within(value, inf))))
