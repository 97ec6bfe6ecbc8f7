"""Servers that go on with the assistant's last message: which do, how they are asked, how it is seen that one does not.

What is learnt of a server holds for this process, for each (address, model).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from orchestrator.core.errors import ResumeRefused
from orchestrator.core.types import Delta, Message, ResumeMode
from orchestrator.models._deltas import ChatDialect
from orchestrator.models._events import JsonObject

if TYPE_CHECKING:
    import httpx2

OLLAMA_PORT = 11_434
BY_PREFIX = ("api.mistral.ai", "api.deepseek.com")  # DeepSeek under /beta
SURE = 16  # characters of its own beginning: nobody goes on with those by chance

_learnt: dict[tuple[str, str], ResumeMode] = {}


def mode_of(address: str, model: str, asked: ResumeMode | None) -> ResumeMode:
    """How a server is resumed: as it was found to be, as the user asks, or as its address tells; in doubt by turns."""
    known = _learnt.get((address, model))
    if known == "turn" or (known and asked is None):
        return known
    if asked:
        return asked
    parts = urlsplit(address)
    mistral = parts.hostname == BY_PREFIX[0]
    deepseek = parts.hostname == BY_PREFIX[1] and parts.path.startswith("/beta")
    return "prefill" if mistral or deepseek or parts.port == OLLAMA_PORT else "turn"


def note(address: str, model: str, response: httpx2.Response) -> None:
    """llama.cpp says its name in every response."""
    if response.headers.get("server") == "llama.cpp":
        _learnt.setdefault((address, model), "prefill")


def refused(address: str, model: str) -> None:
    """From now on this server is resumed by turns."""
    _learnt[address, model] = "turn"


def asked_to_go_on(address: str, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """What a request needs besides, for a server to go on with the last of ``messages``."""
    if urlsplit(address).hostname in BY_PREFIX:
        messages[-1]["prefix"] = True
        return {}
    return {"add_generation_prompt": False, "continue_final_message": True}  # vLLM, SGLang, llama.cpp; not Ollama's


class PrefillDialect(ChatDialect):
    """An answer that goes on with ``last``. An exact echo of it is dropped; one that starts over is refused.

    Text is held back only as long as it is the beginning of ``last``.
    """

    def __init__(self, last: Message, on_refused: Callable[[], None]) -> None:
        self._last = last.text
        self._on_refused = on_refused
        self._held = ""
        self._decided = False

    def read(self, event: JsonObject) -> Delta | None:
        delta = super().read(event)
        if delta is None or self._decided:
            return delta
        text = self._without_echo(delta.text) if delta.text else ""
        if delta.finish:
            text += self._let_go()
        given = Delta(text, delta.reasoning, delta.finish, delta.usage)
        return given if given != Delta() else None

    def rest(self) -> Delta | None:
        text = self._let_go()
        return Delta(text) if text else None

    def _without_echo(self, text: str) -> str:
        self._held += text
        if self._last.startswith(self._held) and len(self._held) < len(self._last):
            return ""
        self._decided = True
        held, self._held = self._held, ""
        if held.startswith(self._last):
            return held[len(self._last) :]
        if _common(held, self._last) >= min(SURE, len(self._last)):
            raise self._refusal()
        return held

    def _let_go(self) -> str:
        """What was held back when the answer ended."""
        held, self._held, self._decided = self._held, "", True
        if len(held) >= SURE:
            raise self._refusal()
        return held

    def _refusal(self) -> ResumeRefused:
        self._on_refused()
        return ResumeRefused("the server started its answer over instead of going on with it")


def _common(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
