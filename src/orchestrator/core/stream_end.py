"""The meaning of a server's finish reason.

Servers use many words for it. An unknown reason does not count as an answer.
"""

from __future__ import annotations

from typing import Literal

from orchestrator.core.limits import Spent
from orchestrator.core.run import FinishReason

Meaning = Literal["stopped", "full", "filtered", "broken"]

_MEANINGS: dict[str, Meaning] = {
    **dict.fromkeys(("stop", "eos", "eos_token", "end_turn", "stop_sequence", "completed"), "stopped"),
    **dict.fromkeys(("length", "max_tokens", "model_length", "limit"), "full"),
    **dict.fromkeys(("content_filter", "safety", "refusal", "recitation"), "filtered"),
}


def meaning_of(finish: str | None) -> Meaning:
    """Return what a server's finish reason means.

    Args:
        finish: The reason; None if the stream ended without one.

    Returns:
        ``stopped``: the model ended its answer. ``full``: a limit on tokens was reached. ``filtered``: a content
        filter.
        ``broken``: there is no reason, or an unknown one.
    """
    return _MEANINGS.get((finish or "").lower(), "broken")


def natural_end(  # noqa: PLR0911 - one for each way a stream ends
    finish: str | None, spent: Spent, elapsed: float, *, answered: bool
) -> tuple[FinishReason, str]:
    """Return the finish reason of a run whose stream ended by itself, and a sentence for the user.

    Args:
        finish: The server's finish reason; None if the stream ended without one.
        spent: What the run has used of its limits.
        elapsed: Seconds since the question.
        answered: Whether there is an answer.
    """
    match meaning_of(finish):
        case "stopped" if answered:
            return "answered", ""
        case "stopped":
            return "interrupted", "the model ended without writing an answer"
        case "full" if spent.tokens >= spent.limits.max_tokens:
            return spent.out_of_tokens()
        case "full":
            return "length", "the server stopped the answer at its own limit (its context may be full)"
        case "filtered":
            return "content_filter", f"the server stopped the answer: {finish}"
    if elapsed >= spent.limits.max_seconds:
        return spent.out_of_time()
    why = f" ({finish})" if finish else ""
    return "interrupted", f"the server's stream broke off before the answer was complete{why}"
