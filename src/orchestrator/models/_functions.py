"""Function calling as chat servers speak it: tools and calls into a request, calls out of a stream. No I/O."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from orchestrator.core.function_calling import arguments_of, function_call, function_of
from orchestrator.core.types import Delta, Message, Tool, ToolCall
from orchestrator.models._deltas import ChatDialect, delta_in
from orchestrator.models._events import JsonObject, well_formed

LONGEST_ARGUMENTS = 100_000  # characters; a server that ignores max_tokens could write one call for ever
NOT_MADE = "Error: the call was not made"


def offered(tools: Iterable[Tool]) -> list[dict[str, Any]]:
    """The tools as a request names them."""
    return [{"type": "function", "function": function_of(tool)} for tool in tools]


def as_sent(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """The messages as a request has them. Servers want a result for every call: one that was never made says so."""
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
        arguments = "{}"  # some servers refuse a history whose arguments are not JSON
    return {"id": number, "type": "function", "function": {"name": call.name, "arguments": well_formed(arguments)}}


class FunctionDialect(ChatDialect):
    """Chat completions with ``delta.tool_calls``: each call comes in pieces, and all are given out at the end.

    Only then is it known that they are complete: a stream without a finish reason was cut, and one that ended for
    its length holds half a call.
    """

    def __init__(self) -> None:
        self._calls: dict[int, tuple[str, list[str]]] = {}
        self._finish: str | None = None
        self._length = 0

    def read(self, event: JsonObject) -> Delta | None:
        delta = super().read(event)
        self._finish = (delta.finish if delta else None) or self._finish
        for piece in _pieces(event):
            self._add(piece)
            delta = delta or Delta()  # something came: from now on the request must not be repeated
        return delta

    def rest(self) -> Delta | None:
        complete = (self._finish or "").lower() in ("tool_calls", "function_call", "stop")
        calls = tuple(function_call(name, "".join(pieces)) for name, pieces in self._calls.values() if name)
        return Delta(calls=calls) if complete and calls else None

    def _add(self, piece: dict[str, Any]) -> None:
        function = piece.get("function")
        if not isinstance(function, dict):
            return
        name, arguments, index = function.get("name"), function.get("arguments"), piece.get("index")
        if not isinstance(index, int):  # servers that write whole calls leave it out
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
