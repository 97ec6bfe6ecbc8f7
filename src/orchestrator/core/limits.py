"""How far a run may go. Reaching a limit ends the run with that limit as its reason; it is not an error.

Knows counts, seconds and dollars; not models, tools or the clock (the loop is told what time it is).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from orchestrator.core.errors import ConfigError
from orchestrator.core.run import FinishReason
from orchestrator.core.types import ToolResult

USUAL_COST = 1.0  # US dollars


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one run.

    ``max_steps``: samplings; ``max_calls``: tool calls; ``max_tokens``: tokens the model writes in all its steps;
    ``max_seconds``: from the question to the end; ``max_cost``: US dollars, for which the model's price must be
    known; without a word on it one dollar where it is;
    ``max_repeats``: how often the same words may lead to the same call with the same result (4 * 5 may well be asked
    for twice in a calculation, but not in the same sentence over and over);
    ``max_forged``: results written by the model itself, each of which is cut off and answered with a warning;
    ``max_denied``: calls that the policy or the user refused, each of which is told to the model;
    ``max_corrections``: how often the model is asked again when its answer does not carry the tool's value;
    ``max_result``: characters of one result in the context.
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
"""For one answer of an evaluation."""


@dataclass(slots=True)
class Spent:
    """What a run has used up so far."""

    limits: Limits
    steps: int = 0
    tokens: int = 0
    cost: float = 0.0
    forged: int = 0
    denied: int = 0
    corrections: int = 0
    made: Counter[str] = field(default_factory=Counter)  # calls by tool
    _seen: Counter[tuple[str, str, str, str]] = field(default_factory=Counter, repr=False)

    def exceeded_before_step(self, elapsed: float) -> tuple[FinishReason, str] | None:
        """The limit that forbids another sampling, with what to tell the user."""
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
        return max(0.0, self.limits.max_seconds - elapsed)

    def out_of_time(self) -> tuple[FinishReason, str]:
        seconds = self.limits.max_seconds
        return "max_seconds", f"stopped after {seconds:g} seconds (raise max_seconds to allow more)"

    def out_of_tokens(self) -> tuple[FinishReason, str]:
        return "max_tokens", f"stopped after {self.limits.max_tokens} tokens (raise max_tokens to allow more)"

    def out_of_calls(self) -> tuple[FinishReason, str]:
        return "max_calls", f"stopped after {self.limits.max_calls} tool calls (raise max_calls to allow more)"

    def repeats_too_often(self, words: str, result: ToolResult) -> bool:
        """Count this result; True when ``words`` have led to it more than ``max_repeats`` times."""
        key = (words.strip(), result.name, result.argument, result.result)
        self._seen[key] += 1
        return self._seen[key] > self.limits.max_repeats


def repeats_itself(text: str) -> bool:
    """Whether the end of ``text`` stands in it six times: a model does not come out of that by itself.

    A line drawn with dashes, or between the rows of a table, is not meant: an end of fewer than five different
    characters does not count.
    """
    end = text[-48:]
    return len(set(end)) >= 5 and text.count(end) >= 6
