"""Turns a server's JSON objects into ``Delta`` values. Pure; does not know where the objects come from.

Servers omit fields, set them to null or add others. A field that is not of the expected type counts as absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from orchestrator.core.types import Delta
from orchestrator.core.usage import Usage
from orchestrator.models._events import EventReader, JsonObject
from orchestrator.models._usage import count_of, counted, usage_of

PARTS_IN_PARTS = 8  # a limit for hostile servers; real ones have two


class Dialect(Protocol):
    """How one kind of server writes a stream. One object reads one response.

    ``read`` returns the delta of one JSON object, or None if the object holds nothing new. ``rest`` is called once, at
    the end of the stream, and returns what ``read`` held back.
    """

    def read(self, event: JsonObject) -> Delta | None: ...

    def rest(self) -> Delta | None: ...


class DeltaReader:
    """Reads the body of one response: bytes in, deltas out.

    Attributes:
        started: Whether there was a delta. From then on the request must not be repeated.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.started = False
        self._events = EventReader()
        self._dialect = dialect

    def feed(self, chunk: bytes) -> list[Delta]:
        """Return the deltas that ``chunk`` completes.

        Raises:
            ModelError: The server sent an error object.
            ModelBadResponse: The body is not an event stream.
        """
        return self._read(self._events.feed(chunk))

    def close(self) -> list[Delta]:
        """Return the last deltas, at the end of the body. Raises what ``feed`` raises."""
        deltas = self._read(self._events.close())
        rest = self._dialect.rest()
        return [*deltas, rest] if rest else deltas

    def _read(self, events: Iterable[JsonObject]) -> list[Delta]:
        deltas = [delta for event in events if (delta := self._dialect.read(event)) is not None]
        if deltas:
            self.started = True
        return deltas


class ChatDialect:
    """The format of chat completions: ``choices[0].delta.content``, and two spellings of the reasoning channel.

    A ``refusal`` in the place of the content is the model's answer.

    Args:
        watch: Is shown each delta.
    """

    def __init__(self, watch: Callable[[Delta], None] | None = None) -> None:
        self._watch = watch

    def read(self, event: JsonObject) -> Delta | None:
        """Return the delta of one JSON object, or None if it holds nothing new."""
        choice, delta = _first_choice(event), delta_in(event)
        text, reasoning = (
            delta.get("content") or delta.get("refusal"),
            delta.get("reasoning_content") or delta.get("reasoning"),
        )
        if text and not isinstance(text, str):
            text, thought = text_of(text)
            reasoning = reasoning or thought
        if reasoning and not isinstance(reasoning, str):
            reasoning = "".join(text_of(reasoning))
        new = _delta(text=text, reasoning=reasoning, finish=choice.get("finish_reason"), usage=_usage(event, choice))
        if self._watch and new:
            self._watch(new)
        return new

    def rest(self) -> Delta | None:
        """Return None: nothing is held back."""
        return None


class CompletionDialect:
    """The format of plain completions: ``choices[0].text``. An echo of the prompt is dropped.

    Args:
        prompt: The request's prompt. Some servers repeat it before they continue it.
    """

    def __init__(self, prompt: str) -> None:
        self._echo = EchoFilter(prompt)

    def read(self, event: JsonObject) -> Delta | None:
        """Return the delta of one JSON object, or None if it holds nothing new."""
        choice = _first_choice(event)
        text, finish = choice.get("text"), choice.get("finish_reason")
        text = self._echo.feed(text if isinstance(text, str) else "") + (self._echo.close() if finish else "")
        return _delta(text=text, reasoning=None, finish=finish, usage=_usage(event, choice))

    def rest(self) -> Delta | None:
        """Return the text that is still held back, or None."""
        return self._echo.rest()


class EchoFilter:
    """Removes an echo from the beginning of a streamed text.

    Text is held back while it equals the beginning of ``expected``. If it turns out to be no echo, it is returned
    unchanged.

    Args:
        expected: The text that the server may repeat; empty for none.
        on_no_echo: Called with the held text if it turns out to be no echo. It may raise.

    Attributes:
        decided: Whether it is known if there is an echo. From then on nothing is held back.
    """

    def __init__(self, expected: str, on_no_echo: Callable[[str], None] = lambda _: None) -> None:
        self._expected = expected
        self._on_no_echo = on_no_echo
        self._held = ""
        self.decided = not expected

    def feed(self, text: str) -> str:
        """Return the part of the stream that is known to be no echo."""
        if self.decided:
            return text
        self._held += text
        undecided = len(self._held) < len(self._expected) and self._expected.startswith(self._held)
        return "" if undecided else self.close()

    def close(self) -> str:
        """Return what was held back, without the echo. Nothing is held back from now on."""
        held, self._held, self.decided = self._held, "", True
        if held.startswith(self._expected):
            return held[len(self._expected) :]
        self._on_no_echo(held)
        return held

    def rest(self) -> Delta | None:
        """Do what ``close`` does at the end of a stream. Return None if nothing was held back."""
        text = self.close()
        return Delta(text) if text else None


def delta_in(event: JsonObject) -> dict[str, Any]:
    """Return the ``delta`` of the first choice, or its ``message`` if the server ignores ``"stream": true``."""
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


def text_of(content: object, depth: int = PARTS_IN_PARTS) -> tuple[str, str]:
    """Return the text and the thinking of a ``content`` that is a list of parts.

    A part has a type, and its content under the type's name, ``text`` or ``content``: a text, or parts again. Parts
    that are neither text nor thinking, such as images, count as absent.

    Args:
        content: The content.
        depth: How deep parts may be inside parts.
    """
    text, thought = "", ""
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, dict) and depth:
            kind = str(part.get("type") or "text").lower()
            said = _said(part.get(kind) or part.get("text") or part.get("content"), depth - 1)
            thinks = "think" in kind or "reason" in kind or part.get("thought") is True
            text += said if ("text" in kind or kind == "refusal") and not thinks else ""
            thought += said if thinks else ""
    return text, thought


def _said(value: object, depth: int) -> str:
    return value if isinstance(value, str) else "".join(text_of(value, depth))


def _usage(event: JsonObject, choice: JsonObject) -> Usage | None:
    usage = event.get("usage") or choice.get("usage")
    if isinstance(usage, dict):
        return usage_of(usage)
    timings = event.get("timings")  # llama.cpp, in each object if requested: known even if the stream is cut
    if isinstance(timings, dict) and "prompt_n" in timings:
        cached = count_of(timings.get("cache_n"))
        return counted(count_of(timings["prompt_n"]) + cached, count_of(timings.get("predicted_n")), cached)
    return None
