"""Ends a wait from another thread: a stop button closes the stream that its reader waits on. Knows waits, not runs.

The driver names the run whose step begins in this thread (``begin``). Whatever waits for it then says how its wait is
ended (``ended_by``), or asks now and then whether it is to end (``asked``).
"""

from __future__ import annotations

from _contextvars import ContextVar  # the public modules around them take a millisecond to import
from _weakref import ref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Interruptible(ABC):
    """A run that another thread can interrupt.

    Attributes:
        closing: It was interrupted.
        over: It has ended. Nothing waits for it any more.
    """

    def __init__(self) -> None:
        self.closing = False
        self._end_wait: Callable[[], None] | None = None

    @property
    @abstractmethod
    def over(self) -> bool: ...

    def begin(self) -> None:
        """Note that what this thread waits for next, it waits for on behalf of this run."""
        _current.set(ref(self))

    def interrupt(self) -> None:
        """End the wait of the run's thread."""
        self.closing = True
        if end_wait := self._end_wait:
            end_wait()


def asked() -> bool:
    """Whether the run that this thread works for was interrupted."""
    run = _run()
    return run is not None and run.closing


@contextmanager
def ended_by(end_wait: Callable[[], None]) -> Iterator[None]:
    """Let ``end_wait``, called from another thread, end a wait in the block.

    Args:
        end_wait: Ends the wait. It must not raise an exception, and may be called after the wait.
    """
    run = _run()
    if run is None:
        yield
        return
    run._end_wait = end_wait  # noqa: SLF001 - of this module
    try:
        if run.closing:  # since just now
            end_wait()
        yield
    finally:
        run._end_wait = None  # noqa: SLF001


def _run() -> Interruptible | None:
    """Return the run that this thread works for; None if there is none or it has ended."""
    named = _current.get()
    run = named() if named else None
    return None if run is None or run.over else run


_current: ContextVar[ref[Interruptible] | None] = ContextVar("the run that this thread works for", default=None)
