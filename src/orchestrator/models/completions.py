"""Servers that take one prompt string at /v1/completions: vLLM, llama.cpp, base models.

This is the most exact way to resume: the prompt is everything so far, character for character, and the model continues
exactly there. The model's name is the server's name for it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from dataclasses import replace

from orchestrator.core.chat_template import PLAIN
from orchestrator.core.errors import ConfigError
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.tool import Request
from orchestrator.core.types import Delta, ModelInfo
from orchestrator.models._checks import named_template
from orchestrator.models._completions import Completions, Quirks
from orchestrator.models._errors import Server
from orchestrator.models._knowledge import Knowledge
from orchestrator.models._served import Question

OPTIONS = ("base_url", "api_key", "template", "price", "grammars")


def create(name: str, options: ModelOptions) -> ServedCompletions:
    """Make the model ``name`` of the server at ``options.base_url``.

    Args:
        name: The server's name for the model. If it is empty, the server chooses.
        options: ``base_url`` is required. Without ``template``, a llama.cpp server on this machine or in its network
            is asked for its model's own; any other server gets "plain".

    Raises:
        ConfigError: An option is missing or not valid.
    """
    if options.base_url is None:
        raise ConfigError(
            "the completions backend needs a server: pass base_url (--base-url), such as http://localhost:8000/v1"
        )
    return ServedCompletions(name, options.base_url, options)


class ServedCompletions:
    """One model of one server.

    Args:
        name: The server's name for the model. If it is empty, the server chooses.
        base_url: The server's address, up to and including ``/v1``.
        options: The caller's options.

    Raises:
        ConfigError: The address, the key or the template is not valid.
    """

    def __init__(self, name: str, base_url: str, options: ModelOptions) -> None:
        template = named_template(options.template) if options.template else None
        self._info = ModelInfo(f"completions:{name}", "raw", template, options.price)
        self._completions = Completions(base_url, name, options.api_key, Quirks(self._fields, refuses=self._refuses))
        self.server: Server = self._completions.server
        question = Question(self._completions.address, name, raw=True)
        self._knowledge = Knowledge(question, self.server.secret, options.grammars)

    @property
    def info(self) -> ModelInfo:
        """What the loop knows of the model. It changes when the server was asked what it is."""
        info = self._knowledge.added_to(self._info)
        return info if info.template else replace(info, template=self._knowledge.served.template or PLAIN)

    @property
    def recognised(self) -> bool:
        """Whether there is nothing to ask the server: other servers than one's own are never asked."""
        return self._knowledge.complete

    def recognise(self) -> None:
        """Ask the server what it is, unless there is nothing to ask. It takes a few seconds at the most."""
        self._knowledge.ask()

    def stream(self, request: Request) -> Generator[Delta, None, None]:
        """Stream one request. See ``_http.stream``."""
        return self._completions.stream(request)

    def astream(self, request: Request) -> AsyncGenerator[Delta, None]:
        """Stream one request without blocking the event loop."""
        return self._completions.astream(request)

    def _fields(self, request: Request) -> dict[str, object]:
        return self._knowledge.fields(request)

    def _refuses(self, request: Request, status: int, complaint: str) -> bool:
        return self._knowledge.refuses_grammar(request, status, complaint)
