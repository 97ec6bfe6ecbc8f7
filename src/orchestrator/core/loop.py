"""The loop: ask the model; when it writes a call, cut the stream, run the tool, write the result, and ask again.

The loop does no I/O. A driver asks ``next`` what to do, does it, and tells the loop what happened:

    Sample(request)  → stream the model, ``feed`` each delta until ``cut``, then ``end_stream``
    Approve(request) → ask somebody for approval, then ``decide``
    Invoke(calls)    → run the tools, then ``deliver`` their results
    Finished(run)    → the end

So the loop is written once and driven both sync and async. It can be stepped, replayed and tested without a server.
Knows the protocol, the limits and the policy; not models, tools' code or clocks, nor who reads the events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from orchestrator.core.limits import Limits, Spent
from orchestrator.core.output_type import OutputType
from orchestrator.core.pending_calls import Approve, Invoke, Outcome, PendingCalls
from orchestrator.core.policy import Policy
from orchestrator.core.protocols import Constrain
from orchestrator.core.run import Event, Finished, FinishReason, Run
from orchestrator.core.run_builder import RunBuilder, measured_usage, priced
from orchestrator.core.step import Step
from orchestrator.core.stream_end import natural_end
from orchestrator.core.syntax import (
    AdjacentScanner,
    Call,
    Doubtful,
    Forged,
    Invalid,
    Scanner,
    Verbatim,
    diagnose,
    inert_line,
    opened_by,
    without_markers,
)
from orchestrator.core.tool import Request, Tool
from orchestrator.core.tool_messages import ToolMessages, shortened, why_invalid
from orchestrator.core.transcript import Transcript
from orchestrator.core.types import Delta, Diagnostic, ModelInfo, ResumeMode, ToolResult

__all__ = ["Approve", "Invoke", "Loop", "Sample"]


@dataclass(frozen=True, slots=True)
class Sample:
    """Send a request to the model.

    Attributes:
        request: The request.
    """

    request: Request


class Loop:
    """One run over a transcript.

    Args:
        transcript: The context. It already contains the hidden prompt and the question.
        builder: Collects the run.
        info: What is known about the model.
        tools: The tools, by name.
        limits: The limits of the run.
        temperature: The sampling temperature; None leaves the server's default.
        policy: Which calls are made; by default all.
        parallel: Whether several calls side by side are run at once.
        constrain: Adds a grammar to each request.
        output: The type that the answer must have, if one was asked for.
        think_first: Whether the model writes freely until it was told that its answer does not fit ``output``.
        trained: Whether the hidden prompt is one on which the model was trained to call tools.

    Attributes:
        spent: What the run has used of its limits.
    """

    def __init__(  # noqa: PLR0913 - the parts of a run, then its options by name
        self,
        transcript: Transcript,
        builder: RunBuilder,
        info: ModelInfo,
        tools: Mapping[str, Tool],
        limits: Limits,
        temperature: float | None = None,
        *,
        policy: Policy | None = None,
        parallel: bool = False,
        constrain: Constrain | None = None,
        output: OutputType | None = None,
        think_first: bool = False,
        trained: bool = False,
    ) -> None:
        self._transcript = transcript
        self._info = info
        self._tools = tools
        self._policy = policy or Policy()
        self._native = info.resume_mode == "native"
        self._parallel = parallel
        multiline = frozenset(name for name, tool in tools.items() if tool.multiline)
        self._scanner = partial(AdjacentScanner if parallel else Scanner, tools, multiline)
        self._markers = info.template.markers if info.template else ()
        self._messages = ToolMessages(transcript, info.resume_mode, self._markers)
        self._temperature = temperature
        self._constrain = constrain
        self._output = output
        self._held = not think_first
        self._trained = trained
        self._told_of_output = False
        self.spent: Spent = Spent(limits)
        self._builder = builder
        self._step: Step | None = None
        self._pending: PendingCalls | None = None
        self._words_before_call = ""
        self._told_roles = False
        self._ending: tuple[FinishReason, str] | None = None
        self._ending_after_calls: tuple[FinishReason, str] | None = None

    # --- The driver's interface ---

    def next(self, elapsed: float) -> Sample | Approve | Invoke | Finished:
        """Return what the driver must do next.

        Args:
            elapsed: Seconds since the question.
        """
        self._ending = self._ending or self.spent.exceeded_before_step(elapsed)
        if self._ending:
            return Finished(self.finish(elapsed))
        if self._pending and (wanted := self._pending.next()):
            return wanted
        self._step = self._begin_step(elapsed)
        return Sample(self._step.request)

    @property
    def cut(self) -> bool:
        """Whether the driver must close the stream, because nothing more that the model writes would be kept."""
        return self._ending is not None or (self._step is not None and self._step.cut_by is not None)

    def feed(self, delta: Delta, elapsed: float) -> list[Event]:
        """Process a piece of the stream.

        Args:
            delta: The piece.
            elapsed: Seconds since the question.

        Returns:
            The events that the piece completes.

        Raises:
            RuntimeError: ``next`` has not returned Sample.
        """
        step = self._step
        if step is None:
            raise RuntimeError("feed() comes after next() has said Sample")
        events = step.feed(delta)
        if step.cut_by is None and (delta.text or delta.reasoning):
            self._bound_stream(step, elapsed)
        return self._recorded(events)

    def note_model(self, info: ModelInfo) -> None:
        """Note what an answer of a chat server has shown about the model.

        Args:
            info: What is known now. Whether it thinks, which roles it takes, and a change between the resume modes
                "turn" and "prefill" have an effect.
        """
        if (info.thinks, info.system_role) != (self._info.thinks, self._info.system_role):
            self._info = replace(self._info, thinks=info.thinks, system_role=info.system_role)
        self._note_resume_mode(info.resume_mode)

    def _note_resume_mode(self, mode: ResumeMode) -> None:
        if {mode, self._info.resume_mode} == {"turn", "prefill"}:
            self._info = replace(self._info, resume_mode=mode)
            self._messages.mode = mode

    def fall_back(self) -> None:
        """Repeat the step in mode "turn", because the server did not continue the assistant's message."""
        self._step = None
        self.spent.steps -= 1
        self._messages.fall_back()
        self._note_resume_mode("turn")

    def end_stream(self, elapsed: float) -> list[Event]:
        """Process the end of the stream, whether it ended by itself or was cut.

        Args:
            elapsed: Seconds since the question.

        Returns:
            The events that this completes.
        """
        step, self._step = self._step, None
        if step is None:
            return []
        events = self._recorded([*self._adapted(), *step.close()])
        events += self._keep(step)
        self._account(step)
        match step.cut_by:
            case tuple() as calls:
                events += self._take_calls(calls)
            case Forged() as forged:
                events += self._refuse(forged)
            case Invalid(reason="too_long") if self.spent.too_long_again():
                self.stop("loop", "the model keeps writing arguments that do not end")
            case Invalid() as invalid:
                self._messages.note(invalid.name, why_invalid(invalid, self._tools))
            case _:
                answered = bool(self._builder.answer())
                self._ending = self._ending or natural_end(step.server_reason, self.spent, elapsed, answered=answered)
                events += self._correct(free=not (step.request.grammar or step.request.schema))
        return events

    def decide(self, granted: bool | None) -> list[Event]:
        """Process the answer to Approve.

        Args:
            granted: Whether the call is allowed; None if there was nobody to ask.

        Raises:
            RuntimeError: ``next`` has not returned Approve.
        """
        if self._pending is None:
            raise RuntimeError("decide() comes after next() has said Approve")
        return self._recorded([*self._pending.decide(granted)]) + self._write_results()

    def deliver(self, results: Sequence[ToolResult | None]) -> list[Event]:
        """Write the results of Invoke into the context.

        Args:
            results: A result for each call, in the order of the calls. None means that the call ends the run; it is
                dropped.

        Raises:
            RuntimeError: ``next`` has not returned Invoke.
        """
        if self._pending is None:
            raise RuntimeError("deliver() comes after next() has said Invoke")
        self._pending.deliver(results)
        return self._write_results()

    def stop(self, reason: FinishReason, detail: str) -> None:
        """End the run, unless it has another reason to end already.

        Args:
            reason: The finish reason.
            detail: One sentence for the user.
        """
        self._ending = self._ending or (reason, detail)

    def out_of_time(self, elapsed: float) -> bool:
        """Tell whether the time of the run is up. If so, the run ends with ``max_seconds``.

        Args:
            elapsed: Seconds since the question.
        """
        if elapsed < 0.98 * self.spent.limits.max_seconds:  # the timeout of a request may fire a little early
            return False
        self.stop(*self.spent.out_of_time())
        return True

    def finish(self, elapsed: float) -> Run:
        """End the current step, keep what it has so far, and return the run.

        Args:
            elapsed: Seconds since the question.
        """
        self.end_stream(elapsed)
        ending = self._ending or ("interrupted", "the run was left before its end")
        return self._builder.build(self._transcript.spans, self._info, ending, elapsed)

    # --- A step ---

    def _begin_step(self, elapsed: float) -> Step:
        limits, template = self.spent.limits, self._info.template
        mid_line = self._transcript.role == "assistant"
        self.spent.steps += 1
        if template:
            self._transcript.begin("assistant")
        request = Request(
            messages=() if template else self._transcript.messages(),
            prompt=self._transcript.prompt() if template else "",
            max_tokens=limits.max_tokens - self.spent.tokens,
            timeout=min(limits.max_seconds - elapsed, _LONGEST_WAIT),
            temperature=self._temperature,
            stop=template.stop if template else (),
            tools=tuple(self._policy.allowed(self._tools).values()) if self._native else (),
            trained=self._trained,
        )
        request = self._constrain(request, self._builder.calls) if self._constrain and self._held else request
        if self._output and request.messages and not request.grammar and self._writes_only_the_answer():
            request = replace(request, schema=self._output.sent)
        opened = opened_by(request.prompt)
        if self._native or request.schema:
            return Step(request, Verbatim(), self._tools, parallel=self._parallel)
        if self._may_begin_in_thinking(request):
            doubtful = Doubtful(self._scanner, thinks=bool(self._info.thinks))
            return Step(request, doubtful, self._tools, parallel=self._parallel)
        scanner = self._scanner(mid_line=mid_line, thinking=opened)
        return Step(request, scanner, self._tools, opened, parallel=self._parallel)

    def _may_begin_in_thinking(self, request: Request) -> bool:
        """Whether the server's chat template may have opened thinking, which only its answer can show."""
        begins = bool(request.messages) and request.messages[-1].role != "assistant"
        return self._info.thinks is not False and begins and not request.grammar

    def _writes_only_the_answer(self) -> bool:
        """Whether the next request may be held to the schema of the answer: its text can be nothing else."""
        of_a_type = self._held and self._output is not None and not self._output.is_text
        return of_a_type and (self._native or not self._tools or self._told_of_output)

    def _bound_stream(self, step: Step, elapsed: float) -> None:
        """End a stream that exceeds the limits: servers may ignore ``max_tokens``, and a slow server may never end."""
        limits, most = self.spent.limits, step.request.max_tokens
        if elapsed > limits.max_seconds:
            self.stop(*self.spent.out_of_time())
        elif step.deltas > most or step.characters > most * _LONGEST_TOKEN:
            self.stop(*self.spent.out_of_tokens())
        elif step.deltas % 64 == 0 and step.repeats_itself():
            self.stop("loop", "the model was repeating itself without end")

    def _adapted(self) -> list[Event]:
        """Tell once in a run that the messages are sent in another form."""
        if self._info.system_role or self._told_roles:
            return []
        self._told_roles = True
        return [Diagnostic("adapted", "", _ROLES)]

    def _keep(self, step: Step) -> list[Event]:
        self._transcript.append(without_markers("".join(step.said), self._markers), "model", "assistant")
        for call in step.functions:
            self._transcript.call(call, "model")
        self._words_before_call = without_markers("".join(step.words), self._markers)
        self._builder.words(self._words_before_call, step.opened)
        return [] if self._native else self._recorded([*diagnose("".join(step.plain), self._tools)])

    def _account(self, step: Step) -> None:
        usage = step.usage or measured_usage(step.request, step.deltas, step.characters)
        usage = priced(usage, self._info.price)
        self._builder.step(usage, cut=step.cut)
        self.spent.tokens += usage.output_tokens.value
        self.spent.cost += usage.cost or 0.0

    # --- Calls ---

    def _take_calls(self, calls: tuple[Call, ...]) -> list[Event]:
        """Judge the calls.

        Calls beyond ``max_calls`` are not made, and the run ends after the results of the others.
        """
        room = max(0, self.spent.limits.max_calls - self.spent.calls_made.total())
        if len(calls) > room:
            self._ending_after_calls = self.spent.out_of_calls()
        self._pending = PendingCalls(calls[:room])
        denials = self._pending.judge(self._policy, self._tools, self.spent.calls_made, self._transcript.spans)
        return self._recorded([*denials]) + self._write_results()

    def _write_results(self) -> list[Event]:
        """When every call has its result, write all results into the context, in the order of the calls."""
        pending = self._pending
        if pending is None or pending.next():
            return []
        self._pending = None
        results = [self._write_result(outcome, result) for outcome in pending.outcomes if (result := outcome.result)]
        if results:
            self._messages.ask_to_go_on()
        if self.spent.denied > self.spent.limits.max_denied:
            self.stop("denied", f"the model asked for calls that were denied {self.spent.denied} times")
        if self._ending_after_calls:
            self.stop(*self._ending_after_calls)
        return [*results]

    def _write_result(self, outcome: Outcome, result: ToolResult) -> ToolResult:
        kept = self._builder.result(result)
        value = shortened(kept.result, self.spent.limits.max_result)
        if outcome.denied:
            self.spent.denied += 1
            self._messages.result(result.name, value, ok=result.ok, origin="runtime")
            return kept
        self.spent.calls_made[result.name] += 1
        self._messages.result(result.name, value, ok=result.ok, untrusted=self._tools[result.name].untrusted)
        if self.spent.repeats_too_often(self._words_before_call, result):
            self.stop(
                "loop", f"the model keeps making the same call: {result.name} with {shortened(result.argument, 80)!r}"
            )
        return kept

    # --- What is written into the context ---

    def _refuse(self, forged: Forged) -> list[Event]:
        self.spent.forged += 1
        if self.spent.forged > self.spent.limits.max_forged:
            self.stop("forged", f"the model wrote its own results {self.spent.forged} times")
        else:
            self._messages.note(
                forged.name, "results are written for you; call the tool and wait, or answer without it"
            )
        return self._recorded([Diagnostic("forged", forged.raw, "the model wrote a result itself: thrown away")])

    def _correct(self, *, free: bool) -> list[Event]:
        """Ask again if the answer does not fit the type, or does not contain the tool's value.

        Args:
            free: Whether nothing held the model. Then a loop is corrected too: held, it may end.
        """
        if self._output and self._may_fit(free=free) and (fault := self._output.fault(self._builder.answer())):
            return self._correct_output(fault)
        room = self.spent.corrections < self.spent.limits.max_corrections
        if self._ending != ("answered", "") or self._builder.carried() is not False or not room:
            return []
        self._ending = None
        self.spent.corrections += 1
        last = self._builder.calls[-1]
        self._messages.note(last.name, f"the result is {last.result}; write the answer again with this value in it")
        why = f"the answer did not carry the result {last.result!r}: asked again"
        return self._recorded([Diagnostic("unfaithful", self._builder.take_back(), why)])

    def _may_fit(self, *, free: bool) -> bool:
        reason = self._ending[0] if self._ending else ""
        return reason == "answered" or (reason == "loop" and free and not self._told_of_output)

    def _correct_output(self, fault: str) -> list[Event]:
        """Tell the model once why its answer does not fit. The second time, this ends the run."""
        if self._told_of_output:
            self._ending = ("invalid_output", fault)
            return []
        self._ending, self._held, self._told_of_output = None, True, True
        self._transcript.append(_NOT_VALID.format(fault=inert_line(fault, 300)), "runtime", "user")
        return self._recorded(
            [Diagnostic("invalid_output", self._builder.take_back(), f"not valid: {fault}: asked again")]
        )

    def _recorded(self, events: list[Event]) -> list[Event]:
        for event in events:
            if isinstance(event, Diagnostic):
                self._builder.diagnose(event)
        return events


_LONGEST_TOKEN = 64  # characters; if tokens are longer on average, the server does not count tokens
_ROLES = "the server takes no system message, or no two messages of one role: they were sent in the user's message"
_NOT_VALID = "That is not valid: {fault}. Write the whole answer again, and only its JSON."
_LONGEST_WAIT = 86_400.0  # seconds; sockets do not accept an infinite timeout
