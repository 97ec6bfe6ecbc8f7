"""Drives a loop to its end, sync and async: streams the model, asks for approval, runs the tools and yields the events.

If a stream is left early, the model's connection is closed, so that the server stops generating. Another thread or task
than the reader's may close it: the reader's loop then ends.
"""

from __future__ import annotations

from _thread import allocate_lock
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import aclosing, closing, contextmanager, suppress
from functools import cached_property
from inspect import GEN_RUNNING, getgeneratorstate
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from orchestrator.core.errors import ConfigError, EndlessCall, ModelTimeout, ResumeRefused
from orchestrator.core.loop import Approve, Invoke, Loop, Sample
from orchestrator.core.policy import Approver
from orchestrator.core.protocols import Model
from orchestrator.core.run import Event, Run
from orchestrator.core.tool import Tool
from orchestrator.core.types import ToolResult
from orchestrator.runtime.interruption import Interruptible
from orchestrator.runtime.threads import in_thread, running_task
from orchestrator.runtime.tool_runs import Outcomes, aask, arun_tools, ask, run_tools

if TYPE_CHECKING:
    from asyncio import Task


class _Closed(BaseException):
    """The stream was closed by another thread or task, or by a tool or approver of its own run."""


class _Progress(Interruptible):
    """State that both drivers share: the clock, the loop, and the run after its end."""

    def __init__(
        self, begin: Callable[[], Loop], model: Model, tools: Mapping[str, Tool], approve: Approver | None
    ) -> None:
        super().__init__()
        self._begin_loop = begin
        self.model = model
        self.tools = tools
        self.approve = approve
        self.run: Run | None = None
        self.failed = False  # the run could not begin
        self._started = perf_counter()

    @cached_property
    def loop(self) -> Loop:
        """The run's loop. It begins with its first use."""
        return self._begin_loop()

    @property
    def over(self) -> bool:
        return self.failed or self.run is not None

    def elapsed(self) -> float:
        return perf_counter() - self._started

    def now(self) -> float:
        """Seconds since the start, for the loop. Ends the driver if the stream was closed elsewhere."""
        if self.closing:
            raise _Closed
        return perf_counter() - self._started

    def left(self) -> float:
        """Seconds that a tool may take."""
        return self.loop.spent.time_left(self.elapsed())

    @contextmanager
    def paused(self) -> Generator[None, None, None]:
        """Stop the run's clock while a person decides."""
        began = perf_counter()
        try:
            yield
        finally:
            self._started += perf_counter() - began

    def deliver(self, outcomes: Outcomes) -> Generator[Event, None, None]:
        """Pass the results to the loop.

        If a call ends the run, its exception is raised after the other results were kept.
        """
        yield from self.loop.deliver([each if isinstance(each, ToolResult) else None for each in outcomes])
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    def break_off(self, error: BaseException) -> None:
        """End the run with an error, and keep the run so far, here and on the error."""
        try:
            loop = self.loop
        except ConfigError:
            self.failed = True
            return
        if isinstance(error, Exception):
            loop.stop("interrupted", f"{type(error).__name__}: {error}")
        else:  # Ctrl-C, a cancelled task, a closed generator
            loop.stop("cancelled", "cancelled before the end")
        self.run = loop.finish(self.elapsed())
        with suppress(AttributeError):  # an exception class with __slots__ has no attribute ``run``
            error.run = self.run  # type: ignore[attr-defined]

    def close(self) -> None:
        """End the run, unless it has ended, because nobody wants its events any more."""
        if not self.over:
            self.loop.stop("cancelled", "closed before the end")
            self.run = self.loop.finish(self.elapsed())

    def has_reached_a_limit(self, error: ModelTimeout | EndlessCall) -> None:
        """End the run as a loop, or by ``max_seconds`` if its time is up. Otherwise raise the error."""
        if isinstance(error, EndlessCall):
            self.loop.stop("loop", str(error))
        elif not self.loop.out_of_time(self.elapsed()):
            raise error


class _Stream:
    """The part of a stream that is the same for sync and async.

    The generator of events refers to the progress and not to this object. So a stream that nobody refers to any more is
    closed at once, and the model's connection with it.
    """

    _progress: _Progress

    @property
    def ended(self) -> bool:
        """Whether the run has ended."""
        return self._progress.over

    @property
    def run(self) -> Run:
        """The run, after the stream was read to its end, closed, or ended by an error.

        Raises:
            RuntimeError: The run has not ended.
        """
        if self._progress.run is None:
            raise RuntimeError("the run is still under way: read the stream to its end, or close it")
        return self._progress.run


class RunStream(_Stream):
    """The events of one run: ``for event in stream``. ``Orchestrator.stream`` and ``Chat.stream`` make one.

    The last event is ``Finished``. ``close``, or the end of a ``with`` block, ends the run early. An error of the
    model's server is raised as ModelError while the events are read.

    One thread reads at a time. Any thread may close.

    Args:
        loop: The run's loop.
        model: The model.
        tools: The tools, by name.
        approve: Decides about calls that need approval; None denies them.
    """

    def __init__(self, loop: Loop, model: Model, tools: Mapping[str, Tool], approve: Approver | None = None) -> None:
        self._progress = _Progress(lambda: loop, model, tools, approve)
        self._events = _drive(self._progress)
        self._ending = allocate_lock()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event:
        if self._progress.closing:
            self.close_if_left()
        try:
            return next(self._events)
        except _Closed:
            raise StopIteration from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Stop the model, and end the run with what it has so far. If the stream is finished, do nothing.

        If another thread is waiting for an event, or a tool or an approver of this run calls ``close``, it returns at
        once. The reader's loop then ends: the connection to the model's server is cut, and a tool is not waited for.
        """
        self._progress.interrupt()
        self.close_if_left()

    def close_if_left(self) -> None:
        """Close the stream, unless a thread is waiting for an event: then do nothing."""
        with self._ending:  # so that a reader that comes now finds a run that has ended
            try:
                self._events.close()
            except ValueError:
                if getgeneratorstate(self._events) != GEN_RUNNING:
                    raise  # the model's
            else:
                self._progress.close()


class AsyncRunStream(_Stream):
    """Async version of RunStream: ``async for event in stream``. It needs asyncio's event loop.

    One task reads at a time. Any task of the same event loop may close.

    Args:
        begin: Begins the run's loop.
        model: The model.
        tools: The tools, by name.
        approve: Decides about calls that need approval; None denies them.
        before: Is called in a thread before the loop begins. It may wait.
    """

    def __init__(
        self,
        begin: Callable[[], Loop],
        model: Model,
        tools: Mapping[str, Tool],
        approve: Approver | None = None,
        before: Callable[[], None] | None = None,
    ) -> None:
        self._progress = _Progress(begin, model, tools, approve)
        self._events = _adrive(self._progress, before)
        self._reader: Task[Any] | None = None
        self._woken = False  # whether aclose has cancelled the reader

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        self._reader = reader = running_task()
        cancelled = reader.cancelling()
        try:
            return await anext(self._events)
        except _Closed:
            raise StopAsyncIteration from None
        except BaseException:  # CancelledError, if ``aclose`` has woken this task
            if self._woken and reader.cancelling() > cancelled and reader.uncancel() == cancelled:
                raise StopAsyncIteration from None
            raise
        finally:
            self._reader = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Stop the model, and end the run with what it has so far. If the stream is finished, do nothing.

        If another task is waiting for an event, it is woken, and its loop ends. If a tool or an approver of this run
        calls ``aclose``, the run ends when it is done.
        """
        self._progress.closing = True
        if self._reader is None:
            await self._events.aclose()
            self._progress.close()
        elif self._reader is not running_task():
            self._woken = self._reader.cancel()


def _drive(progress: _Progress) -> Generator[Event, None, None]:
    loop = progress.loop
    try:
        while True:
            match loop.next(progress.now()):
                case Sample(request):
                    progress.begin()
                    try:
                        with closing(progress.model.stream(request)) as deltas:
                            for delta in deltas:
                                yield from loop.feed(delta, progress.now())
                                if loop.cut:
                                    break
                    except (ModelTimeout, EndlessCall) as error:
                        progress.has_reached_a_limit(error)
                    except ResumeRefused:
                        loop.fall_back()
                        continue
                    loop.note_model(progress.model.info)
                    yield from loop.end_stream(progress.now())
                case Approve(request):
                    with progress.paused():
                        answer = ask(progress.approve, request)
                    yield from loop.decide(answer)
                case Invoke(calls):
                    progress.begin()
                    yield from progress.deliver(run_tools(calls, progress.tools, progress.left()))
                case finished:
                    progress.run = finished.run
                    yield finished
                    return
    except BaseException as error:
        progress.break_off(error)
        raise


async def _adrive(  # noqa: C901, PLR0912 - the async version of _drive, where ``yield from`` must be a loop
    progress: _Progress, before: Callable[[], None] | None
) -> AsyncGenerator[Event, None]:
    try:
        if before:
            await in_thread(before)
        loop = progress.loop
        while True:
            match loop.next(progress.now()):
                case Sample(request):
                    try:
                        async with aclosing(progress.model.astream(request)) as deltas:
                            async for delta in deltas:
                                for event in loop.feed(delta, progress.now()):
                                    yield event
                                if loop.cut:
                                    break
                    except (ModelTimeout, EndlessCall) as error:
                        progress.has_reached_a_limit(error)
                    except ResumeRefused:
                        loop.fall_back()
                        continue
                    loop.note_model(progress.model.info)
                    for event in loop.end_stream(progress.now()):
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
