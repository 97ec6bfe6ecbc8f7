"""Function calling in the format of chat servers: writes tools and calls into a request, reads calls from a stream.

No I/O.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestrator.core.errors import EndlessCall
from orchestrator.core.function_calling import arguments_of, function_call, function_of
from orchestrator.core.limits import ends_in_a_loop
from orchestrator.core.stream_end import meaning_of
from orchestrator.core.tool import Tool
from orchestrator.core.types import Delta, Message, ToolCall
from orchestrator.models._deltas import ChatDialect, delta_in
from orchestrator.models._events import JsonObject, well_formed

LONGEST_ARGUMENTS = 100_000  # characters of all calls; a server that ignores max_tokens may never end a call
LONGEST_TOKEN = 64  # characters
NOT_MADE = "Error: the call was not made"
_FENCE = re.compile(r"\s*```[^\n`]*\n(.*)```\s*", re.DOTALL)


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


@dataclass(slots=True)
class _Call:
    """A function call whose pieces arrive one after the other.

    Attributes:
        index: The server's number of the call, if it gives one.
        id: The server's id of the call, if it gives one.
        name: The function's name.
        arguments: The pieces of the arguments.
    """

    index: object
    id: str
    name: str
    arguments: list[str] = field(default_factory=list)

    def complete(self) -> bool:
        """Whether the arguments so far are complete JSON."""
        try:
            json.loads("".join(self.arguments))
        except (ValueError, RecursionError):
            return False
        return True


class FunctionDialect(ChatDialect):
    """The format of chat completions with ``delta.tool_calls``, or ``delta.function_call`` of older servers.

    Each call comes in pieces. ``rest`` returns all calls at the end of the stream, because only then they are known to
    be complete. A stream without a finish reason was cut. A stream that ended with the reason ``length`` holds half a
    call. Names and arguments that a server or a model writes in another form are read too.

    Args:
        names: The names of the functions that the model may call.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        super().__init__()
        self._names = frozenset(names)
        self._calls: list[_Call] = []
        self._finish: str | None = None
        self._length = 0

    def read(self, event: JsonObject) -> Delta | None:
        """Return the delta of one JSON object without its calls, or None if it holds nothing new.

        Raises:
            EndlessCall: The arguments of a call repeat themselves without end.
        """
        delta = super().read(event)
        self._finish = (delta.finish if delta else None) or self._finish
        for piece in _pieces(event):
            self._add(piece)
            delta = delta or Delta()  # an empty delta tells that the stream has begun: no retry from now on
        return delta

    def rest(self) -> Delta | None:
        """Return all calls in one delta; None if there are none or the stream was cut."""
        complete = meaning_of(self._finish) in ("calls", "stopped")
        calls = tuple(self._made(call) for call in self._calls if call.name)
        return Delta(calls=calls) if complete and calls else None

    def _made(self, call: _Call) -> ToolCall:
        arguments = "".join(call.arguments)
        return function_call(self._meant(call.name) or call.name, _object_in(arguments) or arguments)

    def _meant(self, name: str) -> str | None:
        """Return the function that a name means; None if it is none, or not clear.

        Models write ``functions.CALCULATOR`` and ``calculator`` too.
        """
        if name in self._names:
            return name
        fits = [known for known in self._names if known.casefold() == name.rpartition(".")[2].casefold()]
        return fits[0] if len(fits) == 1 else None

    def _add(self, piece: dict[str, Any]) -> None:
        function = piece.get("function", piece)  # some servers leave the wrapper out
        if not isinstance(function, dict):
            return
        name, arguments = function.get("name"), function.get("arguments")
        call = self._call_of(piece.get("index"), _text(piece.get("id")), _text(name))
        if arguments is not None and not isinstance(arguments, str):
            arguments = json.dumps(arguments, ensure_ascii=False)
        if arguments and self._length < LONGEST_ARGUMENTS:
            if arguments.startswith("{") and call.complete():
                call.arguments.clear()  # a whole object after another one: the first was empty, or is repeated
            call.arguments.append(arguments)
            self._length += len(arguments)
            # A server that sends long pieces has the whole call already: to end its stream saves nothing.
            looked_at = len(call.arguments) % 64 == 0 and len(arguments) < LONGEST_TOKEN
            if looked_at and ends_in_a_loop("".join(call.arguments[-1_024:])):
                raise EndlessCall(f"the model was repeating itself without end in the arguments of {call.name}")

    def _call_of(self, index: object, number: str, name: str) -> _Call:
        """Return the call that a piece belongs to. It is a new one, if the piece begins one.

        Servers tell calls apart by id, by index, by both or by neither. Some give every call the same index, others
        give each piece of a call another id. Only a piece with a name can begin a call.
        """
        known = [call for call in self._calls if None in (index, call.index) or call.index == index]
        same = [call for call in known if number and call.id == number]
        last = (same or known)[-1] if known else None
        if last and (same or self._goes_on(last, index, number, name)) and not last.arguments:
            last.name = name if name.startswith(last.name) else last.name + name
        elif last is None or (not same and last.name and _begins_another(last, index, number, name)):
            last = _Call(index, number, name)
            self._calls.append(last)
        last.id, last.name = last.id or number, last.name or name
        return last

    def _goes_on(self, last: _Call, index: object, number: str, name: str) -> bool:
        """Whether this is another piece of the name of ``last``, or the name so far, and not another call."""
        if index is None or (number and last.id):
            return False
        return not self._meant(name) or name.startswith(last.name) or self._meant(last.name + name) is not None


def _begins_another(last: _Call, index: object, number: str, name: str) -> bool:
    """Whether a piece with this name and id begins another call than ``last``, which has the same index or none."""
    another_id = bool(number and last.id)
    return bool(name) and (another_id or index is None or name != last.name or last.complete())


def _pieces(event: JsonObject) -> list[dict[str, Any]]:
    delta = delta_in(event)
    pieces = delta.get("tool_calls")
    if not pieces:
        only = delta.get("function_call")
        return [{"index": 0, "function": only}] if only else []
    return [piece for piece in (pieces if isinstance(pieces, list) else [pieces]) if isinstance(piece, dict)]


def _object_in(text: str) -> str | None:
    """Return the JSON object in a text; None if there is none. It may be in a code fence, or encoded twice."""
    fence = _FENCE.fullmatch(text)
    text = fence[1].strip() if fence else text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, str):
        return _object_in(value)
    return text if isinstance(value, dict) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
