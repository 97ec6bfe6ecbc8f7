"""The calls of one step and their states: judged, approved, made, and with a result. The order is that of the calls.

Knows the policy and values; not the loop, nor who runs a tool or approves a call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.core.policy import ApprovalRequest, Denied, Policy
from orchestrator.core.tool import Tool
from orchestrator.core.types import Diagnostic, Span, ToolCall, ToolResult


@dataclass(frozen=True, slots=True)
class Approve:
    """Ask somebody whether a call may be made.

    Attributes:
        request: The call, and why it needs approval.
    """

    request: ApprovalRequest


@dataclass(frozen=True, slots=True)
class Invoke:
    """Run the tools of these calls. If there are several, run them at once.

    Attributes:
        calls: The calls.
    """

    calls: tuple[ToolCall, ...]


@dataclass(slots=True)
class Outcome:
    """One call and its state.

    Attributes:
        call: The call.
        request: The request for approval, while the call waits for it.
        result: The result; None while the call waits for approval or for its tool.
        denied: Whether the call was denied. ``result`` then holds the reason.
    """

    call: ToolCall
    request: ApprovalRequest | None = None
    result: ToolResult | None = None
    denied: bool = False

    def deny(self, reason: str) -> None:
        """Deny the call. The model reads the reason as the call's result."""
        self.result = ToolResult(self.call.name, self.call.argument, reason, ok=False, seconds=0.0)
        self.denied = True


class PendingCalls:
    """Calls that the model wrote side by side, until each of them has a result.

    Attributes:
        outcomes: The calls and their states.
    """

    def __init__(self, calls: Sequence[ToolCall]) -> None:
        self.outcomes = [Outcome(call) for call in calls]

    def judge(
        self, policy: Policy, tools: Mapping[str, Tool], made: Counter[str], spans: Sequence[Span]
    ) -> list[Diagnostic]:
        """Apply the policy to each call.

        Args:
            policy: The policy.
            tools: The tools, by name.
            made: How many calls were made before, by tool.
            spans: The context.

        Returns:
            A diagnostic for each call that is denied.
        """
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
        """Return what the calls wait for; None if each has its result."""
        for outcome in self.outcomes:
            if outcome.request:
                return Approve(outcome.request)
        waiting = tuple(outcome.call for outcome in self.outcomes if outcome.result is None)
        return Invoke(waiting) if waiting else None

    def decide(self, granted: bool | None) -> list[Diagnostic]:
        """Process the answer to the first open request for approval.

        Args:
            granted: Whether the call is allowed; None if there was nobody to ask.

        Returns:
            A diagnostic if the call is denied.
        """
        outcome, request = next((each, each.request) for each in self.outcomes if each.request)
        outcome.request = None
        if granted:
            return []
        name = outcome.call.name
        who = "the user did not allow it" if granted is False else "nobody is there to allow it"
        outcome.deny(f"{name} was not called, as {who}; answer with what you have")
        return [_denial(outcome.call, f"{request.reason}, and {who}")]

    def deliver(self, results: Sequence[ToolResult | None]) -> None:
        """Keep the results of the calls of Invoke, in their order.

        A call with the result None is dropped: it ends the run.
        """
        waiting = [outcome for outcome in self.outcomes if outcome.result is None]
        for outcome, result in zip(waiting, results, strict=True):
            outcome.result = result
        self.outcomes = [outcome for outcome in self.outcomes if outcome.result]


def _denial(call: ToolCall, why: str) -> Diagnostic:
    return Diagnostic("denied", call.raw, f"denied: {why}")
