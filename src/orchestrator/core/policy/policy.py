"""The policy: which calls of the model are made.

It has an allow-list, quotas, approval, and rules for data that is sent.

Knows calls, tools as values and the context; not who is asked for approval, nor how the loop continues.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.core.errors import ConfigError
from orchestrator.core.tool import Tool
from orchestrator.core.typed import typed_fields
from orchestrator.core.types import Span, ToolCall


@typed_fields
@dataclass(frozen=True, slots=True)
class Policy:
    """Rules for the calls of one run.

    Some calls need approval under every policy. A call needs approval if it is in untrusted content or if the user's
    text contains it as a call, in whatever format. After an untrusted result, a call that sends data needs approval if
    it repeats such content, if it contains a large part of what looks like a secret or of a private sentence, or if it
    looks encoded (see ``core/policy/taint.py``).

    Attributes:
        allow: The names of the tools that may be called; None allows all tools of the orchestrator.
        quotas: How often a tool may be called, by name.
        ask: The names of the tools whose every call needs approval.
        strict: Whether every call that sends data needs approval once an untrusted result is in the context.

    Raises:
        ConfigError: ``allow`` or ``ask`` is a string, or a quota is negative.
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
        """Check that every tool that the policy names exists, because a misspelt rule protects nothing.

        Args:
            tools: The names of the tools.

        Raises:
            ConfigError: The policy names another tool.
        """
        for name in (*(self.allow or ()), *self.quotas, *self.ask):
            if name not in tools:
                raise ConfigError(f"the policy names {name!r}, which is not one of the tools: {', '.join(tools)}")

    def allowed(self, tools: Mapping[str, Tool]) -> dict[str, Tool]:
        """Return the tools that the model is told of.

        Args:
            tools: All tools, by name.
        """
        return {name: tool for name, tool in tools.items() if self.allow is None or name in self.allow}

    def judge(self, call: ToolCall, tool: Tool, made: int, spans: Sequence[Span]) -> ApprovalRequest | Denied | None:
        """Decide about a call.

        Args:
            call: The call.
            tool: Its tool.
            made: How many calls of this tool were made before.
            spans: The context.

        Returns:
            None if the call may be made. ApprovalRequest if somebody must allow it. Denied if it may not be made.
        """
        if self.allow is not None and call.name not in self.allow:
            return Denied(f"{call.name} may not be used here; answer without it")
        if made >= self.quotas.get(call.name, made + 1):
            return Denied(f"{call.name} may be used {_times(made)} and has been; answer with what you have")
        if call.name in self.ask:
            return ApprovalRequest(call, f"every call to {call.name} needs approval")
        why = self._why_not_trusted(call, tool, spans)
        return ApprovalRequest(call, why) if why else None

    def _why_not_trusted(self, call: ToolCall, tool: Tool, spans: Sequence[Span]) -> str | None:
        from orchestrator.core.policy.taint import copied, quoted  # noqa: PLC0415 - only for calls

        if quoted(call.name, call.argument, spans):
            return "your question contains this very call; it may have been pasted from elsewhere"
        bringers = " and ".join(dict.fromkeys(str(span.tool) for span in spans if span.untrusted))
        if not bringers:
            return None
        if copied(call.name, call.argument, spans):
            return f"the call is, word for word, in what {bringers} brought in"
        reason = self._why_not_sent(call, spans) if tool.sends_data else None
        return f"{reason}, after {bringers} brought in untrusted text" if reason else None

    def _why_not_sent(self, call: ToolCall, spans: Sequence[Span]) -> str | None:
        from orchestrator.core.policy.taint import encoded, leak  # noqa: PLC0415 - only for calls after untrusted text

        if self.strict:
            return f"{call.name} sends data out"
        if repeated := leak(call.argument, call.name, spans):
            return f"{call.name} would send out {_shortened(repeated)!r}"
        return f"{call.name} would send out what looks encoded" if encoded(call.argument, spans) else None


@dataclass(frozen=True, slots=True)
class Denied:
    """A call that is not made.

    Attributes:
        reason: Why. The model reads it.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """A call that is made only if somebody allows it.

    Attributes:
        call: The call.
        reason: Why it needs approval. The user reads it.
    """

    call: ToolCall
    reason: str


Approver = Callable[[ApprovalRequest], bool | Awaitable[bool]]
"""A function that decides about a call. Only the return value True allows it. It may be async."""


def _times(count: int) -> str:
    return f"{count} time{'s' * (count != 1)}"


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80]}…"
