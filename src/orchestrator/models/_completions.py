"""A model of a server with ``POST {base_url}/completions``: one prompt string in, a text stream out.

Shared by the backends ``completions`` and ``embedded``. Does not know how the prompt was made; the core escapes foreign
text in it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.core.tool import Request
from orchestrator.core.types import Delta
from orchestrator.models._checks import checked_address, checked_key, is_loopback, without_password
from orchestrator.models._clients import Clients
from orchestrator.models._deltas import CompletionDialect
from orchestrator.models._errors import Server, complaint_of
from orchestrator.models._events import well_formed
from orchestrator.models._grammars import grammar_in

if TYPE_CHECKING:
    import httpx2


@dataclass(frozen=True, slots=True)
class Quirks:
    """What one kind of server needs beyond the common protocol.

    Attributes:
        fields: Makes more fields for a request's body. For llama.cpp, it also takes a slot for the request.
        keep_alive: Whether connections are used for more than one request.
        on_response: Called with each response when it opens, before its status is checked.
        refuses: Whether the server refuses a part of a request, by the response's status and message. Then the request
            is made again, and its fields are made anew.
    """

    fields: Callable[[Request], Mapping[str, object]] = lambda request: grammar_in("grammar", request.grammar)
    keep_alive: bool = True
    on_response: Callable[[httpx2.Response], None] = lambda _: None
    refuses: Callable[[Request, int, str], bool] = lambda *_: False


class Completions:
    """One model of one server.

    Args:
        base_url: The server's address, up to and including ``/v1``.
        name: The server's name for the model. If it is empty, the server chooses.
        api_key: Sent as a bearer token.
        quirks: What this kind of server needs besides.

    Attributes:
        address: The address, checked.
        server: What error messages say about the server.

    Raises:
        ConfigError: The address or the key is not valid.
    """

    def __init__(
        self,
        base_url: str,
        name: str,
        api_key: str | None = None,
        quirks: Quirks | None = None,
    ) -> None:
        self.address: str = checked_address(base_url)
        self._key = checked_key(api_key, "api_key") if api_key else None
        self.server: Server = Server(
            without_password(self.address), name, "pass the server's key as api_key (--api-key-env NAME)", self._key
        )
        self._quirks = quirks or Quirks()
        self._clients = Clients(self._client, self._async_client, lambda client: client.aclose())

    def stream(self, request: Request) -> Generator[Delta, None, None]:
        """Stream one request. See ``_http.stream``."""
        from orchestrator.models import _http  # noqa: PLC0415 - httpx2 loads in 0.2 s

        return _http.stream(self, request)

    def astream(self, request: Request) -> AsyncGenerator[Delta, None]:
        """Stream one request without blocking the event loop."""
        from orchestrator.models import _http  # noqa: PLC0415

        return _http.astream(self, request)

    def dialect(self, request: Request) -> CompletionDialect:
        """Return a fresh reader of this server's events for one request."""
        return CompletionDialect(request.prompt)

    @contextmanager
    def open(self, request: Request, limits: httpx2.Timeout) -> Iterator[httpx2.Response]:
        """Open the response of one request.

        Args:
            request: The request.
            limits: Timeouts of connecting, reading and writing.

        Raises:
            FormRefused: The server refuses a part of the request. The next request is made without it.
            httpx2.RequestError: There was no response.
        """
        client = self._clients.blocking()
        with client.stream("POST", "completions", json=self._body(request), timeout=limits) as response:
            self._quirks.on_response(response)
            if response.is_error:
                response.read()
                self._check(request, response)
            yield response

    @asynccontextmanager
    async def aopen(self, request: Request, limits: httpx2.Timeout) -> AsyncIterator[httpx2.Response]:
        """Open the response of one request, without blocking the event loop. Raises what ``open`` raises."""
        client = await self._clients.of_running_loop()
        async with client.stream("POST", "completions", json=self._body(request), timeout=limits) as response:
            self._quirks.on_response(response)
            if response.is_error:
                await response.aread()
                self._check(request, response)
            yield response

    def list_models(self, seconds: float) -> httpx2.Response:
        """Request the server's list of models, within ``seconds``."""
        return self._clients.blocking().get("models", timeout=seconds)

    def _check(self, request: Request, response: httpx2.Response) -> None:
        """Raise FormRefused if the request can be made in another form."""
        from orchestrator.models._retry import FormRefused  # noqa: PLC0415 - with httpx2, which is loaded here

        complaint = complaint_of(response)
        if self._quirks.refuses(request, response.status_code, complaint.text):
            raise FormRefused(complaint.text, request=response.request, response=response)

    def _body(self, request: Request) -> dict[str, object]:
        body: dict[str, object] = {
            "prompt": well_formed(request.prompt),
            "max_tokens": request.max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if self.server.model:
            body["model"] = self.server.model
        if request.temperature is not None:
            body["temperature"] = request.temperature
        if request.stop:
            body["stop"] = list(request.stop)
        return body | dict(self._quirks.fields(request))

    def _client(self) -> httpx2.Client:
        import httpx2  # noqa: PLC0415

        return httpx2.Client(**self._settings())

    def _async_client(self) -> httpx2.AsyncClient:
        import httpx2  # noqa: PLC0415

        return httpx2.AsyncClient(**self._settings())

    def _settings(self) -> dict[str, Any]:
        import httpx2  # noqa: PLC0415

        # A server on this machine needs no proxy and no TLS. Setting up TLS takes 70 ms.
        local = is_loopback(self.address) and self.address.startswith("http://")
        return {
            "base_url": self.address,
            "headers": {"Authorization": f"Bearer {self._key}"} if self._key else {},
            "limits": httpx2.Limits(max_keepalive_connections=None if self._quirks.keep_alive else 0),
            "trust_env": not local,
            "verify": not local,
        }
