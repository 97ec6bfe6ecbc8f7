"""A real streaming server on loopback, and one way to run a test both synchronously and asynchronously."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from orchestrator.core.protocols import Model
from orchestrator.core.tool import Request
from orchestrator.core.types import Delta, Message

Collect = Callable[[Model, Request], list[Delta]]


@pytest.fixture(params=["sync", "async"])
def collect(request: pytest.FixtureRequest) -> Collect:
    """All deltas of one request."""
    if request.param == "sync":
        return lambda model, asked: list(model.stream(asked))

    async def gather(model: Model, asked: Request) -> list[Delta]:
        return [delta async for delta in model.astream(asked)]

    return lambda model, asked: asyncio.run(gather(model, asked))


@pytest.fixture(params=["sync", "async"])
def take_one(request: pytest.FixtureRequest) -> Callable[[Model, Request], Delta]:
    """The first delta; then the stream is closed."""

    def take(model: Model, asked: Request) -> Delta:
        with closing(model.stream(asked)) as deltas:
            return next(deltas)

    async def atake(model: Model, asked: Request) -> Delta:
        deltas = model.astream(asked)
        try:
            return await anext(deltas)
        finally:
            await deltas.aclose()

    return take if request.param == "sync" else lambda model, asked: asyncio.run(atake(model, asked))


@pytest.fixture
def asked() -> Request:
    return Request((Message("user", "Hi"),), "User: Hi\nAssistant:", max_tokens=9, timeout=20)


class Server:
    """Streams ``pieces`` as one chunked answer, slowly when ``pause`` is set, and counts what it does."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.pause = 0.0
        self.die = False
        self.encoding = "identity"
        self.connections = 0
        self.sent = 0
        self.bodies: list[dict[str, Any]] = []
        self.stopped = threading.Event()
        self._closing = threading.Event()
        handler = type("Handler", (_Handler,), {"owner": self})
        self._http = _QuietServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def wait(self) -> bool:
        return self._closing.wait(self.pause)

    def close(self) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    owner: Server
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.owner.connections += 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.owner.bodies.append(json.loads(body))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-encoding", self.owner.encoding)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            for piece in self.owner.pieces:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.owner.sent += 1
                if self.owner.wait():
                    break
            if self.owner.die:
                self.close_connection = True
                return
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True
        finally:
            self.owner.stopped.set()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with closing(Server()) as running:
        yield running
