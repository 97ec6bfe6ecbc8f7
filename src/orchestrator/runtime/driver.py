"""Drives a loop to its end, sync and async: streams the model, asks, runs the tools, passes the events on.

The only place that waits. Leaving a stream early closes the model's connection, so that the server stops.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import aclosing, closing, contextmanager, suppress
from time import perf_counter
from types import TracebackType
from typing import Self

from orchestrator.core.errors import ModelTimeout, ResumeRefused
from orchestrator.core.loop import Approve, Invoke, Loop, Sample
from orchestrator.core.policy import Approver
from orchestrator.core.protocols import Model
from orchestrator.core.run import Event, Run
from orchestrator.core.types import Tool, ToolResult
from orchestrator.runtime.tool_runs import Outcomes, aask, arun_tools, ask, run_tools


class _Progress:
    """What both drivers share: the clock, the loop, and the run when it has ended."""

    def __init__(self, loop: Loop, model: Model, tools: Mapping[str, Tool], approve: Approver | None) -> None:
        self.loop = loop
        self.model = model
        self.tools = tools
        self.approve = approve
        self.run: Run | None = None
        self._started = perf_counter()

    def elapsed(self) -> float:
        return perf_counter() - self._started

    def left(self) -> float:
        """Seconds that a tool may take."""
        return self.loop.spent.time_left(self.elapsed())

    @contextmanager
    def paused(self) -> Generator[None, None, None]:
        """The time that a person takes to decide is not the run's."""
        began = perf_counter()
        try:
            yield
        finally:
            self._started += perf_counter() - began

    def deliver(self, outcomes: Outcomes) -> Generator[Event, None, None]:
        """Pass on what came of the calls. A tool's own bug is raised when the others' results are kept."""
        yield from self.loop.deliver([each if isinstance(each, ToolResult) else None for each in outcomes])
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    def break_off(self, error: BaseException) -> None:
        """Keep what has come so far, here and on the error that ends it."""
        if isinstance(error, Exception):
            self.loop.stop("interrupted", f"{type(error).__name__}: {error}")
        else:  # Ctrl-C, a cancelled task, a closed generator
            self.loop.stop("cancelled", "cancelled before the end")
        self.run = self.loop.finish(self.elapsed())
        with suppress(AttributeError):  # an error with slots has no room for it
            error.run = self.run  # type: ignore[attr-defined]

    def close(self) -> None:
        """Nobody reads on: the run ends here, unless it has ended."""
        if self.run is None:
            self.loop.stop("cancelled", "closed before the end")
            self.run = self.loop.finish(self.elapsed())

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

    def __init__(self, loop: Loop, model: Model, tools: Mapping[str, Tool], approve: Approver | None = None) -> None:
        self._progress = _Progress(loop, model, tools, approve)
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

    def __init__(self, loop: Loop, model: Model, tools: Mapping[str, Tool], approve: Approver | None = None) -> None:
        self._progress = _Progress(loop, model, tools, approve)
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
                    except ResumeRefused:
                        loop.step_back()
                        continue
                    loop.learn(progress.model.info.resume_mode)
                    yield from loop.end_stream(progress.elapsed())
                case Approve(request):
                    with progress.paused():
                        answer = ask(progress.approve, request)
                    yield from loop.decide(answer)
                case Invoke(calls):
                    yield from progress.deliver(run_tools(calls, progress.tools, progress.left()))
                case finished:
                    progress.run = finished.run
                    yield finished
                    return
    except BaseException as error:
        progress.break_off(error)
        raise


async def _adrive(  # noqa: C901, PLR0912 - the twin of _drive, with its loops written out
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
                    except ResumeRefused:
                        loop.step_back()
                        continue
                    loop.learn(progress.model.info.resume_mode)
                    for event in loop.end_stream(progress.elapsed()):
                        yield event
                case Approve(request):
                    with progress.paused():
                        answer = await aask(progress.approve, request)
                    for event in loop.decide(answer):
                        yield event
                case Invoke(calls):
                    for event in progress.deliver(await arun_tools(calls, progress.tools, progress.left())):
                        yield event
                case finished:
                    progress.run = finished.run
                    yield finished
                    return
    except BaseException as error:
        progress.break_off(error)
        raise
