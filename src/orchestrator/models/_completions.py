"""A model behind ``POST {base_url}/completions``: one prompt string in, text out. For two backends.

Does not know how the prompt came about; escaping foreign text is the core's business.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from orchestrator.core.protocols import GrammarField
from orchestrator.core.types import Delta, ModelInfo, Request
from orchestrator.models._checks import checked_address, checked_key, is_loopback, shown
from orchestrator.models._clients import Clients
from orchestrator.models._deltas import CompletionDialect
from orchestrator.models._errors import Server
from orchestrator.models._events import well_formed
from orchestrator.models._grammars import grammar_in

if TYPE_CHECKING:
    import httpx2


@dataclass(frozen=True, slots=True)
class Quirks:
    """What one kind of server needs beyond the common.

    ``added`` makes what goes into a request's body besides; ``keep_alive`` reuses connections; ``on_response`` sees
    each response as it opens; ``grammars`` is the field that a grammar goes into.
    """

    added: Callable[[Request], Mapping[str, object]] = lambda _: {}
    keep_alive: bool = True
    on_response: Callable[[httpx2.Response], None] | None = None
    grammars: GrammarField = "grammar"


class Completions:
    """One model of one server. An empty ``name`` leaves the choice to the server."""

    def __init__(
        self,
        info: ModelInfo,
        base_url: str,
        name: str,
        api_key: str | None = None,
        quirks: Quirks | None = None,
    ) -> None:
        self.info: ModelInfo = info
        self._address = checked_address(base_url)
        self._key = checked_key(api_key, "api_key") if api_key else None
        self.server: Server = Server(
            shown(self._address), name, "pass the server's key as api_key (--api-key-env NAME)", self._key
        )
        self._quirks = quirks or Quirks()
        self._clients = Clients(self._client, self._async_client, lambda client: client.aclose())

    def stream(self, request: Request) -> Generator[Delta, None, None]:
        from orchestrator.models import _http  # noqa: PLC0415 - httpx2 loads in 0.2 s

        return _http.stream(self, request)

    def astream(self, request: Request) -> AsyncGenerator[Delta, None]:
        from orchestrator.models import _http  # noqa: PLC0415

        return _http.astream(self, request)

    def dialect(self, request: Request) -> CompletionDialect:
        return CompletionDialect(request.prompt)

    @contextmanager
    def open(self, request: Request, limits: httpx2.Timeout) -> Iterator[httpx2.Response]:
        from orchestrator.models import _http  # noqa: PLC0415

        client = self._clients.blocking()
        with client.stream("POST", self._url("completions"), json=self._body(request), timeout=limits) as response:
            self._note(response)
            _http.check(response)
            yield response

    @asynccontextmanager
    async def aopen(self, request: Request, limits: httpx2.Timeout) -> AsyncIterator[httpx2.Response]:
        from orchestrator.models import _http  # noqa: PLC0415

        client = await self._clients.running()
        url, body = self._url("completions"), self._body(request)
        async with client.stream("POST", url, json=body, timeout=limits) as response:
            self._note(response)
            await _http.acheck(response)
            yield response

    def list_models(self, seconds: float) -> httpx2.Response:
        return self._clients.blocking().get(self._url("models"), timeout=seconds)

    async def alist_models(self, seconds: float) -> httpx2.Response:
        client = await self._clients.running()
        return await client.get(self._url("models"), timeout=seconds)

    def _note(self, response: httpx2.Response) -> None:
        if self._quirks.on_response is not None:
            self._quirks.on_response(response)

    def _url(self, path: str) -> str:
        return f"{self._address}/{path}"

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
        return body | grammar_in(self._quirks.grammars, request.grammar) | dict(self._quirks.added(request))

    def _client(self) -> httpx2.Client:
        import httpx2  # noqa: PLC0415

        return httpx2.Client(**self._settings())

    def _async_client(self) -> httpx2.AsyncClient:
        import httpx2  # noqa: PLC0415

        return httpx2.AsyncClient(**self._settings())

    def _settings(self) -> _Settings:
        import httpx2  # noqa: PLC0415

        # A server on this machine needs neither a proxy nor TLS, whose set-up costs 70 ms.
        local = is_loopback(self._address) and self._address.startswith("http://")
        return {
            "headers": {"Authorization": f"Bearer {self._key}"} if self._key else {},
            "limits": httpx2.Limits(max_keepalive_connections=None if self._quirks.keep_alive else 0),
            "trust_env": not local,
            "verify": not local,
        }


class _Settings(TypedDict):
    headers: dict[str, str]
    limits: httpx2.Limits
    trust_env: bool
    verify: bool
