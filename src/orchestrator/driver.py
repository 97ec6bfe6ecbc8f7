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

from orchestrator.errors import ModelTimeout, ToolError
from orchestrator.loop import Invoke, Loop, Sample
from orchestrator.protocols import Model
from orchestrator.types import Event, Run, Tool, ToolResult


class _Progress:
    """What both drivers share: the clock, the loop, and the run when it has ended."""

    def __init__(self, loop: Loop, model: Model, tools: Mapping[str, Tool]) -> None:
        self.loop = loop
        self.model = model
        self.tools = tools
        self.run: Run | None = None
        self._started = perf_counter()

    def elapsed(self) -> float:
        return perf_counter() - self._started

    def break_off(self, error: BaseException) -> None:
        """Keep what has come so far, here and on the error that ends it."""
        if isinstance(error, Exception):
            self.loop.stop("interrupted", f"{type(error).__name__}: {error}")
        else:  # Ctrl-C, a cancelled task, a closed generator
            self.loop.stop("cancelled", "cancelled before the end")
        self.run = self.loop.run(self.elapsed())
        with suppress(AttributeError):  # an error with slots has no room for it
            error.run = self.run  # type: ignore[attr-defined]

    def close(self) -> None:
        """Nobody reads on: the run ends here, unless it has ended."""
        if self.run is None:
            self.loop.stop("cancelled", "closed before the end")
            self.run = self.loop.run(self.elapsed())

    def ran_out_of_time(self, error: ModelTimeout) -> None:
        """A silent server was given the run's last seconds: that is the limit's end, not the server's failure."""
        if not self.loop.out_of_time(self.elapsed()):
            raise error


class _Stream:
    """The run at the end of a stream. The generator of events holds the progress, not this object, so that an
    abandoned stream is closed, and with it the model's connection, as soon as nobody refers to it.
    """

    _progress: _Progress

    @property
    def ended(self) -> bool:
        return self._progress.run is not None

    @property
    def run(self) -> Run:
        """The run, once the stream was read to its end, closed, or ended by an error."""
        if self._progress.run is None:
            raise RuntimeError("the run is still under way: read the stream to its end, or close it")
        return self._progress.run


class RunStream(_Stream):
    """The events of one run: ``for event in stream``. ``stream.run`` is the run; ``close`` ends it early."""

    def __init__(self, loop: Loop, model: Model, tools: Mapping[str, Tool]) -> None:
        self._progress = _Progress(loop, model, tools)
        self._events = _drive(self._progress)

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
        self._progress.close()


class AsyncRunStream(_Stream):
    """The events of one run: ``async for event in stream``. The async twin of RunStream."""

    def __init__(self, loop: Loop, model: Model, tools: Mapping[str, Tool]) -> None:
        self._progress = _Progress(loop, model, tools)
        self._events = _adrive(self._progress)

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
        self._progress.close()


def _drive(progress: _Progress) -> Generator[Event, None, None]:
    loop = progress.loop
    try:
        while True:
            match loop.next(progress.elapsed()):
                case Sample(request):
                    try:
                        with closing(progress.model.stream(request)) as deltas:
                            for delta in deltas:
                                yield from loop.feed(delta, progress.elapsed())
                                if loop.cut:
                                    break
                    except ModelTimeout as error:
                        progress.ran_out_of_time(error)
                    yield from loop.end_stream(progress.elapsed())
                case Invoke(call):
                    yield from loop.deliver(run_tool(progress.tools[call.name], call.argument))
                case finished:
                    progress.run = finished.run
                    yield finished
                    return
    except BaseException as error:
        progress.break_off(error)
        raise


async def _adrive(  # noqa: C901 - the twin of _drive, with its loops written out
    progress: _Progress,
) -> AsyncGenerator[Event, None]:
    loop = progress.loop
    try:
        while True:
            match loop.next(progress.elapsed()):
                case Sample(request):
                    try:
                        async with aclosing(progress.model.astream(request)) as deltas:
                            async for delta in deltas:
                                for event in loop.feed(delta, progress.elapsed()):
                                    yield event
                                if loop.cut:
                                    break
                    except ModelTimeout as error:
                        progress.ran_out_of_time(error)
                    for event in loop.end_stream(progress.elapsed()):
                        yield event
                case Invoke(call):
                    for event in loop.deliver(await arun_tool(progress.tools[call.name], call.argument)):
                        yield event
                case finished:
                    progress.run = finished.run
                    yield finished
                    return
    except BaseException as error:
        progress.break_off(error)
        raise


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
    from asyncio import to_thread  # noqa: PLC0415 - asyncio costs 40 ms; who gets here has it already

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


def _call(tool: Tool, argument: str) -> object:
    try:
        return tool.run(argument)
    except StopIteration as error:  # a thread's future cannot carry it: the caller would wait for ever
        raise RuntimeError(f"the tool {tool.name} raised {error!r}") from error


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
