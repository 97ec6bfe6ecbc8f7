"""Runs functions in daemon threads. A caller waits as long as it wants, and no thread keeps the program from ending.

A thread cannot be stopped. If the caller stops waiting, the function continues in the background. An executor is not
used, because the program waits for an executor's threads at its end. Knows functions; not tools.
"""

from __future__ import annotations

from _thread import start_new_thread
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from orchestrator.core.errors import ConfigError
from orchestrator.runtime.interruption import asked

if TYPE_CHECKING:
    from asyncio import Task
    from concurrent.futures import Future

T = TypeVar("T")
_SLICE = 0.2  # seconds; Windows cannot interrupt a longer wait


class Overdue(Exception):
    """The time is up, and the function has not ended."""


def start(function: Callable[[], T]) -> Future[T]:
    """Start a function in a daemon thread, with the caller's context variables.

    Args:
        function: The function.

    Returns:
        The future result. ``result_of`` waits for it.
    """
    from concurrent.futures import Future  # noqa: PLC0415 - with logging 4 ms, which import orchestrator does not need
    from contextvars import copy_context  # noqa: PLC0415 - a millisecond

    future: Future[T] = Future()
    future.set_running_or_notify_cancel()  # so that no async caller can cancel it
    start_new_thread(copy_context().run, (_fulfil, future, function))
    return future


def wait(future: Future[T], seconds: float = inf) -> None:
    """Wait until a future is done. Ctrl-C ends the wait at once.

    Args:
        future: The future.
        seconds: The longest wait.

    Raises:
        Overdue: The time is up, or another thread has closed the stream of the run.
    """
    end = perf_counter() + seconds
    while not future.done():
        if (left := end - perf_counter()) <= 0 or asked():
            raise Overdue
        with suppress(TimeoutError):
            future.exception(min(left, _SLICE))


def result_of(future: Future[T], seconds: float = inf) -> T:
    """Wait for a future's result. Ctrl-C ends the wait at once.

    Args:
        future: The future.
        seconds: The longest wait.

    Returns:
        What the function returns.

    Raises:
        Overdue: The time is up.
        BaseException: The function raised it.
    """
    wait(future, seconds)
    if (error := future.exception()) is not None:  # result() would lose an exception that is false
        raise error
    return future.result()


def running_task() -> Task[Any]:
    """Return the asyncio task that runs this code.

    Raises:
        ConfigError: No event loop of asyncio is running here.
    """
    import asyncio  # noqa: PLC0415 - it costs 40 ms; an async caller has it already

    try:
        task = asyncio.current_task()
    except RuntimeError:  # no running event loop
        task = None
    if task is not None:
        return task
    raise ConfigError(
        "the async functions need asyncio: call them in asyncio.run(…), or use run and stream in a thread, "
        "as with trio.to_thread.run_sync"
    )


async def in_thread(function: Callable[[], T]) -> T:
    """Run a function in a daemon thread, and await its result. A caller that is cancelled does not wait for it.

    Args:
        function: The function.

    Raises:
        BaseException: The function raised it.
    """
    from asyncio import wrap_future  # noqa: PLC0415 - asyncio costs 40 ms; an async caller has it already
    from concurrent.futures import Future  # noqa: PLC0415 - asyncio has it already

    done = await wrap_future(
        start(partial(_fulfil, Future(), function))
    )  # raises nothing: asyncio would change some errors
    return result_of(done)


async def within(value: Awaitable[T], seconds: float) -> T:
    """Await a value with a time limit.

    When the time is up, the awaitable is cancelled, and nobody waits for it any longer.

    Args:
        value: The awaitable.
        seconds: The longest wait.

    Raises:
        Overdue: The time is up.
        BaseException: The awaitable raised it.
    """
    import asyncio  # noqa: PLC0415 - as in in_thread
    from concurrent.futures import Future  # noqa: PLC0415

    result: Future[T] = Future()

    async def run() -> None:
        try:
            result.set_result(await value)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - out of a task, SystemExit would end the whole event loop
            result.set_exception(error)

    task = asyncio.create_task(run())
    try:
        await asyncio.wait({task}, timeout=None if seconds == inf else seconds)
    finally:
        overdue = task.cancel()  # False if it is done
    if overdue:
        raise Overdue
    task.result()  # raises CancelledError if the awaitable has raised it
    return result_of(result)


def _fulfil(future: Future[T], function: Callable[[], T]) -> Future[T]:
    """Keep what the function returns or raises."""
    try:
        future.set_result(function())
    except BaseException as error:  # noqa: BLE001 - raised again by result_of
        future.set_exception(error)
    return future
