"""Drives a loop to its end, sync and async: streams the model, runs the tools, passes the events on.

The only place that waits. Leaving a stream early closes the model's connection, so that the server stops.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Awaitable, Coroutine, Generator, Mapping
from contextlib import aclosing, closing, suppress
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from orchestrator.errors import ToolError
from orchestrator.loop import Invoke, Loop, Sample
from orchestrator.protocols import Model
from orchestrator.types import Event, Run, Tool, ToolResult


class _Stream:
    """What both drivers share: the clock, the loop, and the run as it stands."""

    def __init__(self, loop: Loop, model: Model, tools: Mapping[str, Tool]) -> None:
        self._loop = loop
        self._model = model
        self._tools = tools
        self._started = perf_counter()
        self._run: Run | None = None

    @property
    def ended(self) -> bool:
        return self._run is not None

    @property
    def run(self) -> Run:
        """The finished run. Asked for before the end, it closes the run: what has come so far is in it."""
        if self._run is None:
            self._run = self._loop.run(self._elapsed())
        return self._run

    def _elapsed(self) -> float:
        return perf_counter() - self._started

    def _break_off(self, error: BaseException) -> None:
        """Keep what has come so far, on this stream and on the error that ends it."""
        if isinstance(error, Exception):
            self._loop.stop("interrupted", f"{type(error).__name__}: {error}")
        else:  # Ctrl-C, a cancelled task, a closed generator
            self._loop.stop("cancelled", "cancelled before the end")
        with suppress(AttributeError):  # an error with slots has no room for it
            error.run = self.run  # type: ignore[attr-defined]


class RunStream(_Stream):
    """The events of one run: ``for event in stream``. ``stream.run`` is the run; ``close`` ends it early."""

    def __init__(self, loop: Loop, model: Model, tools: Mapping[str, Tool]) -> None:
        super().__init__(loop, model, tools)
        self._events = self._drive()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event:
        return next(self._events)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Stop the model and keep what has come so far. Closing a finished stream does nothing."""
        self._events.close()
        if not self.ended:
            self._loop.stop("cancelled", "closed before the end")
            self._run = self.run

    def _drive(self) -> Generator[Event, None, None]:
        loop = self._loop
        try:
            while True:
                match loop.next(self._elapsed()):
                    case Sample(request):
                        with closing(self._model.stream(request)) as deltas:
                            for delta in deltas:
                                yield from loop.feed(delta, self._elapsed())
                                if loop.cut:
                                    break
                        yield from loop.end_stream()
                    case Invoke(call):
                        yield from loop.deliver(run_tool(self._tools[call.name], call.argument))
                    case finished:
                        self._run = finished.run
                        yield finished
                        return
        except BaseException as error:
            self._break_off(error)
            raise


class AsyncRunStream(_Stream):
    """The events of one run: ``async for event in stream``. The async twin of RunStream."""

    def __init__(self, loop: Loop, model: Model, tools: Mapping[str, Tool]) -> None:
        super().__init__(loop, model, tools)
        self._events = self._drive()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        return await anext(self._events)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Stop the model and keep what has come so far. Closing a finished stream does nothing."""
        await self._events.aclose()
        if not self.ended:
            self._loop.stop("cancelled", "closed before the end")
            self._run = self.run

    async def _drive(self) -> AsyncGenerator[Event, None]:
        loop = self._loop
        try:
            while True:
                match loop.next(self._elapsed()):
                    case Sample(request):
                        async with aclosing(self._model.astream(request)) as deltas:
                            async for delta in deltas:
                                for event in loop.feed(delta, self._elapsed()):
                                    yield event
                                if loop.cut:
                                    break
                        for event in loop.end_stream():
                            yield event
                    case Invoke(call):
                        for event in loop.deliver(await arun_tool(self._tools[call.name], call.argument)):
                            yield event
                    case finished:
                        self._run = finished.run
                        yield finished
                        return
        except BaseException as error:
            self._break_off(error)
            raise


def run_tool(tool: Tool, argument: str) -> ToolResult:
    """Run a tool. A ToolError is a result that is not ``ok``; any other exception is the tool's bug and propagates."""
    began = perf_counter()
    try:
        value = tool.run(argument)
        return _result(tool, argument, began, _wait_for(value) if inspect.isawaitable(value) else value)
    except ToolError as error:
        return _result(tool, argument, began, error)


async def arun_tool(tool: Tool, argument: str) -> ToolResult:
    """The async twin of ``run_tool``. A tool that is not async gets a thread, so that it does not block the others."""
    from asyncio import to_thread  # noqa: PLC0415 - asyncio costs 40 ms; who gets here has it already

    began = perf_counter()
    try:
        value = tool.run(argument) if inspect.iscoroutinefunction(tool.run) else await to_thread(tool.run, argument)
        return _result(tool, argument, began, await value if inspect.isawaitable(value) else value)
    except ToolError as error:
        return _result(tool, argument, began, error)


def _result(tool: Tool, argument: str, began: float, value: object) -> ToolResult:
    ok = not isinstance(value, ToolError)
    return ToolResult(tool.name, argument, str(value), ok, perf_counter() - began)


def _wait_for(value: Awaitable[Any]) -> object:
    """The value of an async tool in a sync run. It gets a thread and an event loop of its own, as the caller may be
    inside a running loop (a notebook), where none can be started.
    """
    import asyncio  # noqa: PLC0415 - only for async tools
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    async def wait() -> object:
        return await value

    with ThreadPoolExecutor(max_workers=1) as pool:
        coroutine: Coroutine[Any, Any, object] = wait()
        return pool.submit(asyncio.run, coroutine).result()
