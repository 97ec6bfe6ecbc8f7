"""A real web server on loopback: pages by path, and what was asked of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Website:
    """``pages`` maps a path to the bytes that are sent for it, or to a function that writes to the connection."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        handler = type("Handler", (_Handler,), {"owner": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self._http.block_on_close = False
        self.port = self._http.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    owner: Website

    def do_GET(self) -> None:
        self.owner.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        page = self.owner.pages.get(self.path) or self.owner.pages.get(self.path.partition("?")[0])
        with suppress(OSError):
            if page is None:
                self.send_error(404)
            else:
                page(self)

    def log_message(self, *_: object) -> None:
        pass


Page = Callable[[BaseHTTPRequestHandler], None]


def page(body: bytes | str, status: int = 200, kind: str = "text/html; charset=utf-8", **headers: str) -> Page:
    """A page with its length; header names are written with _ for -."""
    content = body.encode() if isinstance(body, str) else body

    def send(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"content_type": kind, "content_length": str(len(content)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(content)

    return send


@pytest.fixture
def website() -> Iterator[Website]:
    site = Website()
    yield site
    site.close()
