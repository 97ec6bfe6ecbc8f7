"""State of one model request: what the model has written so far, and how it ended.

Knows the scanner; not the run around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.core.function_calling import as_written
from orchestrator.core.limits import ends_in_a_loop, repeats_itself
from orchestrator.core.run import Event
from orchestrator.core.stream_end import meaning_of
from orchestrator.core.syntax import (
    AdjacentScanner,
    Call,
    Doubtful,
    Dress,
    Forged,
    Invalid,
    Scanner,
    ScannerEvent,
    Text,
    Unclosed,
    Verbatim,
)
from orchestrator.core.tool import Request, Tool
from orchestrator.core.tool_messages import shortened
from orchestrator.core.types import Delta, Diagnostic, Reasoning, ToolCall
from orchestrator.core.usage import Usage


@dataclass(slots=True)
class Step:
    """One request and its answer.

    Attributes:
        request: The request.
        scanner: Finds calls in the text. In native mode it finds none.
        tools: The tools, by name.
        opened: The thinking that the prompt opened, if that is known.
        said: The text that is kept.
        words: The text that is kept, without its calls.
        plain: The part of ``words`` that was never held back as a possible call: without unclosed calls.
        held: The pieces since the scanner's last event. It holds them back, because they may be a call.
        calls: Calls in the text.
        functions: Function calls, in native mode.
        cut_by: Why the stream is cut: calls, an invalid call or a forged result. None if it is not cut.
        parallel: Whether several function calls are made at once.
        server_reason: The server's finish reason.
        usage: The usage that the server reported.
        deltas: How many pieces had text.
        characters: How many characters were received.
    """

    request: Request
    scanner: Scanner | AdjacentScanner | Doubtful | Verbatim
    tools: Mapping[str, Tool]
    opened: Dress | None = None
    said: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    functions: tuple[ToolCall, ...] = ()
    cut_by: tuple[Call, ...] | Invalid | Forged | None = None
    parallel: bool = False
    server_reason: str | None = None
    usage: Usage | None = None
    deltas: int = 0
    characters: int = 0

    @property
    def cut(self) -> bool:
        """Whether the stream was cut before the model stopped."""
        read_to_its_end = isinstance(self.scanner, Doubtful) and self.server_reason is not None
        return self.cut_by is not None and not read_to_its_end

    def feed(self, delta: Delta) -> list[Event]:
        """Process a piece of the stream, and return the events that it completes."""
        self.usage = delta.usage or self.usage
        self.server_reason = delta.finish or self.server_reason
        events: list[Event] = []
        if delta.reasoning:
            events.append(Reasoning(delta.reasoning))
            self._settle(events)  # the server takes the thinking out of the text
            if self.cut_by is not None:
                return events
        if delta.text:
            scanned = self.scanner.feed(delta.text)
            if scanned:
                self.held.clear()
                self._take(scanned, events)
            else:
                self.held.append(delta.text)
        if delta.calls and self.cut_by is None:
            self._take_functions(delta.calls, events)
        if delta.text or delta.reasoning:
            self.deltas += 1
            self.characters += len(delta.text) + len(delta.reasoning)
        return events

    def repeats_itself(self) -> bool:
        """Whether the last words, or the end of an argument that is not complete, repeat themselves without end."""
        if repeats_itself("".join(self.words[-_LOOKED_AT:])):
            return True
        return self.scanner.in_argument and ends_in_a_loop("".join(self.held[-_LOOKED_AT:]))

    def close(self) -> list[Event]:
        """Process the end of the stream, and return the events for text that was held back."""
        events: list[Event] = []
        if self.cut_by is None and meaning_of(self.server_reason) in ("stopped", "calls"):
            self._settle(events)
        if self.cut_by is None:
            self._take(self.scanner.close(), events)
        return events

    def _settle(self, events: list[Event]) -> None:
        """Take what was held back because it might have been thinking: it is none."""
        if isinstance(self.scanner, Doubtful):
            self._take(self.scanner.settle(), events)

    def _take(self, scanned: list[ScannerEvent], events: list[Event]) -> None:
        for event in scanned:
            match event:
                case Text(text):
                    self._say(text)
                    self.plain.append(text)
                    events.append(event)
                case Unclosed() | Invalid() if self._holds_a_result(event):
                    self.cut_by = Forged(event.name.removesuffix("_RESULT"), event.raw)
                    return
                case Unclosed(name, raw, "too_long"):
                    self.said.append(shortened(raw, _KEPT))  # with the whole of it the model would do the same again
                    self.cut_by = Invalid(name, raw, "too_long")
                    events.append(Diagnostic("unclosed", raw, "a call never closed (too_long): not run"))
                    return
                case Unclosed(_, raw, reason):
                    self._say(raw)
                    events.append(Text(raw))
                    events.append(Diagnostic("unclosed", raw, f"a call never closed ({reason}): not run"))
                case Invalid(_, raw, reason):
                    self.said.append(raw)
                    self.cut_by = event
                    events.append(Diagnostic("invalid", raw, f"a call that cannot run ({reason})"))
                    return  # the scanner could continue, but this step ends here
                case Call():
                    self.said.append(event.raw)
                    self.calls.append(event)
                    events.append(event)
                case _:
                    self.cut_by = event
        if self.calls and self.scanner.ended:
            self.cut_by = tuple(self.calls)

    def _holds_a_result(self, event: Unclosed | Invalid) -> bool:
        """Tell whether an event contains a forged result.

        It is either an unfinished one, whose name is no tool's, or one inside a call.
        """
        return event.name not in self.tools or "_RESULT:" in event.raw

    def _take_functions(self, calls: tuple[ToolCall, ...], events: list[Event]) -> None:
        """Keep the function calls before the first one that cannot be made.

        If that is the very first, the model is told why.
        """
        known = (as_written(call, self.tools[call.name]) if call.name in self.tools else call for call in calls)
        calls = tuple(known)[: None if self.parallel else 1]
        wrong = next((number for number, call in enumerate(calls) if not self._can_be_made(call)), len(calls))
        self.functions = calls[: wrong or 1]
        self.characters += sum(len(call.raw) for call in self.functions)
        if wrong:
            events += self.functions
            self.cut_by = self.functions
        else:
            call = calls[0]
            self.cut_by = Invalid(
                call.name, call.raw, "bad_arguments" if call.name in self.tools else "unknown_function"
            )
            events.append(Diagnostic("invalid", call.raw, f"a call that cannot run ({self.cut_by.reason})"))

    def _can_be_made(self, call: ToolCall) -> bool:
        return call.name in self.tools and bool(call.argument)

    def _say(self, text: str) -> None:
        self.said.append(text)
        self.words.append(text)


_LOOKED_AT = 1_024  # pieces
_KEPT = 200  # characters of a call whose argument was too long
