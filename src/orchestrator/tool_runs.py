"""Runs tools, one or several at a time, and asks whoever decides about them. Sync and async; knows no loop.

A ToolError is a result that is not ``ok``; any other exception is the tool's bug and propagates.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Coroutine, Mapping, Sequence
from time import perf_counter
from typing import Any

from orchestrator.citations import Found
from orchestrator.errors import ToolError
from orchestrator.policy import ApprovalRequest, Approver
from orchestrator.types import Tool, ToolCall, ToolResult

Outcomes = list[ToolResult | BaseException]


def run_tools(calls: Sequence[ToolCall], tools: Mapping[str, Tool]) -> Outcomes:
    """Run each call's tool; several run at once, each in a thread, and one that breaks does not stop the others.

    The threads are daemons: Ctrl-C leaves at once, and a tool that hangs does not keep the program from ending.
    """
    if len(calls) == 1:
        return [run_tool(tools[calls[0].name], calls[0].argument)]
    from contextvars import copy_context  # noqa: PLC0415 - with threading, 5 ms that few runs need
    from threading import Thread  # noqa: PLC0415

    outcomes: dict[int, ToolResult | BaseException] = {}

    def run(at: int, call: ToolCall) -> None:
        try:
            outcomes[at] = run_tool(tools[call.name], call.argument)
        except BaseException as error:  # noqa: BLE001 - raised again by the driver, when the others have ended
            outcomes[at] = error

    threads = [Thread(target=copy_context().run, args=(run, *each), daemon=True) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [outcomes[at] for at in range(len(calls))]


async def arun_tools(calls: Sequence[ToolCall], tools: Mapping[str, Tool]) -> Outcomes:
    """The async twin of ``run_tools``: several run at once, each in a task."""
    if len(calls) == 1:
        return [await arun_tool(tools[calls[0].name], calls[0].argument)]
    from asyncio import gather  # noqa: PLC0415 - asyncio costs 40 ms; who gets here has it already

    runs = [arun_tool(tools[call.name], call.argument) for call in calls]
    return await gather(*runs, return_exceptions=True)


def run_tool(tool: Tool, argument: str) -> ToolResult:
    """Run a tool. A ToolError is a result that is not ``ok``; any other exception is the tool's bug and propagates."""
    began = perf_counter()
    try:
        value = _call(tool, argument)
        return _result(tool, argument, began, _wait_for(value) if inspect.isawaitable(value) else value)
    except ToolError as error:
        return _result(tool, argument, began, error)


async def arun_tool(tool: Tool, argument: str) -> ToolResult:
    """The async twin of ``run_tool``. A tool that is not async gets a thread, so that it does not block the others."""
    from asyncio import to_thread  # noqa: PLC0415

    began = perf_counter()
    try:
        if inspect.iscoroutinefunction(tool.run):
            return _result(tool, argument, began, await tool.run(argument))
        value = await to_thread(_call, tool, argument)
        return _result(tool, argument, began, await value if inspect.isawaitable(value) else value)
    except ToolError as error:
        return _result(tool, argument, began, error)
    except StopAsyncIteration as error:  # would silently end the generator that drives the run
        raise RuntimeError(f"the tool {tool.name} raised {error!r}") from error


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
    from asyncio import to_thread  # noqa: PLC0415

    if inspect.iscoroutinefunction(approve):
        return await approve(request) is True
    answer = await to_thread(approve, request)
    return (await answer if inspect.isawaitable(answer) else answer) is True


def _call(tool: Tool, argument: str) -> object:
    try:
        return tool.run(argument)
    except StopIteration as error:  # a thread's future cannot carry it: the caller would wait for ever
        raise RuntimeError(f"the tool {tool.name} raised {error!r}") from error


def _result(tool: Tool, argument: str, began: float, value: object) -> ToolResult:
    ok = not isinstance(value, ToolError)
    found = value.numbered() if isinstance(value, Found) else Found((), str(value))
    return ToolResult(tool.name, argument, str(found), ok, perf_counter() - began, found.citations)


def _wait_for(value: Awaitable[Any]) -> object:
    """The value of an async function in a sync run. It gets a thread and an event loop of its own, as the caller may
    be inside a running loop (a notebook), where none can be started.
    """
    import asyncio  # noqa: PLC0415 - only for async functions
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    async def wait() -> object:
        return await value

    with ThreadPoolExecutor(max_workers=1) as pool:
        coroutine: Coroutine[Any, Any, object] = wait()
        return pool.submit(asyncio.run, coroutine).result()
