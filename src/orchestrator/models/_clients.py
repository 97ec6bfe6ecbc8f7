"""HTTP clients, made on first use: one for all threads, and one for each event loop. Knows no HTTP.

An asynchronous client belongs to the event loop in which it opened its connections. It is closed when the loop shuts
down its asynchronous generators. ``asyncio.run`` does this at its end, so no connection outlives its loop.
"""

from __future__ import annotations

import asyncio
import os
import threading
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Generic, Protocol, TypeVar


class Closes(Protocol):
    """A client that can close its connections."""

    def close(self) -> None: ...


S = TypeVar("S", bound=Closes)
A = TypeVar("A")


class Clients(Generic[S, A]):
    """The HTTP clients of one model.

    Args:
        make: Creates a synchronous client.
        amake: Creates an asynchronous client.
        aclose: Closes an asynchronous client.
    """

    def __init__(self, make: Callable[[], S], amake: Callable[[], A], aclose: Callable[[A], Awaitable[None]]) -> None:
        self._make = make
        self._amake = amake
        self._aclose = aclose
        self._lock = threading.Lock()
        self._blocking: tuple[int, S] | None = None
        self._by_loop: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[A, AsyncGenerator[None, None]]]
        self._by_loop = weakref.WeakKeyDictionary()

    def blocking(self) -> S:
        """Return the synchronous client. A forked child makes a new one: two processes cannot share a connection."""
        with self._lock:
            if self._blocking is None or self._blocking[0] != os.getpid():
                self._blocking = (os.getpid(), self._make())
                weakref.finalize(self, self._blocking[1].close)
            return self._blocking[1]

    async def of_running_loop(self) -> A:
        """Return the asynchronous client of the running event loop."""
        loop = asyncio.get_running_loop()
        with self._lock:
            known = self._by_loop.get(loop)
            if known is not None:
                return known[0]
            client = self._amake()
            keeper = _until_shutdown(client, self._aclose, self._forget)
            self._by_loop[loop] = (client, keeper)
        await anext(keeper)  # started: from now on the loop knows the generator and closes it at shutdown
        return client

    def _forget(self) -> None:
        with self._lock:
            self._by_loop.pop(asyncio.get_running_loop(), None)


async def _until_shutdown(
    client: A, aclose: Callable[[A], Awaitable[None]], forget: Callable[[], None]
) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        forget()
        await aclose(client)
