"""The calls of one step on their way: judged, asked for, made, and what came of each, in call order.

Knows the policy and values; not the loop around it, nor who runs a tool or says yes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.core.policy import ApprovalRequest, Denied, Policy
from orchestrator.core.types import Diagnostic, Span, Tool, ToolCall, ToolResult


@dataclass(frozen=True, slots=True)
class Approve:
    """Ask whether a call may be made."""

    request: ApprovalRequest


@dataclass(frozen=True, slots=True)
class Invoke:
    """Run the tools of these calls; where there are several, together."""

    calls: tuple[ToolCall, ...]


@dataclass(slots=True)
class Outcome:
    """One call, and where it stands: it waits for a yes, it waits to be made, or it has its ``result``."""

    call: ToolCall
    request: ApprovalRequest | None = None
    result: ToolResult | None = None
    denied: bool = False

    def deny(self, reason: str) -> None:
        self.result = ToolResult(self.call.name, self.call.argument, reason, ok=False, seconds=0.0)
        self.denied = True


class PendingCalls:
    """Calls that stood side by side. ``next`` is what they wait for, None when each has what came of it."""

    def __init__(self, calls: Sequence[ToolCall]) -> None:
        self.outcomes = [Outcome(call) for call in calls]

    def judge(
        self, policy: Policy, tools: Mapping[str, Tool], made: Counter[str], spans: Sequence[Span]
    ) -> list[Diagnostic]:
        """Apply the policy to each, given how many calls to each tool were ``made`` before."""
        made = made.copy()
        denials: list[Diagnostic] = []
        for outcome in self.outcomes:
            call = outcome.call
            match policy.judge(call, tools[call.name], made[call.name], spans):
                case Denied(reason):
                    outcome.deny(reason)
                    denials.append(_denial(call, reason))
                    continue
                case request:
                    outcome.request = request
            made[call.name] += 1
        return denials

    def next(self) -> Approve | Invoke | None:
        for outcome in self.outcomes:
            if outcome.request:
                return Approve(outcome.request)
        waiting = tuple(outcome.call for outcome in self.outcomes if outcome.result is None)
        return Invoke(waiting) if waiting else None

    def decide(self, granted: bool | None) -> list[Diagnostic]:
        """The answer to the first open request; None where there was nobody to give one."""
        outcome, request = next((each, each.request) for each in self.outcomes if each.request)
        outcome.request = None
        if granted:
            return []
        name = outcome.call.name
        who = "the user did not allow it" if granted is False else "nobody is there to allow it"
        outcome.deny(f"{name} was not called, as {who}; answer with what you have")
        return [_denial(outcome.call, f"{request.reason}, and {who}")]

    def deliver(self, results: Sequence[ToolResult | None]) -> None:
        """What came of the calls of ``Invoke``, in their order. A call with None broke, and is dropped."""
        waiting = [outcome for outcome in self.outcomes if outcome.result is None]
        for outcome, result in zip(waiting, results, strict=True):
            outcome.result = result
        self.outcomes = [outcome for outcome in self.outcomes if outcome.result]


def _denial(call: ToolCall, why: str) -> Diagnostic:
    return Diagnostic("denied", call.raw, f"denied: {why}")
