"""Function calling in the format of chat servers: writes tools and calls into a request, reads calls from a stream.

No I/O.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from orchestrator.core.function_calling import arguments_of, function_call, function_of
from orchestrator.core.types import Delta, Message, Tool, ToolCall
from orchestrator.models._deltas import ChatDialect, delta_in
from orchestrator.models._events import JsonObject, well_formed

LONGEST_ARGUMENTS = 100_000  # characters of all calls; a server that ignores max_tokens may never end a call
NOT_MADE = "Error: the call was not made"


def offered(tools: Iterable[Tool]) -> list[dict[str, Any]]:
    """Return the tools in the form that a request's ``tools`` field has."""
    return [{"type": "function", "function": function_of(tool)} for tool in tools]


def as_sent(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Return the messages in the form that a request's ``messages`` field has.

    Servers require a result for every call. A call that was never made gets the result ``NOT_MADE``.
    """
    sent: list[dict[str, Any]] = []
    unanswered: list[str] = []
    number = 0
    for message in messages:
        if message.role == "tool" and unanswered:
            sent.append({"role": "tool", "tool_call_id": unanswered.pop(0), "content": well_formed(message.text)})
            continue
        sent += [{"role": "tool", "tool_call_id": call, "content": NOT_MADE} for call in unanswered]
        unanswered = []
        entry: dict[str, Any] = {"role": message.role, "content": well_formed(message.text)}
        if message.calls:
            unanswered = [f"call_{number + at}" for at in range(len(message.calls))]
            number += len(unanswered)
            entry["tool_calls"] = [_sent(call, each) for call, each in zip(unanswered, message.calls, strict=True)]
        sent.append(entry)
    return sent + [{"role": "tool", "tool_call_id": call, "content": NOT_MADE} for call in unanswered]


def _sent(number: str, call: ToolCall) -> dict[str, Any]:
    arguments = arguments_of(call)
    try:
        json.loads(arguments)
    except (ValueError, RecursionError):
        arguments = "{}"  # some servers refuse messages with arguments that are not JSON
    return {"id": number, "type": "function", "function": {"name": call.name, "arguments": well_formed(arguments)}}


class FunctionDialect(ChatDialect):
    """The format of chat completions with ``delta.tool_calls``.

    Each call comes in pieces. ``rest`` returns all calls at the end of the stream, because only then they are known to
    be complete. A stream without a finish reason was cut. A stream that ended with the reason ``length`` holds half a
    call.
    """

    def __init__(self) -> None:
        self._calls: dict[int, tuple[str, list[str]]] = {}
        self._finish: str | None = None
        self._length = 0

    def read(self, event: JsonObject) -> Delta | None:
        """Return the delta of one JSON object without its calls, or None if it holds nothing new."""
        delta = super().read(event)
        self._finish = (delta.finish if delta else None) or self._finish
        for piece in _pieces(event):
            self._add(piece)
            delta = delta or Delta()  # an empty delta tells that the stream has begun: no retry from now on
        return delta

    def rest(self) -> Delta | None:
        """Return all calls in one delta; None if there are none or the stream was cut."""
        complete = (self._finish or "").lower() in ("tool_calls", "function_call", "stop")
        calls = tuple(function_call(name, "".join(pieces)) for name, pieces in self._calls.values() if name)
        return Delta(calls=calls) if complete and calls else None

    def _add(self, piece: dict[str, Any]) -> None:
        function = piece.get("function")
        if not isinstance(function, dict):
            return
        name, arguments, index = function.get("name"), function.get("arguments"), piece.get("index")
        if not isinstance(index, int):  # servers that write a call in one piece omit the index
            index = len(self._calls) if name else max(0, len(self._calls) - 1)
        known, pieces = self._calls.get(index, ("", []))
        self._calls[index] = (known or (name if isinstance(name, str) else ""), pieces)
        if isinstance(arguments, dict):
            arguments = json.dumps(arguments, ensure_ascii=False)
        if isinstance(arguments, str) and self._length < LONGEST_ARGUMENTS:
            pieces.append(arguments)
            self._length += len(arguments)


def _pieces(event: JsonObject) -> list[dict[str, Any]]:
    pieces = delta_in(event).get("tool_calls")
    return [piece for piece in pieces if isinstance(piece, dict)] if isinstance(pieces, list) else []
