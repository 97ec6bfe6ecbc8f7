"""One sampling: what the model has said in it so far, and how it ended. Knows the scanner; not the run around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.core.run import Event
from orchestrator.core.syntax import (
    AdjacentScanner,
    Call,
    Forged,
    Invalid,
    Scanner,
    ScannerEvent,
    Text,
    Unclosed,
    Verbatim,
)
from orchestrator.core.types import Delta, Diagnostic, Reasoning, Request, Tool, ToolCall
from orchestrator.core.usage import Usage


@dataclass(slots=True)
class Step:
    """``end`` is what the stream is cut at (calls, if that is why), ``finish`` the server's own reason to stop."""

    request: Request
    scanner: Scanner | AdjacentScanner | Verbatim
    tools: Mapping[str, Tool]
    said: list[str] = field(default_factory=list)  # what is kept
    words: list[str] = field(default_factory=list)  # what is kept, without its calls
    plain: list[str] = field(default_factory=list)  # the part of it that was never a call
    calls: list[Call] = field(default_factory=list)
    functions: tuple[ToolCall, ...] = ()  # calls that came as functions, not in the text
    end: tuple[Call, ...] | Invalid | Forged | None = None
    parallel: bool = False
    finish: str | None = None
    usage: Usage | None = None
    deltas: int = 0
    characters: int = 0

    def feed(self, delta: Delta) -> list[Event]:
        """What a piece of the stream brings to light."""
        self.usage = delta.usage or self.usage
        self.finish = delta.finish or self.finish
        events: list[Event] = [Reasoning(delta.reasoning)] if delta.reasoning else []
        if delta.text:
            self._take(self.scanner.feed(delta.text), events)
        if delta.calls and self.end is None:
            self._take_functions(delta.calls, events)
        if delta.text or delta.reasoning:
            self.deltas += 1
            self.characters += len(delta.text) + len(delta.reasoning)
        return events

    def close(self) -> list[Event]:
        """What was held back when the stream ended."""
        events: list[Event] = []
        if self.end is None:
            self._take(self.scanner.close(), events)
        return events

    def _take(self, scanned: list[ScannerEvent], events: list[Event]) -> None:
        for event in scanned:
            match event:
                case Text(text):
                    self._say(text)
                    self.plain.append(text)
                    events.append(event)
                case Unclosed() | Invalid() if self._holds_a_result(event):
                    self.end = Forged(event.name.removesuffix("_RESULT"), event.raw)
                    return
                case Unclosed(_, raw, reason):
                    self._say(raw)
                    events.append(Text(raw))
                    events.append(Diagnostic("unclosed", raw, f"a call never closed ({reason}): not run"))
                case Invalid(_, raw, reason):
                    self.said.append(raw)
                    self.end = event
                    events.append(Diagnostic("invalid", raw, f"a call that cannot run ({reason})"))
                    return  # the scanner goes on; this step does not
                case Call():
                    self.said.append(event.raw)
                    self.calls.append(event)
                    events.append(event)
                case _:
                    self.end = event
        if self.calls and self.scanner.ended:
            self.end = tuple(self.calls)

    def _holds_a_result(self, event: Unclosed | Invalid) -> bool:
        """Whether it is half a forged result, whose name is no tool's, or a call with a forged result inside."""
        return event.name not in self.tools or "_RESULT:" in event.raw

    def _take_functions(self, calls: tuple[ToolCall, ...], events: list[Event]) -> None:
        """The calls that can be made; where the first cannot, it is told why."""
        if not self.parallel:
            calls = calls[:1]
        wrong = next((number for number, call in enumerate(calls) if not self._can_be_made(call)), len(calls))
        self.functions = calls[: wrong or 1]
        self.characters += sum(len(call.raw) for call in self.functions)
        if wrong:
            events += self.functions
            self.end = self.functions
        else:
            call = calls[0]
            self.end = Invalid(call.name, call.raw, "bad_arguments" if call.name in self.tools else "unknown_function")
            events.append(Diagnostic("invalid", call.raw, f"a call that cannot run ({self.end.reason})"))

    def _can_be_made(self, call: ToolCall) -> bool:
        return call.name in self.tools and bool(call.argument)

    def _say(self, text: str) -> None:
        self.said.append(text)
        self.words.append(text)
