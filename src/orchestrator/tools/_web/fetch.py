"""Fetches a page, from public addresses only, with limits on time and size.

The name is resolved when the connection is made. Each of its addresses is checked, and the connection goes to the
checked address. So a name that resolves to another address a moment later gains nothing. Redirects are followed here,
and each is checked like the first address. Proxies of the environment are not used, because they resolve names
themselves. Knows HTTP; not the content of pages.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from time import monotonic
from typing import Any

import httpcore2
import httpx2

from orchestrator.core.errors import ToolError
from orchestrator.runtime.threads import Overdue, result_of, start
from orchestrator.tools._unpacking import ACCEPTED, UnpackingError, unpacked
from orchestrator.tools._web.addresses import Allowance, check_port, checked, refusal
from orchestrator.tools._web.media_types import MediaType, media_type

MOST_BYTES = 2_000_000
"""Limit of one page, packed and unpacked."""
REDIRECTS = 5
_HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; orchestrator)",
    "Accept": "text/html,application/xhtml+xml,text/plain;q=0.9,application/json;q=0.8,*/*;q=0.1",
    "Accept-Language": "en, *;q=0.5",
    "Accept-Encoding": ACCEPTED,
    "Connection": "close",
}
_MOVED = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the server sent it.

    Attributes:
        url: The address after redirects.
        kind: What the server says that it is.
        body: The unpacked body.
    """

    url: str
    kind: MediaType
    body: bytes


def fetch(address: str, *, seconds: float, allowance: Allowance) -> Page:
    """Fetch a page.

    Args:
        address: The address, as the model wrote it.
        seconds: Seconds for everything, including redirects.
        allowance: Networks that are allowed although they are not public.

    Raises:
        ToolError: The page may not or cannot be read. The message is for the model.
    """
    url = checked(address, allowance)
    backend = _GuardedBackend(monotonic() + seconds, allowance)
    try:
        for _ in range(REDIRECTS + 1):
            page = _one(url, backend, allowance)
            if isinstance(page, Page):
                return page
            url = page
    except httpcore2.TimeoutException:
        raise ToolError(f"{_host(url)} did not send the page in {seconds:g} seconds; try another page") from None
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
        raise ToolError(f"{_host(url)} cannot be read ({_reason(error)}); try another page") from None
    raise ToolError(f"{_host(url)} redirects more than {REDIRECTS} times; try another page")


def _one(url: httpx2.URL, backend: httpcore2.NetworkBackend, allowance: Allowance) -> Page | httpx2.URL:
    """Return the page, or the address that it redirects to."""
    context = httpx2.create_ssl_context(trust_env=True) if url.scheme == "https" else None
    target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    headers = {"Host": url.netloc.decode("ascii"), **_HEADERS}
    with (
        httpcore2.ConnectionPool(ssl_context=context, network_backend=backend) as pool,
        pool.stream("GET", target, headers=list(headers.items())) as response,
    ):
        said = httpx2.Headers(response.headers)
        if response.status in _MOVED and said.get("location"):
            return checked(_joined(url, said["location"]), allowance)
        if response.status != 200:
            raise ToolError(f"{_host(url)} answered with status {response.status}; try another page")
        packed = _whole(response.iter_stream())
    try:
        body = unpacked(packed, said.get("content-encoding", ""), MOST_BYTES)
    except UnpackingError as error:
        raise ToolError(f"the page is {error}; try another page") from None
    return Page(str(url), media_type(said.get("content-type", "")), body)


def _host(url: httpx2.URL) -> str:
    """The host as it is sent: ``url.host`` decodes it, which fails for some names that begin with ``xn--``."""
    return url.raw_host.decode("ascii")


def _joined(url: httpx2.URL, location: str) -> str:
    try:
        return str(url.join(location))
    except (httpx2.InvalidURL, ValueError) as error:
        raise ToolError(f"{_host(url)} redirects to something that is no address ({error})") from None


def _whole(pieces: Iterable[bytes]) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > MOST_BYTES:
            raise ToolError(f"the page is larger than {MOST_BYTES:,} bytes; try another page")
    return bytes(body)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:150] or type(error).__name__


class _GuardedBackend(httpcore2.NetworkBackend):
    """Opens connections to public addresses only. No operation lasts longer than the deadline."""

    def __init__(self, deadline: float, allowance: Allowance) -> None:
        self._deadline = deadline
        self._allowance = allowance
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - httpcore's interface; the deadline is used instead
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        error: Exception | None = None
        for address in self._resolved(host, port):
            try:
                stream = self._sockets.connect_tcp(address, port, _left(self._deadline), local_address, socket_options)
                return _TimedStream(stream, self._deadline)
            except httpcore2.ConnectError as failed:  # the next address may work
                error = failed
        raise error or httpcore2.ConnectError(f"{host} has no address")

    def _resolved(self, host: str, port: int) -> list[str]:
        """Return every address of ``host``.

        If one is not public, all are refused: an honest server has no such address.
        """
        addresses = _looked_up(host, port, _left(self._deadline))
        for each in map(ip_address, addresses):
            if reason := refusal(each, self._allowance):
                raise ToolError(f"{host} {reason}")
            if not self._allowance.covers(each):
                check_port(port)
        return addresses


def _looked_up(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses of a name. The system's resolver has no timeout, so it runs in a thread."""
    try:
        found = result_of(start(partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)), seconds)
    except Overdue:
        raise httpcore2.ConnectTimeout(f"no address of {host} in time") from None
    except (OSError, UnicodeError) as error:  # there is no such name, or the name is not valid
        raise httpcore2.ConnectError(str(error)) from None
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class _TimedStream(httpcore2.NetworkStream):
    """A connection that ends at the deadline, even if its bytes arrive slowly."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the time is used up")
    return left
