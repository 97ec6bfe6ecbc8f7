"""Finds tool calls in streamed model text.

    scanner = Scanner(["CALCULATOR"])
    scanner.feed("It is [CALC")        # → [Text("It is ")]
    scanner.feed("ULATOR:6*7] junk")   # → [Call("CALCULATOR", "6*7", "[CALCULATOR:6*7]")]
    scanner.discarded                  # → " junk"

The scanner has three states: plain text (``Markup`` says where a call may begin), a name, and an argument. Plain text
passes at once. Text that may become a call is held back: at most one name and one argument. So the events do not depend
on how the text is cut into chunks, and the work is linear in its length.
Knows the grammar of ``[NAME:argument]``; not tools, models or the loop.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from orchestrator.core.syntax.markup import Markup
from orchestrator.core.syntax.thinking_marks import Dress
from orchestrator.core.types import Text, ToolCall

Call = ToolCall
"""A complete call. It ends the scan."""

MAX_NAME = 80  # a tool's name may have 64 characters, and _RESULT may follow it
MAX_ARGUMENT = 2_000
MAX_MULTILINE_ARGUMENT = 20_000


@dataclass(frozen=True, slots=True)
class Unclosed:
    """A call that was begun and never completed. It stays text.

    Attributes:
        name: The tool's name.
        raw: The text of the call.
        reason: Why it is not complete. ``open_quote``: the stream ended inside a double quote of the argument.
    """

    name: str
    raw: str
    reason: Literal["end_of_stream", "newline", "too_long", "open_quote"]


@dataclass(frozen=True, slots=True)
class Invalid:
    """A complete call that must not run.

    Attributes:
        name: The tool's name.
        raw: The text of the call.
        reason: Why it must not run. ``bad_arguments`` and ``unknown_function`` are for function calls in native mode.
            ``too_long`` is not the scanner's: a step makes it of an unclosed call.
    """

    name: str
    raw: str
    reason: Literal["empty_argument", "nested_call", "bad_arguments", "unknown_function", "too_long"]


@dataclass(frozen=True, slots=True)
class Forged:
    """A result that the model wrote itself.

    Attributes:
        name: The tool whose result it pretends to be.
        raw: The text of the result.
    """

    name: str
    raw: str


ScannerEvent = Text | Call | Unclosed | Invalid | Forged
"""What a scanner finds."""

_NAME = re.compile(r"[A-Z0-9_]*")
_NAME_AND_COLON = re.compile(r"([A-Z0-9_]{1,80}):")
_ARGUMENT_SPECIAL = re.compile(r'[\[\]"\\\n]')
_ESCAPED = re.compile(r"\\([\[\]\\])")
_INSIDE_A_WORD = re.compile(r"[\w)\]}']")  # a double quote after one of these does not begin quoted text


class Scanner:
    """Scans the text of one model request. A call or a forged result ends the scan; what follows is ``discarded``.

    Args:
        names: The names of the tools.
        multiline: The tools whose argument may contain newlines.
        mid_line: Whether the text begins inside a line, so that no code fence can begin there.
        thinking: The thinking inside which the text begins, because the prompt opened it.

    Attributes:
        ended: Whether the scan is over. Everything that comes now is discarded.
    """

    def __init__(
        self,
        names: Iterable[str],
        multiline: Collection[str] = (),
        *,
        mid_line: bool = False,
        thinking: Dress | None = None,
    ) -> None:
        self.ended = False
        self._names = frozenset(names)
        self._multiline = frozenset(multiline)
        self._markup = Markup(mid_line=mid_line, thinking=thinking)
        self._read = self._read_plain
        self._name = ""  # the name so far, without its bracket
        self._argument = _Argument(multiline=False, quotes=True)
        self._text: list[str] = []  # plain text of this chunk that is not yet an event
        self._events: list[ScannerEvent] = []
        self._discarded: list[str] = []

    @property
    def discarded(self) -> str:
        """The text after the end of the scan. The model wrote it without the result."""
        return "".join(self._discarded)

    @property
    def in_argument(self) -> bool:
        """Whether a call has begun whose argument has no end yet."""
        return self._read == self._read_argument

    def feed(self, chunk: str) -> list[ScannerEvent]:
        """Scan a chunk of text, and return the events that it completes."""
        at = 0
        while at < len(chunk) and not self.ended:
            at = self._read(chunk, at)
        if at < len(chunk):
            self._discarded.append(chunk[at:])
        return self._take_events()

    def close(self) -> list[ScannerEvent]:
        """End the scan, and return the events for text that was held back: plain text, or an unclosed call."""
        if self._read == self._read_name:
            self._release_name()
        elif self._read == self._read_argument:
            self._abandon("open_quote" if self._argument.quoted else "end_of_stream")
        self.ended = True
        return self._take_events()

    def _read_plain(self, chunk: str, start: int) -> int:
        at = self._markup.advance(chunk, start)
        self._pass(chunk[start:at])
        if at == len(chunk):
            return at
        self._markup.pass_bracket()
        self._name = ""
        self._read = self._read_name
        return at + 1

    def _read_name(self, chunk: str, start: int) -> int:
        match = _NAME.match(chunk, start)
        at = match.end() if match else start
        self._name += chunk[start:at]
        if at == len(chunk) and len(self._name) <= MAX_NAME:
            return at
        if at == len(chunk) or chunk[at] != ":" or not self._is_reserved(self._name):
            self._release_name(chunk[at : at + 1])
            return at
        self._argument = _Argument(multiline=self._name in self._multiline, quotes=not self._forged(self._name))
        self._read = self._read_argument
        return at + 1

    def _read_argument(self, chunk: str, start: int) -> int:
        argument = self._argument
        at = argument.read(chunk, start)
        if argument.stopped == "closed":
            self._complete(argument)
            return at + 1
        if argument.stopped:
            self._abandon(argument.stopped)
        return at

    def _complete(self, argument: _Argument) -> None:
        """Decide about the call whose closing bracket was read: a call, an invalid call, or a forged result."""
        name, text = self._name, argument.text()
        raw = f"[{name}:{text}]"
        if forged := self._forged(name):
            self._finish(Forged(forged, raw))
        elif any(self._is_reserved(inner) for inner in argument.inner_names()):
            self._emit(Invalid(name, raw, "nested_call"))
        elif not text.strip():
            self._emit(Invalid(name, raw, "empty_argument"))
        else:
            self._finish(Call(name, _unescaped(text.strip()), raw))
        self._return_to_plain()

    def _abandon(self, reason: Literal["end_of_stream", "newline", "too_long", "open_quote"]) -> None:
        """Keep an unfinished call as text.

        But a result that breaks off at a newline, or is too long, still counts as forged.
        """
        raw = f"[{self._name}:{self._argument.text()}"
        forged = self._forged(self._name)
        if forged and reason in ("newline", "too_long"):
            self._finish(Forged(forged, raw))
        else:
            self._emit(Unclosed(self._name, raw, reason))
        self._return_to_plain()

    def _release_name(self, following: str = "") -> None:
        self._pass("[" + self._name)
        if self._name or following in "tT/":  # the beginnings of [THINK] and [/THINK]; most brackets are none
            self._markup.pass_name(self._name)
        self._return_to_plain()

    def _return_to_plain(self) -> None:
        self._read = self._read_plain

    def _finish(self, event: Call | Forged) -> None:
        self._emit(event)
        self.ended = True

    def _pass(self, text: str) -> None:
        if text:
            self._text.append(text)

    def _emit(self, event: ScannerEvent) -> None:
        self._events = self._take_events()
        self._events.append(event)

    def _take_events(self) -> list[ScannerEvent]:
        if self._text:
            self._events.append(Text("".join(self._text)))
            self._text = []
        events, self._events = self._events, []
        return events

    def _is_reserved(self, name: str) -> bool:
        return len(name) <= MAX_NAME and (name in self._names or bool(self._forged(name)))

    def _forged(self, name: str) -> str:
        """Return the tool whose result or error this name would be; "" for any other name."""
        if name.endswith("_RESULT"):
            return name.removesuffix("_RESULT")
        tool = name.removesuffix("_ERROR")
        return tool if tool != name and tool in self._names else ""


def _unescaped(argument: str) -> str:
    """Return the argument as it is meant. The backslashes of a JSON object are JSON's, and stay."""
    if "\\" in argument and argument.startswith("{"):
        with suppress(ValueError, RecursionError):
            json.loads(argument)
            return argument
    return _ESCAPED.sub(r"\1", argument)


class _Argument:
    """Reads an argument up to its balanced closing bracket.

    Attributes:
        stopped: Why the reading stopped; "" while it continues.
        quoted: Whether the position is inside double quotes.
    """

    def __init__(self, *, multiline: bool, quotes: bool) -> None:
        self.stopped: Literal["", "closed", "newline", "too_long"] = ""
        self.quoted = False
        self._multiline = multiline
        self._quotes = quotes  # not in a forged result, because a quote must not hide its end
        self._room = MAX_MULTILINE_ARGUMENT if multiline else MAX_ARGUMENT
        self._depth = 0
        self._escaped = False
        self._before = ""
        self._parts: list[str] = []
        self._length = 0
        self._openings: list[int] = []

    def text(self) -> str:
        return "".join(self._parts)

    def inner_names(self) -> list[str]:
        """The names of calls inside the argument."""
        text = self.text()
        found = [_NAME_AND_COLON.match(text, opening + 1) for opening in self._openings]
        return [match[1] for match in found if match]

    def read(self, chunk: str, start: int) -> int:
        """Read from ``start``.

        Returns:
            The position of the character that stopped the reading, or the end of the chunk.
        """
        at = start
        while at < len(chunk):
            self.stopped = self._stop(chunk[at])
            if self.stopped:
                return at
            end = at + 1
            if chunk[at] not in '[]"\\' and not self._escaped:
                special = _ARGUMENT_SPECIAL.search(chunk, at + 1)
                end = min(special.start() if special else len(chunk), at + self._room)
            self._take(chunk[at:end])
            at = end
        return at

    def _stop(self, character: str) -> Literal["", "closed", "newline", "too_long"]:
        if character == "]" and not (self._depth or self.quoted or self._escaped):
            return "closed"
        if character == "\n" and not self._multiline:
            return "newline"
        return "" if self._room else "too_long"

    def _take(self, text: str) -> None:
        if self._escaped:
            self._escaped = False
        elif text == "\\":
            self._escaped = True
        elif text == '"' and self._quotes:
            self.quoted = not self.quoted and not _INSIDE_A_WORD.match(self._before)
        elif text == "[" and not self.quoted:
            self._depth += 1
            self._openings.append(self._length)
        elif text == "]" and not self.quoted:
            self._depth -= 1
        self._parts.append(text)
        self._length += len(text)
        self._room -= len(text)
        self._before = text[-1]
