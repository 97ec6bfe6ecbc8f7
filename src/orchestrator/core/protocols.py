"""The seams: what a model and a search engine must be. A tool needs none; it is a value (``types.Tool``)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from orchestrator.core.citations import Citation
from orchestrator.core.types import Delta, ModelInfo, Price, Request, ResumeMode, ToolResult

GrammarField = Literal["grammar", "structured_outputs", "guided_grammar"]
"""Where a server looks for a grammar: llama.cpp's field, vLLM's, or that of vLLM before 0.12."""

Held = Callable[[Request, Sequence[ToolResult]], Request]
"""What a guide leaves possible of a request, after the results so far."""


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """What the caller may say of any model; a backend takes what concerns it.

    ``base_url`` is the server's address up to and with ``/v1``; ``template`` names a chat template for servers that
    take one prompt string; ``context_size`` is in tokens; ``grammars`` says that the server obeys grammars, and in
    which field of a request it looks for one.
    """

    base_url: str | None = None
    api_key: str | None = None
    template: str | None = None
    price: Price | None = None
    context_size: int | None = None
    resume: ResumeMode | None = None
    grammars: GrammarField | None = None


@runtime_checkable
class Model(Protocol):
    """Anything that can continue a text.

    Both methods stream one request. Closing the generator early must close the connection, so that the server stops.
    A failure raises ModelError before the first delta; after it the stream may simply end: without a ``finish`` the
    loop takes it as interrupted. Neither method retries once a delta has been yielded.
    """

    @property
    def info(self) -> ModelInfo: ...

    def stream(self, request: Request) -> Generator[Delta, None, None]: ...

    def astream(self, request: Request) -> AsyncGenerator[Delta, None]: ...


@runtime_checkable
class OffersFunctions(Protocol):
    """A model whose server has function calling: ``with_functions`` is the same model in the native protocol.

    It offers ``Request.tools`` and gives the calls as ``Delta.calls``, complete, once the stream has ended.
    """

    def with_functions(self) -> Model: ...


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What to search for; how many results are wanted; how many seconds the whole may take."""

    text: str
    count: int
    timeout: float


@runtime_checkable
class SearchProvider(Protocol):
    """Anything that searches the web.

    ``search`` gives what was found, best first, and nothing where there is nothing. Where it cannot know, being blocked
    or not reached, it raises ToolError (``search.SearchFailed`` says whether to ask again).
    """

    @property
    def name(self) -> str: ...

    def search(self, query: SearchQuery) -> Sequence[Citation]: ...
