"""What stays of clients that go away, and which requests the HTTP server accepts."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
import time
from collections.abc import Iterator, MutableMapping
from typing import Any

import httpx2
import pytest
from mcp.server.streamable_http import StreamableHTTPServerTransport

from orchestrator.mcp import _http
from orchestrator.mcp._server import _server
from orchestrator.runtime.registry import load_tools

HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
LIST = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server in a thread, whose patience is short."""
    with pytest.MonkeyPatch.context() as patch, socket.create_server(("127.0.0.1", 0)) as listener:
        patch.setattr(_http, "REQUEST_SECONDS", 1.0)
        server = _http.http_server(_server(load_tools(["CALCULATOR"]), "1"), listener)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()


def post(port: int, **headers: str) -> httpx2.Response:
    return httpx2.post(f"http://127.0.0.1:{port}/mcp", json=LIST, headers=HEADERS | headers)


async def test_clients_that_go_away_leave_no_session_and_no_task_behind() -> None:
    app = _http.application(_server(load_tools(["CALCULATOR"]), "1"), "127.0.0.1", 8000)
    started = asyncio.Event()
    asked: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()

    async def send(_: object) -> None:
        started.set()

    lifespan = asyncio.ensure_future(app({"type": "lifespan", "state": {}, "app": app}, asked.get, send))
    asked.put_nowait({"type": "lifespan.startup"})
    await started.wait()
    counts = []
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://localhost:8000") as client:
        for _ in range(3):
            for _ in range(100):
                answer = await client.post("/mcp", json=INITIALIZE, headers=HEADERS)
                assert answer.status_code == 200
                assert "mcp-session-id" not in answer.headers
            await asyncio.sleep(0.1)  # what belongs to the last request ends
            gc.collect()
            transports = sum(issubclass(type(each), StreamableHTTPServerTransport) for each in gc.get_objects())
            counts.append((len(asyncio.all_tasks()), transports))
    assert max(counts) < (10, 10), counts
    assert max(transports for _, transports in counts) < 10
    asked.put_nowait({"type": "lifespan.shutdown"})
    await lifespan


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "HEAD", "OPTIONS"])
def test_no_stream_is_opened_that_nothing_would_ever_be_sent_on(port, method):
    answer = httpx2.request(method, f"http://127.0.0.1:{port}/mcp", headers=HEADERS, timeout=10)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"P",
        b"POST /mcp HTTP/1.1\r\n",
        b"POST /mcp HTTP/1.1\r\nHost: localhost\r\n",
        b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n",
        b'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"jsonrpc":',
        b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"GET /mcp HTTP/1.1\r\nHost: localhost\r\n\r\nGET /mcp HT",
    ],
)
def test_a_connection_that_brings_no_whole_request_is_closed_and_blocks_nobody(port, sent):
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
    for client in clients:
        client.settimeout(20)
        client.sendall(sent)
    assert post(port).status_code == 200
    for client in clients:
        try:
            while client.recv(65_536):
                pass
        except ConnectionResetError:
            pass
        client.close()


def test_a_client_that_sends_a_byte_now_and_then_is_closed_too(port):
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.settimeout(0.2)
        closed, end = False, time.monotonic() + 30
        while not closed and time.monotonic() < end:
            try:
                client.sendall(b"P")
                closed = client.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                closed = True
        assert closed


def test_a_connection_that_is_used_again_in_time_is_not_closed(port):
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
        for _ in range(3):  # one connection, kept
            assert client.post("/mcp", json=LIST, headers=HEADERS).status_code == 200
            time.sleep(0.5)


GOOD = ["127.0.0.1:{}", "localhost:{}", "[::1]:{}"]
BAD = [
    *(
        "evil.example",
        "evil.example:{}",
        "127.0.0.1.evil.example",
        "127.0.0.1.evil.example:{}",
        "localhost.evil.example",
    ),
    *("localhost:{}.evil.example", "127.0.0.1:{}.evil.example", "[::1]:{}.evil.example", "localhost:{}:80"),
    *("localhost:{}@evil.example", "user@localhost:{}", "localhost:{} evil", "xlocalhost:{}", "evil.localhost:{}"),
    *("localhost", "127.0.0.1", "[::1]", "localhost:1", "127.0.0.1:80", "localhost:{}0", "localhost:0{}", "localhost:"),
    *(
        "LOCALHOST.:{}",
        "localhost.:{}",
        "127.1:{}",
        "127.0.0.2:{}",
        "0.0.0.0:{}",
        "2130706433:{}",
        "0x7f.1:{}",
        "::1:{}",
    ),
    *("[::1%25lo]:{}", "[0:0:0:0:0:0:0:1]:{}", "[::ffff:127.0.0.1]:{}", "localhost:*", ""),
]


@pytest.mark.parametrize("host", GOOD)
def test_the_servers_own_names_are_accepted_as_host_and_as_origin(port, host):
    assert post(port, Host=host.format(port)).status_code == 200
    assert post(port, Origin="http://" + host.format(port)).status_code == 200


@pytest.mark.parametrize("host", ["LOCALHOST:{}", "Localhost:{}", "localHost:{}", "LocalHosT:{}"])
def test_hosts_are_the_same_in_capitals(port, host):
    assert post(port, Host=host.format(port)).status_code == 200


@pytest.mark.parametrize("host", ["EVIL.example", "LOCALHOST.:{}", "LOCALHOST:1", "LOCALHOST:{}.EVIL.EXAMPLE"])
def test_other_hosts_in_capitals_are_refused(port, host):
    assert post(port, Host=host.format(port)).status_code == 421


@pytest.mark.parametrize(
    "accept",
    ["application/json", "application/*", "*/*", "Application/JSON;q=0.9", "text/event-stream, application/json"],
)
def test_a_client_that_knows_only_json_is_served(port, accept):
    answer = post(port, Accept=accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json()["result"]["tools"][0]["name"] == "CALCULATOR"


@pytest.mark.parametrize("host", BAD)
def test_every_other_host_and_origin_is_refused(port, host):
    assert post(port, Host=host.format(port)).status_code in (400, 403, 421)
    assert post(port, Origin="http://" + host.format(port)).status_code == 403


@pytest.mark.parametrize(
    "origin", ["null", "https://localhost:{}", "file://", "http://localhost:{}/", "HTTP://LOCALHOST:{}"]
)
def test_an_origin_of_another_scheme_is_refused(port, origin):
    assert post(port, Origin=origin.format(port)).status_code == 403


def test_hosts_are_checked_on_every_loopback_address_and_port_80_may_be_left_out():
    for address in ("127.0.0.1", "127.0.0.2", "127.255.0.9", "::1"):
        found = _http.security(address, 8000)
        assert found.enable_dns_rebinding_protection
        named = f"[{address}]:8000" if ":" in address else f"{address}:8000"
        assert {named, "localhost:8000"} <= set(found.allowed_hosts)
        assert not any(each.endswith("*") for each in found.allowed_hosts + found.allowed_origins)
    assert {"localhost", "localhost:80", "127.0.0.1", "[::1]"} <= set(_http.security("::1", 80).allowed_hosts)
    for address in ("0.0.0.0", "::", "192.168.1.5", "fe80::1%eth0"):
        assert not _http.security(address, 8000).enable_dns_rebinding_protection
