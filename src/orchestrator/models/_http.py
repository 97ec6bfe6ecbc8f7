"""Makes one streamed request, from the first attempt to the end, for every backend. Imports httpx2, so import it late.

A backend opens the response (``Backend``) and reads its server's format (``Dialect``). The steps are: open the
response; read up to the first delta (until here a failure is retried); yield deltas; read the body to its end, so that
the connection can be used again. Closing the generator closes the connection, and so stops the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, aclosing, closing, contextmanager, suppress
from functools import partial
from socket import SHUT_RDWR, socket
from typing import Protocol

import httpx2
from tenacity import AsyncRetrying, Retrying

from orchestrator.core.errors import ModelError
from orchestrator.core.tool import Request
from orchestrator.core.types import Delta
from orchestrator.models._deltas import DeltaReader, Dialect
from orchestrator.models._errors import Server, connection_error, status_error, timeout_error
from orchestrator.models._retry import Deadline, retrying
from orchestrator.runtime.interruption import asked, ended_by

CONNECT_SECONDS = 10.0  # a running server accepts at once, so the time limit of a long answer does not apply here
LIST_SECONDS = 5.0


class Backend(Protocol):
    """What differs between the backends.

    ``open`` and ``aopen`` open the response of one request. They raise httpx2's exceptions. They may leave an error
    status to the caller. ``list_models`` requests the server's list of models, within the seconds given.
    """

    @property
    def server(self) -> Server: ...

    def dialect(self, request: Request) -> Dialect: ...

    def open(self, request: Request, limits: httpx2.Timeout) -> AbstractContextManager[httpx2.Response]: ...

    def aopen(self, request: Request, limits: httpx2.Timeout) -> AbstractAsyncContextManager[httpx2.Response]: ...

    def list_models(self, seconds: float) -> httpx2.Response: ...


def stream(backend: Backend, request: Request) -> Generator[Delta, None, None]:
    """Stream one request.

    Failures before the first delta are retried (``_retry``). If the connection breaks after it, or the time is over,
    the stream ends without a finish reason.

    Args:
        backend: The model's backend.
        request: The request. Its ``timeout`` covers all attempts.

    Yields:
        The deltas, as they arrive.

    Raises:
        ModelError: No attempt succeeded, or the server sent an error object, which may be after the first delta.
    """
    deadline = Deadline.after(request.timeout)

    def attempt() -> tuple[Delta | None, Generator[Delta, None, None]]:
        deltas = _attempt(backend, request, deadline)
        return next(deltas, None), deltas

    try:
        first, deltas = retrying(Retrying, deadline)(attempt)
    except httpx2.HTTPError as error:
        raise _explained(error, backend, request) from error
    with closing(deltas):
        if first is not None:
            yield first
            yield from deltas


async def astream(backend: Backend, request: Request) -> AsyncGenerator[Delta, None]:
    """Stream one request without blocking the event loop. See ``stream``."""
    deadline = Deadline.after(request.timeout)

    async def attempt() -> tuple[Delta | None, AsyncGenerator[Delta, None]]:
        deltas = _aattempt(backend, request, deadline)
        return await anext(deltas, None), deltas

    try:
        begun: tuple[Delta | None, AsyncGenerator[Delta, None]] = await retrying(AsyncRetrying, deadline)(attempt)
    except httpx2.HTTPError as error:
        raise await asyncio.to_thread(_explained, error, backend, request) from error
    first, deltas = begun
    async with aclosing(deltas):
        if first is not None:
            yield first
            async for delta in deltas:
                yield delta


def _attempt(backend: Backend, request: Request, deadline: Deadline) -> Generator[Delta, None, None]:
    reader = DeltaReader(backend.dialect(request))
    with _secret_kept(backend.server), backend.open(request, _timeout(deadline)) as response:
        if not response.is_success:
            response.read()  # the error quotes the body
            response.raise_for_status()
        try:
            with ended_by(partial(_cut, response)):
                for chunk in response.iter_bytes():
                    yield from reader.feed(chunk)
                    if _out_of_time(backend, request, reader, deadline):
                        return
        except httpx2.RequestError:
            if not reader.started and not asked():
                raise
            # The stream was cut: what came so far is kept, and the missing finish reason shows that it was cut.
        if not asked():  # else the server did not end the stream, and what it has not said is no error
            yield from reader.close()


def _cut(response: httpx2.Response) -> None:
    """Cut the connection while another thread reads it: its read ends."""
    connection = response.extensions.get("network_stream")
    its_socket = connection.get_extra_info("socket") if connection else None
    if its_socket is not None:
        with suppress(OSError):  # it is closed already
            socket.shutdown(its_socket, SHUT_RDWR)  # not SSLSocket's own, which is not made for two threads


async def _aattempt(backend: Backend, request: Request, deadline: Deadline) -> AsyncGenerator[Delta, None]:
    reader = DeltaReader(backend.dialect(request))
    # The body's generator is closed here. The garbage collector may close it only after the event loop has ended.
    with _secret_kept(backend.server):
        async with backend.aopen(request, _timeout(deadline)) as response, aclosing(response.aiter_bytes()) as chunks:
            if not response.is_success:
                await response.aread()
                response.raise_for_status()
            try:
                async for chunk in chunks:
                    for delta in reader.feed(chunk):
                        yield delta
                    if _out_of_time(backend, request, reader, deadline):
                        return
            except httpx2.RequestError:
                if not reader.started:
                    raise
        for delta in reader.close():
            yield delta


@contextmanager
def _secret_kept(server: Server) -> Iterator[None]:
    """Remove the API key from error messages. A server may quote it in an error object or a page."""
    try:
        yield
    except ModelError as error:
        if not server.secret or server.secret not in str(error):
            raise
        raise type(error)(str(error).replace(server.secret, "…")) from None


def _out_of_time(backend: Backend, request: Request, reader: DeltaReader, deadline: Deadline) -> bool:
    """Whether the time is over. Raises ModelTimeout if it is and there was no delta yet."""
    if deadline.passed() and not reader.started:
        raise timeout_error(backend.server, request.timeout)
    return deadline.passed()


def _timeout(deadline: Deadline) -> httpx2.Timeout:
    # One read may take all the time that is left. A server that writes slowly is stopped by the check between reads.
    left = deadline.left()
    return httpx2.Timeout(left, connect=min(left, CONNECT_SECONDS))


def _explained(error: httpx2.HTTPError, backend: Backend, request: Request) -> ModelError:
    """Make the error for the user. If the server does not know the model, it is asked which ones it has."""
    if isinstance(error, httpx2.RequestError):
        return connection_error(error, backend.server, request.timeout)
    assert isinstance(error, httpx2.HTTPStatusError)  # noqa: S101 - there is no third kind
    known: list[str] = []
    if error.response.status_code == 404:
        with suppress(httpx2.HTTPError, ValueError, LookupError, TypeError):  # only an addition to the message
            known = [str(entry["id"]) for entry in backend.list_models(LIST_SECONDS).json()["data"]]
    return status_error(error.response, backend.server, known)
