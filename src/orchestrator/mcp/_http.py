"""Serves an MCP server over HTTP. Knows the SDK and uvicorn, so import it late; not tools.

- There are no sessions: each request stands alone, because the tools keep nothing between two calls. So a client that
  goes away leaves nothing behind.
- An answer is one JSON document, as nothing is said before it is whole: clients need not understand event streams.
- A connection on which no whole request arrives in time is closed.
- On a loopback address, the headers Host and Origin must name this very address. Else a web page could use the tools
  through a name of its own that leads here (DNS rebinding).
"""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from socket import socket
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from starlette.responses import PlainTextResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server
    from starlette.types import ASGIApp, Receive, Scope, Send

REQUEST_SECONDS = 10.0  # from the first byte of a request, or from the connection, to the last byte
HTTP_PORT = 80  # which a Host header leaves out


def http_server(server: Server[Any], listener: socket) -> uvicorn.Server:
    """Return the HTTP server that serves at ``/mcp``. Its ``run`` takes the same listener.

    Args:
        server: The server.
        listener: The listening socket.
    """
    address, port = listener.getsockname()[:2]
    config = uvicorn.Config(application(server, address, port), http=PatientProtocol, log_level="warning")
    return uvicorn.Server(config)


def application(server: Server[Any], address: str, port: int) -> ASGIApp:
    """Return the ASGI application.

    Args:
        server: The server.
        address: The IP address that it listens on.
        port: The port that it listens on.
    """
    guarded = security(address, port)
    app = server.streamable_http_app(stateless_http=True, json_response=True, transport_security=guarded)

    async def posts_only(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] != "POST":
            # Without a session there is nothing to listen to (GET) or to end (DELETE).
            refused = PlainTextResponse("send a POST request: this server has no sessions", 405, {"Allow": "POST"})
            await refused(scope, receive, send)
        elif scope["type"] == "http":
            await app({**scope, "headers": [*map(_plain, scope["headers"])]}, receive, send)
        else:
            await app(scope, receive, send)

    return posts_only


def _plain(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """Return a header as the SDK compares it: hosts are the same in capitals, which it does not know."""
    name, value = header
    return name, value.lower() if name == b"host" else value


def security(address: str, port: int) -> TransportSecuritySettings:
    """Return which Host and Origin headers are accepted: on a loopback address exactly its names, else all.

    Args:
        address: The IP address that the server listens on.
        port: The port that it listens on.
    """
    ip = ip_address(address)
    if not ip.is_loopback:
        return TransportSecuritySettings(enable_dns_rebinding_protection=False)
    names = dict.fromkeys(("localhost", "127.0.0.1", "[::1]", address if ip.version == 4 else f"[{address}]"))
    hosts = [f"{name}:{port}" for name in names] + [name for name in names if port == HTTP_PORT]
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=[f"http://{host}" for host in hosts])


class PatientProtocol(H11Protocol):
    """A connection that is closed if it does not bring a whole request in time. uvicorn waits for ever."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_watching()

    def _watch(self) -> None:
        """Start the time limit if the connection waits for its client, and stop it if it does not."""
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop_watching()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def _stop_watching(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None
