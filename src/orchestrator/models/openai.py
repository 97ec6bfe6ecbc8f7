"""OpenAI's chat completions, and every server with the same protocol.

Resumes by ``turn``, or by ``prefill`` if the server can, or offers tools as functions (``native``).

The SDK's client handles key, address, proxies and timeouts. The events are read from the raw bytes, because the SDK
would build a pydantic object for each of them (73 µs, against 5 µs for the JSON alone). The SDK's retries are off: this
package retries by itself, and both together would multiply the attempts.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from orchestrator.core.errors import ConfigError, ResumeRefused
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.tool import Request
from orchestrator.core.types import Delta, ModelInfo
from orchestrator.models import _prefill, _roles, _schemas, _thinking
from orchestrator.models._checks import checked_address, checked_key, is_openai, without_password
from orchestrator.models._clients import Clients
from orchestrator.models._deltas import ChatDialect
from orchestrator.models._errors import Server, complaint_of
from orchestrator.models._functions import FunctionDialect, as_sent, offered
from orchestrator.models._knowledge import Knowledge
from orchestrator.models._served import Question
from orchestrator.runtime.settings import Settings

if TYPE_CHECKING:
    import httpx2
    import openai

DEFAULT = "gpt-5.4-mini"
OPTIONS = ("base_url", "api_key", "price", "resume", "grammars", "thinks")
OPENAI_ADDRESS = "https://api.openai.com/v1"
PLACEHOLDER_KEY = "none"  # the SDK requires a key; a server without keys ignores it
KEY_HINT = "set OPENAI_API_KEY to a valid key, or pass api_key (--api-key-env NAME)"


def create(name: str, options: ModelOptions) -> OpenAIChat:
    """Make a chat model of OpenAI, or of the server at ``options.base_url``.

    Args:
        name: The server's name for the model. Empty means ``gpt-5.4-mini``.
        options: ``resume`` is "turn" or "prefill".

    Raises:
        ConfigError: OpenAI's key is missing, or an option is not valid.
    """
    settings = Settings.from_environment()
    address = checked_address(options.base_url or settings.openai_base_url or OPENAI_ADDRESS)
    name = name or DEFAULT
    if options.resume not in (None, "turn", "prefill"):
        raise ConfigError(f"a chat server is resumed by turn or by prefill, not by {options.resume}")
    info = ModelInfo(f"openai:{name}", options.resume or "turn", None, options.price)
    return OpenAIChat(info, name, address, _key(options, settings, address), options)


def _key(options: ModelOptions, settings: Settings, address: str) -> str:
    if options.api_key:
        return checked_key(options.api_key, "api_key")
    # The key in the environment is for OpenAI, or for the address in OPENAI_BASE_URL. No other server gets it.
    its_own = is_openai(address) or address == checked_address(settings.openai_base_url or OPENAI_ADDRESS)
    if settings.openai_api_key and its_own:
        return checked_key(settings.openai_api_key, "OPENAI_API_KEY")
    if is_openai(address):
        raise ConfigError(
            "OpenAI needs a key: set OPENAI_API_KEY, or use --model embedded (no key, no network), "
            "or pass base_url (--base-url) for a server of your own"
        )
    return PLACEHOLDER_KEY


class OpenAIChat:
    """One chat model of one server. All its requests share the same clients.

    Args:
        info: What the loop knows of the model at the start.
        name: The server's name for the model.
        address: The server's address, up to and including ``/v1``.
        key: The API key, or ``PLACEHOLDER_KEY``.
        options: The caller's options.
    """

    def __init__(self, info: ModelInfo, name: str, address: str, key: str, options: ModelOptions) -> None:
        self._info = info
        self._resume = options.resume
        self._thinks = options.thinks
        self.server: Server = Server(without_password(address), name, KEY_HINT, None if key == PLACEHOLDER_KEY else key)
        self._address = address
        self._key = key
        self._knowledge = Knowledge(Question(address, name), self.server.secret, options.grammars)
        self._refuses_stop = False
        self._clients = Clients(self._client, self._async_client, lambda client: client.close())

    def stream(self, request: Request) -> Generator[Delta, None, None]:
        """Stream one request. See ``_http.stream``.

        Raises:
            ModelError: The server failed. ``ResumeRefused`` means that the request must be made again in mode ``turn``.
        """
        from orchestrator.models import _http  # noqa: PLC0415 - httpx2 loads in 0.2 s

        return _http.stream(self, request)

    def astream(self, request: Request) -> AsyncGenerator[Delta, None]:
        """Stream one request without blocking the event loop. See ``stream``."""
        from orchestrator.models import _http  # noqa: PLC0415

        return _http.astream(self, request)

    @property
    def info(self) -> ModelInfo:
        """What the loop knows of the model.

        It changes when the server was asked what it is, and when an answer has shown more: whether the server continues
        messages, whether its text begins inside thinking, and which roles it takes.
        """
        server = self._address, self.server.model
        info = replace(self._knowledge.added_to(self._info), system_role=_roles.takes_all_roles(*server))
        if info.resume_mode == "native":
            return info
        mode = _prefill.mode_of(*server, self._resume)
        return replace(info, resume_mode=mode, thinks=_thinking.thinks(*server, self._thinks))

    @property
    def recognised(self) -> bool:
        """Whether there is nothing to ask the server: OpenAI and other servers in the internet are never asked."""
        return self._knowledge.complete

    def recognise(self) -> None:
        """Ask the server what it is, unless there is nothing to ask. It takes two seconds at the most."""
        self._knowledge.ask()

    def with_functions(self) -> OpenAIChat:
        """Return the same model in the native protocol. It uses the same connections."""
        other = copy(self)
        other._info = replace(self._info, resume_mode="native")  # noqa: SLF001 - a copy of itself
        return other

    def dialect(self, request: Request) -> ChatDialect:
        """Return a fresh reader of this server's events for one request."""
        if request.tools:
            return FunctionDialect(tool.name for tool in request.tools)
        if _continues_message(request):
            return _prefill.PrefillDialect(request.messages[-1], self.resume_by_turns)
        if self.info.thinks is None:
            return ChatDialect(_thinking.Watch(self._address, self.server.model))
        return ChatDialect()

    @contextmanager
    def open(self, request: Request, limits: httpx2.Timeout) -> Iterator[httpx2.Response]:
        """Open the response of one request.

        Args:
            request: The request.
            limits: Timeouts of connecting, reading and writing.

        Raises:
            httpx2.HTTPStatusError: The status is an error.
            httpx2.RequestError: There was no response.
            ResumeRefused: The server does not continue the assistant's message.
        """
        create: Any = self._clients.blocking().chat.completions.with_streaming_response.create
        with self._plain_errors(request), create(**self._body(request), timeout=limits) as response:
            _prefill.note_server(self._address, self.server.model, response.http_response)
            yield response.http_response

    @asynccontextmanager
    async def aopen(self, request: Request, limits: httpx2.Timeout) -> AsyncIterator[httpx2.Response]:
        """Open the response of one request, without blocking the event loop. Raises what ``open`` raises."""
        client = await self._clients.of_running_loop()
        create: Any = client.chat.completions.with_streaming_response.create
        with self._plain_errors(request):
            async with create(**self._body(request), timeout=limits) as response:
                _prefill.note_server(self._address, self.server.model, response.http_response)
                yield response.http_response

    def list_models(self, seconds: float) -> httpx2.Response:
        """Request the server's list of models, within ``seconds``."""
        client = self._clients.blocking()
        with self._plain_errors():
            return client.models.with_raw_response.list(timeout=seconds).http_response

    def _body(self, request: Request) -> dict[str, object]:
        # OpenAI's newer models refuse max_tokens. Some other servers do not know max_completion_tokens.
        limit = "max_completion_tokens" if is_openai(self._address) else "max_tokens"
        messages = self._messages(request)
        extra = _prefill.continuation_fields(self._address, messages) if _continues_message(request) else {}
        extra = {**extra, **self._knowledge.fields(request)}
        body: dict[str, object] = {
            "model": self.server.model,
            "messages": messages,
            "stream": True,
            "stream_options": {"include_usage": True},
            limit: request.max_tokens,
        }
        if extra:
            body["extra_body"] = extra  # the SDK's argument for fields that OpenAI does not have
        if request.temperature is not None:
            body["temperature"] = request.temperature
        body |= _schemas.response_format(request.schema, self._address, self.server.model)
        if request.tools:
            body["tools"] = offered(request.tools)
        if request.stop and not self._refuses_stop:
            body["stop"] = list(request.stop)
        return body

    def _messages(self, request: Request) -> list[dict[str, Any]]:
        messages = as_sent(request.messages)
        return messages if self.info.system_role else _roles.merged(messages)

    @contextmanager
    def _plain_errors(self, request: Request | None = None) -> Iterator[None]:
        """Raise the HTTP client's exceptions instead of the SDK's, so that one place names them (``_errors``)."""
        import httpx2  # noqa: PLC0415
        import openai  # noqa: PLC0415

        from orchestrator.models._retry import FormRefused  # noqa: PLC0415

        try:
            yield
        except openai.APIStatusError as error:
            plain: type[httpx2.HTTPStatusError] = httpx2.HTTPStatusError
            if self._adapts(request, error):
                plain = FormRefused
            elif request and _continues_message(request) and error.status_code in (400, 422):
                self.resume_by_turns()
                raise ResumeRefused(f"{self.server.url} does not go on with the assistant's message") from error
            raise plain(str(error), request=error.request, response=error.response) from error
        except openai.APIConnectionError as error:
            if isinstance(error.__cause__, httpx2.RequestError):
                raise error.__cause__ from None
            raise httpx2.ConnectError(str(error.__cause__ or error), request=error.request) from error

    def _adapts(self, request: Request | None, error: openai.APIStatusError) -> bool:
        """Note what the server refuses, so that the same request can be made in another form."""
        complaint = complaint_of(error.response)
        if error.status_code == 400 and complaint.param == "stop" and not self._refuses_stop:
            self._refuses_stop = True
            return True
        if request is None:
            return False
        about = f"{complaint.param} {complaint.text}"
        if self._knowledge.refuses_grammar(request, error.status_code, about) or self._refuses_schema(
            request, error.status_code, about
        ):
            return True
        if error.status_code not in (400, 422, 500) or not _roles.refuses_roles(complaint.text):
            return False
        sent = self._messages(request)
        if _roles.merged(sent) == sent:
            return False
        _roles.note_refusal(self._address, self.server.model)
        return True

    def _refuses_schema(self, request: Request, status: int, complaint: str) -> bool:
        sent = request.schema and "response_format" in self._body(request)
        if not sent or not request.schema or not _schemas.refuses(status, complaint):
            return False
        _schemas.note_refusal(request.schema, self._address, self.server.model)
        return True

    def resume_by_turns(self) -> None:
        """Note that the server does not continue messages. From now on it is resumed by ``turn``."""
        _prefill.note_refusal(self._address, self.server.model)

    def _client(self) -> openai.OpenAI:
        import openai  # noqa: PLC0415 - loads in 0.6 s; not before the first request

        return openai.OpenAI(api_key=self._key, base_url=self._address, max_retries=0)

    def _async_client(self) -> openai.AsyncOpenAI:
        import openai  # noqa: PLC0415

        return openai.AsyncOpenAI(api_key=self._key, base_url=self._address, max_retries=0)


def _continues_message(request: Request) -> bool:
    return bool(request.messages) and request.messages[-1].role == "assistant"
