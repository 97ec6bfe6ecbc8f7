"""Protocols: what a model and a search provider must be. A tool needs no protocol; it is a value (``types.Tool``)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from orchestrator.core.citations import Citation
from orchestrator.core.tool import Request
from orchestrator.core.typed import typed_fields
from orchestrator.core.types import Delta, ModelInfo, Price, ResumeMode, ToolResult

GrammarField = Literal["grammar", "structured_outputs", "guided_grammar"]
"""The field of a request in which a server expects a grammar.

- ``grammar``: llama.cpp.
- ``structured_outputs``: vLLM.
- ``guided_grammar``: vLLM before 0.12.
"""

Constrain = Callable[[Request, Sequence[ToolResult]], Request]
"""A function that adds a grammar to a request, given the results so far."""


@typed_fields
@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Options for a model. A backend refuses those that it does not use.

    Attributes:
        base_url: The server's address, including ``/v1``.
        api_key: The key for this server.
        template: The name of a chat template, for servers that take one prompt string: "chatml", "llama3" or "plain".
        price: The price of the model's tokens.
        context_size: The size of the context window in tokens.
        resume: How the model continues after a result; None lets the backend choose.
        grammars: The field in which the server expects a grammar. With it, the model is guided. None lets a server on
            this machine or in its network be recognised; any other server gets no grammars.
        thinks: Whether the chat template of a chat server opens thinking in the prompt, so that each answer begins
            inside it and has only the closing mark. None lets the first answer show it. Until then, a call is made when
            the model has stopped.
        adapter: The GGUF file of an adapter (LoRA) for the embedded model or a GGUF file of one's own.
    """

    base_url: str | None = None
    api_key: str | None = None
    template: str | None = None
    price: Price | None = None
    context_size: int | None = None
    resume: ResumeMode | None = None
    grammars: GrammarField | None = None
    thinks: bool | None = None
    adapter: str | None = None


@runtime_checkable
class Model(Protocol):
    """A model that can continue a text. Implement it to connect a model.

    Each request is one stream. If the generator is closed early, the model must close the connection, so that the
    server stops generating. A failure before the first delta raises ModelError. After the first delta, the stream may
    simply end: without a ``finish``, the loop treats it as interrupted. A request is never retried after the first
    delta.

    Attributes:
        info: What the loop must know about the model. It may change after an answer, for example if the server turns
            out not to continue the assistant's message.

    Methods:
        stream: Stream the answer to one request.
        astream: Async version of ``stream``.
    """

    @property
    def info(self) -> ModelInfo: ...

    def stream(self, request: Request) -> Generator[Delta, None, None]: ...

    def astream(self, request: Request) -> AsyncGenerator[Delta, None]: ...


@runtime_checkable
class OffersFunctions(Protocol):
    """A model whose server has function calling.

    The model that ``with_functions`` returns offers ``Request.tools`` as functions. It gives complete calls as
    ``Delta.calls`` when the stream has ended.

    Methods:
        with_functions: Return the same model in the native protocol.
    """

    def with_functions(self) -> Model: ...


@runtime_checkable
class AsksItsServer(Protocol):
    """A model that can ask its server what it is, before the first request.

    Attributes:
        recognised: Whether there is nothing to ask: the answer is known, or this server is never asked.

    Methods:
        recognise: Ask the server. Then ``info`` says more. It waits for the server for a short time, and raises
            nothing: a server that does not answer stays unknown.
    """

    @property
    def recognised(self) -> bool: ...

    def recognise(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A web search.

    Attributes:
        text: What to search for.
        count: How many results are wanted.
        timeout: Seconds for the whole search.
    """

    text: str
    count: int
    timeout: float


@runtime_checkable
class SearchProvider(Protocol):
    """A provider of web search. Implement it to connect a search engine.

    Attributes:
        name: The name, for messages.

    Methods:
        search: Return the results, best first; none if there are none. Raise ToolError if the provider cannot answer,
            for example because it is blocked or not reachable.
    """

    @property
    def name(self) -> str: ...

    def search(self, query: SearchQuery) -> Sequence[Citation]: ...
