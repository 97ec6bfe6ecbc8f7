"""The limits of a run, and what a run has used of them.

Reaching a limit ends the run, and the limit is its finish reason. It is not an error.
Knows counts, seconds and dollars; not models, tools or the clock (the loop is told what time it is).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from orchestrator.core.errors import ConfigError
from orchestrator.core.run import FinishReason
from orchestrator.core.typed import typed_fields
from orchestrator.core.types import ToolResult

USUAL_COST = 1.0  # US dollars


@typed_fields
@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one run.

    Attributes:
        max_steps: Requests to the model.
        max_calls: Tool calls.
        max_tokens: Tokens that the model writes, in all steps together.
        max_seconds: Seconds from the question to the end. The time that a person takes to approve a call does not
            count.
        max_cost: US dollars. A number needs the model's price. None means 1 dollar if the price is known, else no
            limit. It is checked before each request, so the last request may exceed it.
        max_repeats: How often the same words may lead to the same call with the same result. A calculation may well
            need 4 * 5 twice, but not after the same sentence again and again.
        max_forged: Results that the model writes itself. Each is cut off, and the model gets a warning.
        max_denied: Calls that the policy or the user denies. The model is told of each.
        max_corrections: How often the model is asked again if its answer does not contain the tool's value.
        max_result: Characters of one result in the context. A longer result is cut.

    Raises:
        ConfigError: A limit is too small, negative or NaN.
    """

    max_steps: int = 32
    max_calls: int = 24
    max_tokens: int = 4_096
    max_seconds: float = 300.0
    max_cost: float | None = None
    max_repeats: int = 2
    max_forged: int = 3
    max_denied: int = 3
    max_corrections: int = 0
    max_result: int = 20_000

    def __post_init__(self) -> None:
        for name in ("max_steps", "max_tokens", "max_repeats", "max_result"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} must be at least 1, not {getattr(self, name)}")
        for name in ("max_calls", "max_seconds", "max_cost", "max_forged", "max_denied", "max_corrections"):
            value = getattr(self, name)
            if value is not None and not value >= 0:
                raise ConfigError(f"{name} must not be negative or NaN, it is {value}")


SAMPLE_LIMITS = Limits(max_steps=8, max_calls=8, max_tokens=1_024, max_seconds=300)
"""The limits for one answer of an evaluation."""


@dataclass(slots=True)
class Spent:
    """What a run has used so far.

    Attributes:
        limits: The limits of the run.
        steps: Requests to the model.
        tokens: Tokens that the model wrote.
        cost: US dollars; 0 if the price is not known.
        forged: Results that the model wrote itself.
        denied: Calls that were denied.
        corrections: How often the model was asked again.
        overlong: Calls whose argument was too long.
        calls_made: How many calls were made, by tool.
    """

    limits: Limits
    steps: int = 0
    tokens: int = 0
    cost: float = 0.0
    forged: int = 0
    denied: int = 0
    corrections: int = 0
    overlong: int = 0
    calls_made: Counter[str] = field(default_factory=Counter)
    _seen: Counter[tuple[str, str, str, str]] = field(default_factory=Counter, repr=False)

    def exceeded_before_step(self, elapsed: float) -> tuple[FinishReason, str] | None:
        """Return the limit that forbids another request, with a message for the user; None if no limit is reached.

        Args:
            elapsed: Seconds since the question.
        """
        limits = self.limits
        most = USUAL_COST if limits.max_cost is None else limits.max_cost
        checks: tuple[tuple[bool, FinishReason, str], ...] = (
            (self.steps >= limits.max_steps, "max_steps", f"{limits.max_steps} steps"),
            (self.tokens >= limits.max_tokens, "max_tokens", f"{limits.max_tokens} tokens"),
            (elapsed >= limits.max_seconds, "max_seconds", f"{limits.max_seconds:g} seconds"),
            (self.cost > most, "max_cost", f"{most:g} dollars"),
        )
        for reached, reason, what in checks:
            if reached:
                return reason, f"stopped after {what} (raise {reason} to allow more)"
        return None

    def time_left(self, elapsed: float) -> float:
        """Seconds until ``max_seconds``; 0 if the time is up."""
        return max(0.0, self.limits.max_seconds - elapsed)

    def out_of_time(self) -> tuple[FinishReason, str]:
        """The finish reason and the message for ``max_seconds``."""
        seconds = self.limits.max_seconds
        return "max_seconds", f"stopped after {seconds:g} seconds (raise max_seconds to allow more)"

    def out_of_tokens(self) -> tuple[FinishReason, str]:
        """The finish reason and the message for ``max_tokens``."""
        return "max_tokens", f"stopped after {self.limits.max_tokens} tokens (raise max_tokens to allow more)"

    def out_of_calls(self) -> tuple[FinishReason, str]:
        """The finish reason and the message for ``max_calls``."""
        return "max_calls", f"stopped after {self.limits.max_calls} tool calls (raise max_calls to allow more)"

    def too_long_again(self) -> bool:
        """Count a call whose argument was too long, and tell whether it was not the first."""
        self.overlong += 1
        return self.overlong > 1

    def repeats_too_often(self, words: str, result: ToolResult) -> bool:
        """Count a result, and tell whether it came more than ``max_repeats`` times after the same words.

        Args:
            words: What the model wrote before the call.
            result: The result of the call.
        """
        key = (words.strip(), result.name, result.argument, result.result)
        self._seen[key] += 1
        return self._seen[key] > self.limits.max_repeats


def repeats_itself(text: str) -> bool:
    """Tell whether the last 48 characters of a text occur in it six times. A model does not end such a loop by itself.

    A line of dashes, or a line between the rows of a table, does not count: the last 48 characters must contain at
    least five different ones.
    """
    end = text[-48:]
    return len(set(end)) >= 5 and text.count(end) >= 6


def ends_in_a_loop(text: str) -> bool:
    """Tell whether a text ends in the same characters again and again: 8 times without a break, and 400 characters.

    Unlike ``repeats_itself``, it is for the argument of a call. There the same words may come often with others between
    them: rows of data have equal ends. Characters of which lines and frames of tables are drawn do not count alone.
    """
    end = text[-_END:]
    period = len(text) - _END - text.rfind(end, 0, -1)
    length = max(_TIMES * period, _LOOP)
    tail = text[-length:]
    if len(tail) < length or tail[period:] != tail[:-period]:
        return False
    return not _LINES.issuperset(end)


_END = 48  # characters; longer than what rows of data have in common by chance
_TIMES, _LOOP = 8, 400
_LINES = frozenset("-=_~*#|+:. \t\n─━═│║┼")
