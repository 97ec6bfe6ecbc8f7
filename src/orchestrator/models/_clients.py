"""HTTP clients, made when first needed: one for all threads, and one for each event loop. Knows no HTTP.

An asynchronous client belongs to the loop that its connections were opened in. It is closed when that loop shuts its
asynchronous generators down, which ``asyncio.run`` does at its end: no connection outlives its loop.
"""

from __future__ import annotations

import asyncio
import os
import threading
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Generic, Protocol, TypeVar


class Closes(Protocol):
    """What ends its connections when it is told to."""

    def close(self) -> None: ...


S = TypeVar("S", bound=Closes)
A = TypeVar("A")


class Clients(Generic[S, A]):
    """``make`` and ``amake`` create a client, ``aclose`` ends an asynchronous one."""

    def __init__(self, make: Callable[[], S], amake: Callable[[], A], aclose: Callable[[A], Awaitable[None]]) -> None:
        self._make = make
        self._amake = amake
        self._aclose = aclose
        self._lock = threading.Lock()
        self._blocking: tuple[int, S] | None = None
        self._by_loop: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[A, AsyncGenerator[None, None]]]
        self._by_loop = weakref.WeakKeyDictionary()

    def blocking(self) -> S:
        """The client for synchronous use. A forked child makes its own: two processes cannot share a connection."""
        with self._lock:
            if self._blocking is None or self._blocking[0] != os.getpid():
                self._blocking = (os.getpid(), self._make())
                weakref.finalize(self, self._blocking[1].close)
            return self._blocking[1]

    async def running(self) -> A:
        """The client of the running loop."""
        loop = asyncio.get_running_loop()
        with self._lock:
            known = self._by_loop.get(loop)
            if known is not None:
                return known[0]
            client = self._amake()
            keeper = _until_shutdown(client, self._aclose, self._forget)
            self._by_loop[loop] = (client, keeper)
        await anext(keeper)  # from now on the loop knows the generator, and will close it
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
