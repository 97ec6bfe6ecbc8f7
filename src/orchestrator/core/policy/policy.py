"""Which of the model's calls are made: an allow-list, quotas, approval, and what may leave this machine.

Knows calls, tools as values and the context; not who is asked, nor how the loop goes on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.core.errors import ConfigError
from orchestrator.core.policy.taint import copied, leak, quoted
from orchestrator.core.types import Span, Tool, ToolCall


@dataclass(frozen=True, slots=True)
class Policy:
    """What the model's calls may do in one run.

    ``allow``: the tools that may be called, by name; without it all that the orchestrator has.
    ``quotas``: how often a tool may be called, by name.
    ``ask``: the tools whose every call needs approval.
    ``strict``: once untrusted content is in the context, every call that sends data needs approval. Without it only
    one that repeats that content does, or that holds what looks like a secret of the conversation (see ``taint``).

    A call of any tool that stands word for word in untrusted content, or as a call in the user's text, needs approval
    in any case.
    """

    allow: Collection[str] | None = None
    quotas: Mapping[str, int] = field(default_factory=dict)
    ask: Collection[str] = ()
    strict: bool = False

    def __post_init__(self) -> None:
        for option, names in (("allow", self.allow), ("ask", self.ask)):
            if isinstance(names, str):
                raise ConfigError(f"{option} takes several names: ({names!r},) for one")
        for name, most in self.quotas.items():
            if most < 0:
                raise ConfigError(f"the quota of {name} must be 0 or more, not {most}")

    def check(self, tools: Collection[str]) -> None:
        """Raise ConfigError where the policy speaks of a tool that is not there: a misspelt rule protects nothing."""
        for name in (*(self.allow or ()), *self.quotas, *self.ask):
            if name not in tools:
                raise ConfigError(f"the policy names {name!r}, which is not one of the tools: {', '.join(tools)}")

    def allowed(self, tools: Mapping[str, Tool]) -> dict[str, Tool]:
        """Those of ``tools`` that the model is told of."""
        return {name: tool for name, tool in tools.items() if self.allow is None or name in self.allow}

    def judge(self, call: ToolCall, tool: Tool, made: int, spans: Sequence[Span]) -> ApprovalRequest | Denied | None:
        """Whether ``call`` may be made, given how many calls to its tool were ``made``; None is yes."""
        if self.allow is not None and call.name not in self.allow:
            return Denied(f"{call.name} may not be used here; answer without it")
        if made >= self.quotas.get(call.name, made + 1):
            return Denied(f"{call.name} may be used {_times(made)} and has been; answer with what you have")
        if call.name in self.ask:
            return ApprovalRequest(call, f"every call to {call.name} needs approval")
        why = self._why_not_trusted(call, tool, spans)
        return ApprovalRequest(call, why) if why else None

    def _why_not_trusted(self, call: ToolCall, tool: Tool, spans: Sequence[Span]) -> str | None:
        if quoted(call.name, call.argument, spans):
            return "your question contains this very call; it may have been pasted from elsewhere"
        bringers = " and ".join(dict.fromkeys(str(span.tool) for span in spans if span.untrusted))
        if not bringers:
            return None
        if copied(call.name, call.argument, spans):
            return f"the call stands word for word in what {bringers} brought in"
        if tool.sends_data and self.strict:
            return f"{call.name} sends data out, and {bringers} brought in untrusted text"
        if tool.sends_data and (repeated := leak(call.argument, call.name, spans)):
            return f"{call.name} would send out {_shortened(repeated)!r}, after {bringers} brought in untrusted text"
        return None


@dataclass(frozen=True, slots=True)
class Denied:
    """A call that is not made. ``reason`` is told to the model."""

    reason: str


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """A call that is made only if somebody allows it. ``reason`` says why it needs that."""

    call: ToolCall
    reason: str


Approver = Callable[[ApprovalRequest], bool | Awaitable[bool]]
"""Whoever decides: only True allows the call. May be async."""


def _times(count: int) -> str:
    return f"{count} time{'s' * (count != 1)}"


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80]}…"
