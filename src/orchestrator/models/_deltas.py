"""From a server's JSON objects to deltas. Pure; does not know where the objects come from.

Servers differ in what they leave out, set to null or add: whatever is not of the expected type counts as absent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from orchestrator.core.types import Delta
from orchestrator.core.usage import Count, Usage
from orchestrator.models._events import EventReader, JsonObject


class Dialect(Protocol):
    """How one kind of server says things. ``rest`` is what was held back when the stream ended."""

    def read(self, event: JsonObject) -> Delta | None: ...

    def rest(self) -> Delta | None: ...


class DeltaReader:
    """Bytes in, deltas out. ``started`` once there was a delta: from then on the request must not be repeated."""

    def __init__(self, dialect: Dialect) -> None:
        self.started = False
        self._events = EventReader()
        self._dialect = dialect

    def feed(self, chunk: bytes) -> list[Delta]:
        return self._read(self._events.feed(chunk))

    def close(self) -> list[Delta]:
        deltas = self._read(self._events.close())
        rest = self._dialect.rest()
        return [*deltas, rest] if rest else deltas

    def _read(self, events: Iterable[JsonObject]) -> list[Delta]:
        deltas = [delta for event in events if (delta := self._dialect.read(event)) is not None]
        if deltas:
            self.started = True
        return deltas


class ChatDialect:
    """Chat completions: ``choices[0].delta.content``, and two spellings of a reasoning channel."""

    def read(self, event: JsonObject) -> Delta | None:
        choice, delta = _first_choice(event), delta_in(event)
        return _delta(
            text=delta.get("content"),
            reasoning=delta.get("reasoning_content") or delta.get("reasoning"),
            finish=choice.get("finish_reason"),
            usage=_usage(event),
        )

    def rest(self) -> Delta | None:
        return None


class CompletionDialect:
    """Plain completions: ``choices[0].text``, without an echo of the prompt.

    Some servers repeat the whole prompt before they continue it. Text is held back only as long as it is the prompt
    from its first character on, so at most as much as the prompt is long, and what turns out not to be an echo is
    given out unchanged.
    """

    def __init__(self, prompt: str) -> None:
        self._echo = prompt
        self._held = ""

    def read(self, event: JsonObject) -> Delta | None:
        choice = _first_choice(event)
        text = choice.get("text")
        finish = choice.get("finish_reason")
        if self._echo and isinstance(text, str):
            text = self._without_echo(text)
        if finish:
            text = self._let_go() + (text if isinstance(text, str) else "")
        return _delta(text=text, reasoning=None, finish=finish, usage=_usage(event))

    def rest(self) -> Delta | None:
        return Delta(held) if (held := self._let_go()) else None

    def _let_go(self) -> str:
        held, self._held, self._echo = self._held, "", ""
        return held

    def _without_echo(self, text: str) -> str:
        """What is not (or no longer) an echo. ``_echo`` is the part of the prompt not matched yet."""
        if self._echo.startswith(text):
            self._held += text
            self._echo = self._echo[len(text) :]
            if not self._echo:
                self._held = ""
            return ""
        if text.startswith(self._echo):
            fresh = text[len(self._echo) :]
            self._held = self._echo = ""
            return fresh
        return self._let_go() + text


def delta_in(event: JsonObject) -> dict[str, Any]:
    """The first choice's ``delta``; its ``message`` where a server ignores "stream"."""
    choice = _first_choice(event)
    delta = choice.get("delta") or choice.get("message")
    return delta if isinstance(delta, dict) else {}


def _first_choice(event: JsonObject) -> dict[str, Any]:
    choices = event.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    return {}


def _delta(*, text: object, reasoning: object, finish: object, usage: Usage | None) -> Delta | None:
    text = text if isinstance(text, str) else ""
    reasoning = reasoning if isinstance(reasoning, str) else ""
    finish = finish if isinstance(finish, str) and finish else None
    if not (text or reasoning or finish or usage):
        return None
    return Delta(text, reasoning, finish, usage)


def _usage(event: JsonObject) -> Usage | None:
    usage = event.get("usage")
    if isinstance(usage, dict) and "prompt_tokens" in usage:
        details = usage.get("prompt_tokens_details")
        cached = details.get("cached_tokens") if isinstance(details, dict) else 0
        return _reported(_count(usage["prompt_tokens"]), _count(usage.get("completion_tokens")), _count(cached))
    timings = event.get("timings")  # llama.cpp, in each object when asked for: known even when the stream is cut
    if isinstance(timings, dict) and "prompt_n" in timings:
        cached = _count(timings.get("cache_n"))
        return _reported(_count(timings["prompt_n"]) + cached, _count(timings.get("predicted_n")), cached)
    return None


def _reported(read: int, written: int, cached: int) -> Usage:
    return Usage(Count(read, "reported"), Count(written, "reported"), Count(cached, "reported"))


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
