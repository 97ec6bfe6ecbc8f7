"""Servers that continue the assistant's last message: which ones do, how to ask for it, how a refusal is detected.

The answer for each (address, model) is kept until the process ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from orchestrator.core.errors import ResumeRefused
from orchestrator.core.types import Delta, Message, ResumeMode
from orchestrator.models._deltas import ChatDialect, EchoFilter
from orchestrator.models._events import JsonObject

if TYPE_CHECKING:
    import httpx2

OLLAMA_PORT = 11_434
BY_PREFIX = ("api.mistral.ai", "api.deepseek.com")  # servers with the field "prefix"; DeepSeek only under /beta
SURE = 16  # characters: an answer that repeats so much of the message's beginning does not do so by chance

_known_modes: dict[tuple[str, str], ResumeMode] = {}


def mode_of(address: str, model: str, asked: ResumeMode | None) -> ResumeMode:
    """Return how a server is resumed.

    The order is: what was found out about the server, what the user asks for, what its address tells, else ``turn``. A
    server that refused ``prefill`` gets ``turn`` even if the user asks for ``prefill``.

    Args:
        address: The server's address.
        model: The server's name for the model.
        asked: The mode that the user asks for.
    """
    known = _known_modes.get((address, model))
    if known == "turn" or (known and asked is None):
        return known
    if asked:
        return asked
    parts = urlsplit(address)
    mistral = parts.hostname == BY_PREFIX[0]
    deepseek = parts.hostname == BY_PREFIX[1] and parts.path.startswith("/beta")
    return "prefill" if mistral or deepseek or parts.port == OLLAMA_PORT else "turn"


def note_server(address: str, model: str, response: httpx2.Response) -> None:
    """Note that the server continues messages, if the response's header ``server`` says that it is llama.cpp."""
    if response.headers.get("server") == "llama.cpp":
        note_continues(address, model)


def note_continues(address: str, model: str) -> None:
    """Note that this server continues messages, unless it has refused to."""
    _known_modes.setdefault((address, model), "prefill")


def note_refusal(address: str, model: str) -> None:
    """Note that this server does not continue messages. From now on it is resumed by ``turn``."""
    _known_modes[address, model] = "turn"


def continuation_fields(address: str, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the request's fields that ask the server to continue the last message.

    Args:
        address: The server's address. It decides which fields are used.
        messages: The request's messages. The last one is changed for servers with the field ``prefix``.

    Returns:
        More fields for the request's body.
    """
    if urlsplit(address).hostname in BY_PREFIX:
        messages[-1]["prefix"] = True
        return {}
    return {"add_generation_prompt": False, "continue_final_message": True}  # vLLM, SGLang, llama.cpp; not Ollama


class PrefillDialect(ChatDialect):
    """The format of an answer that continues the message ``last``.

    An exact echo of ``last`` is dropped. An answer that repeats only its beginning has started again, and is refused.

    Args:
        last: The assistant's message that the answer continues.
        on_refused: Called before ResumeRefused is raised.
    """

    def __init__(self, last: Message, on_refused: Callable[[], None]) -> None:
        super().__init__()
        self._last = last.text
        self._on_refused = on_refused
        self._echo = EchoFilter(last.text, self._check)

    def read(self, event: JsonObject) -> Delta | None:
        """Return the delta of one JSON object, or None if it holds nothing new.

        Raises:
            ResumeRefused: The server started its answer again.
        """
        delta = super().read(event)
        if delta is None or self._echo.decided:
            return delta
        text = self._echo.feed(delta.text) + (self._echo.close() if delta.finish else "")
        new = replace(delta, text=text)
        return new if new != Delta() else None

    def rest(self) -> Delta | None:
        """Return the text that is still held back, or None.

        Raises:
            ResumeRefused: The server started its answer again.
        """
        return self._echo.rest()

    def _check(self, text: str) -> None:
        if text.startswith(self._last[:SURE]):
            self._on_refused()
            raise ResumeRefused("the server started its answer over instead of going on with it")
