"""A function in a daemon thread: waited for so long and no longer, and no reason for the program not to end.

A thread cannot be stopped. One that is given up goes on in the background, and nobody sees what comes of it. Knows
functions; not tools.
"""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread
from collections.abc import Awaitable, Callable
from contextlib import suppress
from math import inf
from time import perf_counter
from typing import Generic, TypeVar

T = TypeVar("T")
_SLICE = 0.2  # seconds; Windows lets nobody interrupt a longer wait


class Overdue(Exception):
    """The time is up, and it has not ended."""


class Work(Generic[T]):
    """``function`` at work in a thread, with the caller's context variables.

    Started by ``_thread``, in 45 µs of CPU where ``threading`` takes 60 and the import of it, as most calls are short.
    """

    def __init__(self, function: Callable[[], T]) -> None:
        from contextvars import copy_context  # noqa: PLC0415 - a millisecond that import orchestrator does not need

        self._function = function
        self._outcome: tuple[T, None] | tuple[None, BaseException] | None = None
        self._ended = allocate_lock()
        self._ended.acquire()
        start_new_thread(copy_context().run, (self._run,))

    def result(self, seconds: float = inf) -> T:
        """What the function returns or raises. Raises Overdue where that takes longer. Ctrl-C leaves at once."""
        end = perf_counter() + seconds
        while self._outcome is None and (left := end - perf_counter()) > 0:
            self._ended.acquire(timeout=min(left, _SLICE))
        if self._outcome is None:
            raise Overdue
        value, error = self._outcome
        if error is not None:
            raise error
        return value  # type: ignore[return-value]  # no error, so it is there

    def _run(self) -> None:
        try:
            self._outcome = self._function(), None
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            self._outcome = None, error
        finally:
            self._ended.release()


async def in_thread(function: Callable[[], T]) -> T:
    """The async twin of ``Work(function).result()``. Cancelled, it leaves at once."""
    from asyncio import get_running_loop  # noqa: PLC0415 - asyncio costs 40 ms; who gets here has it already

    loop = get_running_loop()
    ended = loop.create_future()

    def end() -> None:
        if not ended.done():
            ended.set_result(None)

    def run() -> T:
        try:
            return function()
        finally:
            with suppress(RuntimeError):  # nobody waits any more: the event loop has ended
                loop.call_soon_threadsafe(end)

    work = Work(run)
    await ended
    return work.result()


async def within(value: Awaitable[T], seconds: float) -> T:
    """The value, which is cancelled and Overdue when the time is up. One that goes on all the same is left behind."""
    from asyncio import CancelledError, create_task, wait  # noqa: PLC0415

    async def held() -> tuple[T, None] | tuple[None, BaseException]:
        try:
            return await value, None
        except CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - out of a task, SystemExit would end the whole event loop
            return None, error

    task = create_task(held())
    try:
        await wait({task}, timeout=None if seconds == inf else seconds)
    finally:
        ended = task.done() or not task.cancel()
    if not ended:
        raise Overdue
    result, error = task.result()
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # no error, so it is there
