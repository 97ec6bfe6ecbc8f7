"""Runs tools, one or several at a time, and asks for approval of calls. Each function has an async version.

A ToolError becomes a result that is not ``ok``. So does any other exception, and its traceback is logged: whatever a
tool meets in a page, a file or an argument, it does not end the run. Only ConfigError, Ctrl-C and cancellation do.
Knows tools; not the loop.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from math import inf
from time import perf_counter
from typing import Any

from orchestrator.core.citations import Citation, Found
from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.core.policy import ApprovalRequest, Approver
from orchestrator.core.tool import Tool
from orchestrator.core.types import ToolCall, ToolResult
from orchestrator.runtime.threads import Overdue, in_thread, result_of, running_task, start, wait, within

Outcomes = list[ToolResult | BaseException]
_Said = tuple[bool, str, tuple[Citation, ...]]
"""What a tool said: whether the call succeeded, the text, and the sources at its beginning."""
_LONGEST_TRACEBACK = 5_000  # characters, from its end


def run_tools(calls: Sequence[ToolCall], tools: Mapping[str, Tool], seconds: float = inf) -> Outcomes:
    """Run the tool of each call. Several calls run at once, each in a separate thread.

    Ctrl-C ends the wait at once. A tool that hangs does not keep the program from ending.

    Args:
        calls: The calls.
        tools: The tools, by name.
        seconds: The longest time for each tool. A tool's own ``timeout`` can be shorter.

    Returns:
        A result for each call, in the order of the calls. If there are several calls, an exception that ends the run
        is returned in its place.

    Raises:
        BaseException: There is only one call, and it ends the run.
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
        The result. It is not ``ok`` if the tool raised an exception, or if the time is up.

    Raises:
        ConfigError: The caller's set-up is wrong.
        KeyboardInterrupt: Ctrl-C.
    """
    began, seconds = perf_counter(), _bound(tool, seconds)
    try:
        if seconds == inf:
            said = _completed(tool, argument, _wait_for)
        else:
            said = result_of(start(partial(_completed, tool, argument, partial(_run_within, seconds))), seconds)
    except Overdue:
        said = _overdue(seconds)
    return _result(tool, argument, began, said)


async def arun_tool(tool: Tool, argument: str, seconds: float = inf) -> ToolResult:
    """Async version of ``run_tool``. A sync tool runs in a thread, so that it does not block the event loop."""
    running_task()  # refuses another event loop than asyncio's
    began, seconds = perf_counter(), _bound(tool, seconds)
    try:
        said = await within(_acompleted(tool, argument), seconds)
    except Overdue:
        said = _overdue(seconds)
    return _result(tool, argument, began, said)


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


def _completed(tool: Tool, argument: str, finish: Callable[[Awaitable[object]], object]) -> _Said:
    """Run a tool in this thread. ``finish`` awaits the value of an async function."""
    try:
        value = tool.run(argument)
        return _said(finish(value) if inspect.isawaitable(value) else value)
    except BaseException as error:  # noqa: BLE001 - a panic of a library in Rust is no Exception
        return _said(_told(tool, error))


async def _acompleted(tool: Tool, argument: str) -> _Said:
    try:
        if inspect.iscoroutinefunction(tool.run):
            return _said(await tool.run(argument))
        value = await in_thread(partial(_called, tool, argument))
        return _said(await value if inspect.isawaitable(value) else value)
    except BaseException as error:  # noqa: BLE001 - as in _completed
        return _said(_told(tool, error))


def _called(tool: Tool, argument: str) -> object:
    """Call a tool's function in its thread. An error that the model is told is returned."""
    try:
        return tool.run(argument)
    except BaseException as error:  # noqa: BLE001 - as in _completed
        return _told(tool, error)


def _said(value: object) -> _Said:
    found = value.numbered() if isinstance(value, Found) else Found((), str(value))
    return not isinstance(value, ToolError), str(found), found.citations


def _overdue(seconds: float) -> _Said:
    return _said(ToolError(f"not done in {round(seconds, 2):g} seconds; ask for less, or answer without it"))


def _told(tool: Tool, error: BaseException) -> ToolError:
    """Return what the model is told of an exception.

    Of a bug it is told the kind only: the message may name files and keys of this machine.

    Raises:
        BaseException: The exception ends the run.
    """
    if isinstance(error, ToolError):
        return error
    if _ends_the_run(error):
        raise error
    _log(tool, error)
    return ToolError(f"it failed ({type(error).__name__}); write something else, or answer without it")


def _ends_the_run(error: BaseException) -> bool:
    if isinstance(error, Overdue | ConfigError | KeyboardInterrupt | GeneratorExit):
        return True
    if isinstance(
        error, SystemExit
    ):  # in the main thread it may come from a signal's handler; elsewhere it ends nothing
        import threading  # noqa: PLC0415 - import orchestrator does not need it

        return threading.current_thread() is threading.main_thread()
    asyncio = sys.modules.get("asyncio")  # without it, nothing was cancelled
    return asyncio is not None and isinstance(error, asyncio.CancelledError)


def _log(tool: Tool, error: BaseException) -> None:
    """Log the traceback for the tool's author. It may contain foreign text, so control characters are spelt out."""
    import logging  # noqa: PLC0415 - 4 ms that import orchestrator does not need
    from traceback import format_exception  # noqa: PLC0415 - only for a bug

    text = "".join(format_exception(error))[-_LONGEST_TRACEBACK:]
    shown = "".join(each if each.isprintable() or each == "\n" else ascii(each)[1:-1] for each in text)
    logging.getLogger("orchestrator").error("the tool %s failed, and the run goes on:\n%s", tool.name, shown)


def _result(tool: Tool, argument: str, began: float, said: _Said) -> ToolResult:
    ok, text, citations = said
    return ToolResult(tool.name, argument, text, ok, perf_counter() - began, citations)


def _wait_for(value: Awaitable[Any]) -> object:
    """Return the value of an async function in a sync run.

    The function runs in a separate thread with a separate event loop. The caller's thread may already have a running
    loop (a notebook), and a second one cannot be started there.
    """
    return result_of(start(partial(_run_within, inf, value)))


def _run_within(seconds: float, value: Awaitable[Any]) -> object:
    """Return the value of an async function, in a thread without an event loop."""
    from asyncio import run  # noqa: PLC0415 - only for async functions

    return run(within(value, seconds))
