"""The loop: sample; when the model writes a call, cut, run the tool, write the result, sample again.

It does no I/O. A driver asks ``next`` what to do, does it, and tells the loop what came of it:

    Sample(request)  → stream the model, ``feed`` each delta until ``cut``, then ``end_stream``
    Invoke(call)     → run the tool, then ``deliver`` its result
    Finished(run)    → done

So it is written once, is driven sync and async, and can be stepped, replayed and tested without a server. It knows the
protocol and the limits. It does not know models, tools' code or clocks, nor that anybody watches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orchestrator.limits import Limits, Spent, repeats_itself
from orchestrator.record import Record, measured_usage
from orchestrator.syntax import Call, Forged, Invalid, Scanner, ScannerEvent, Text, Unclosed, diagnose, escape
from orchestrator.transcript import Transcript
from orchestrator.types import (
    Delta,
    Diagnostic,
    Event,
    Finished,
    FinishReason,
    ModelInfo,
    Origin,
    Reasoning,
    Request,
    Run,
    Tool,
    ToolResult,
    Usage,
)

GO_ON = "\n\nGo on with your answer from where you stopped. Do not repeat what you have written."


@dataclass(frozen=True, slots=True)
class Sample:
    """Ask the model to go on."""

    request: Request


@dataclass(frozen=True, slots=True)
class Invoke:
    """Run a tool."""

    call: Call


@dataclass(slots=True)
class _Step:
    """One sampling: what the model has said so far, and how it ended."""

    request: Request
    scanner: Scanner
    words: list[str] = field(default_factory=list)  # what is kept, calls not counted
    plain: list[str] = field(default_factory=list)  # the part of it that was never a call
    end: Call | Invalid | Forged | None = None
    finish: str | None = None
    usage: Usage | None = None
    deltas: int = 0
    characters: int = 0


class Loop:
    """One run over ``transcript``, which holds the hidden prompt and the question already."""

    def __init__(
        self,
        transcript: Transcript,
        question: str,
        info: ModelInfo,
        tools: Mapping[str, Tool],
        limits: Limits,
        temperature: float | None = None,
    ) -> None:
        self._transcript = transcript
        self._info = info
        self._tools = tools
        self._multiline = frozenset(name for name, tool in tools.items() if tool.multiline)
        self._temperature = temperature
        self._spent = Spent(limits)
        self._record = Record(question)
        self._first_span = len(transcript)
        self._step: _Step | None = None
        self._call: Call | None = None
        self._words_before_call = ""
        self._ending: tuple[FinishReason, str] | None = None

    # --- What the driver asks and tells ---

    def next(self, elapsed: float) -> Sample | Invoke | Finished:
        """What to do next, ``elapsed`` seconds after the question."""
        if not self._ending:
            calls = self._spent.exceeded_before_call() if self._call else None
            self._ending = calls or self._spent.exceeded_before_step(elapsed)
        if self._ending:
            return Finished(self.run(elapsed))
        if self._call:
            return Invoke(self._call)
        self._step = self._begin_step(elapsed)
        return Sample(self._step.request)

    @property
    def cut(self) -> bool:
        """Whether the stream is to be closed: nothing that the model writes now would be kept."""
        return self._ending is not None or (self._step is not None and self._step.end is not None)

    def feed(self, delta: Delta, elapsed: float) -> list[Event]:
        """What a piece of the stream brings to light."""
        step = self._step
        if step is None:
            raise RuntimeError("feed() comes after next() has said Sample")
        events: list[Event] = []
        step.usage = delta.usage or step.usage
        step.finish = delta.finish or step.finish
        if delta.reasoning:
            events.append(Reasoning(delta.reasoning))
        if delta.text:
            step.deltas += 1
            step.characters += len(delta.text)
            self._take(step, step.scanner.feed(delta.text), events)
            self._bound_stream(step, elapsed)
        return events

    def end_stream(self) -> list[Event]:
        """The stream has ended, by itself or because it was cut: what follows depends on how."""
        step, self._step = self._step, None
        if step is None:
            return []
        events: list[Event] = []
        if step.end is None:
            self._take(step, step.scanner.close(), events)
        self._keep(step, events)
        self._account(step)
        match step.end:
            case Call() as call:
                self._call = call
            case Forged() as forged:
                self._refuse(forged, events)
            case Invalid() as invalid:
                self._tell(invalid.name, _WHY_INVALID[invalid.reason].format(name=invalid.name))
            case _:
                self._ending = self._ending or self._natural_end(step)
        return events

    def deliver(self, result: ToolResult) -> list[Event]:
        """Write what came of the call into the context."""
        self._call = None
        self._spent.calls += 1
        self._record.result(result)
        kind = "RESULT" if result.ok else "ERROR"
        value = escape(_cut(result.result, self._spent.limits.max_result)) or "(nothing)"
        self._write(f"[{result.name}_{kind}:{value}]", "tool", result.name)
        if self._spent.repeats_too_often(self._words_before_call, result):
            self.stop("loop", f"the model keeps making the same call: {result.name} with {_cut(result.argument, 80)!r}")
        return [result]

    def stop(self, reason: FinishReason, detail: str) -> None:
        """End the run, unless something else has already ended it."""
        self._ending = self._ending or (reason, detail)

    def run(self, elapsed: float) -> Run:
        """The run as it stands. Where a step is under way this ends it, keeping what it has brought so far."""
        self.end_stream()
        ending = self._ending or ("interrupted", "the run was left before its end")
        return self._record.run(self._transcript.spans, self._first_span, self._info, ending, elapsed)

    # --- A step ---

    def _begin_step(self, elapsed: float) -> _Step:
        limits, template = self._spent.limits, self._info.template
        resumed = self._info.resume_mode != "turn" and self._spent.steps > 0
        self._spent.steps += 1
        if template:
            self._transcript.begin("assistant")
        request = Request(
            messages=() if template else self._transcript.messages(),
            prompt=self._transcript.prompt() if template else "",
            max_tokens=limits.max_tokens - self._spent.tokens,
            timeout=limits.max_seconds - elapsed,
            temperature=self._temperature,
            stop=template.stop if template else (),
        )
        return _Step(request, Scanner(self._tools, self._multiline, mid_line=resumed))

    def _take(self, step: _Step, scanned: list[ScannerEvent], events: list[Event]) -> None:
        for event in scanned:
            match event:
                case Text(text):
                    step.words.append(text)
                    step.plain.append(text)
                    events.append(event)
                case Unclosed(name, raw, _) if name not in self._tools:  # half a result, at the end of the stream
                    step.end = Forged(name.rpartition("_")[0], raw)
                case Unclosed(_, raw, reason):
                    step.words.append(raw)
                    events.append(Text(raw))
                    self._diagnose(Diagnostic("unclosed", raw, f"a call never closed ({reason}): not run"), events)
                case Invalid(name, raw, reason):
                    step.end = event
                    self._diagnose(Diagnostic("invalid", raw, f"a call that cannot run ({reason})"), events)
                    return  # the scanner goes on; this step does not
                case Call() | Forged():
                    step.end = event
                    events += [event] if isinstance(event, Call) else []

    def _bound_stream(self, step: _Step, elapsed: float) -> None:
        """Servers may ignore max_tokens, and a slow one may never end."""
        limits, most = self._spent.limits, step.request.max_tokens
        if elapsed > limits.max_seconds:
            self.stop("max_seconds", f"stopped after {limits.max_seconds:g} seconds (raise max_seconds to allow more)")
        elif step.deltas > most or step.characters > most * _LONGEST_TOKEN:
            self.stop("max_tokens", f"stopped after {limits.max_tokens} tokens (raise max_tokens to allow more)")
        elif step.deltas % 64 == 0 and repeats_itself("".join(step.words[-1_024:])):
            self.stop("loop", "the model was repeating itself without end")

    def _keep(self, step: _Step, events: list[Event]) -> None:
        words = "".join(step.words)
        call = step.end.raw if isinstance(step.end, Call | Invalid) else ""
        self._transcript.append(words + call, "model", "assistant")
        self._record.words(words)
        self._words_before_call = words
        for diagnostic in diagnose("".join(step.plain), self._tools):
            self._diagnose(diagnostic, events)

    def _account(self, step: _Step) -> None:
        usage = step.usage or measured_usage(step.request, step.deltas, step.characters)
        price = self._info.price
        if usage.cost is None and price:
            dollars = usage.input_tokens.value * price.input + usage.output_tokens.value * price.output
            usage = replace(usage, cost=dollars / 1e6)
        self._record.step(usage, cut=step.end is not None)
        self._spent.tokens += usage.output_tokens.value
        self._spent.cost += usage.cost or 0.0

    def _natural_end(self, step: _Step) -> tuple[FinishReason, str]:
        match step.finish:
            case None | "abort" | "error":
                return "interrupted", "the server's stream broke off before the answer was complete"
            case "length" | "max_tokens":
                if self._spent.tokens >= self._spent.limits.max_tokens:
                    return "max_tokens", f"stopped after {self._spent.tokens} tokens (raise max_tokens to allow more)"
                return "length", "the server stopped the answer at its own limit (its context may be full)"
            case "content_filter":
                return "content_filter", "the server's content filter stopped the answer"
        if not self._record.answer():
            return "interrupted", "the model ended without writing an answer"
        return "answered", ""

    # --- What is written into the context ---

    def _refuse(self, forged: Forged, events: list[Event]) -> None:
        self._spent.forged += 1
        self._diagnose(Diagnostic("forged", forged.raw, "the model wrote a result itself: thrown away"), events)
        if self._spent.forged > self._spent.limits.max_forged:
            self.stop("forged", f"the model wrote its own results {self._spent.forged} times")
        else:
            self._tell(forged.name, "results are written for you; call the tool and wait, or answer without it")

    def _tell(self, name: str, message: str) -> None:
        self._write(f"[{name}_ERROR:{message}]", "runtime", name)

    def _write(self, text: str, origin: Origin, tool: str) -> None:
        if self._info.resume_mode == "turn":
            self._transcript.append(text, origin, "user", tool)
            self._transcript.append(GO_ON, "runtime", "user")
        else:
            self._transcript.append(text, origin, "assistant", tool)

    def _diagnose(self, diagnostic: Diagnostic, events: list[Event]) -> None:
        self._record.diagnose(diagnostic)
        events.append(diagnostic)


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return f"{text[:most]} … {len(text) - most:,} more characters"


_LONGEST_TOKEN = 64  # characters; more than that a token, and the server is not counting tokens
_WHY_INVALID = {
    "empty_argument": "nothing between the colon and the bracket; write what {name} should work on there",
    "nested_call": "a call cannot stand inside another; make the inner one first and wait for its result",
}
