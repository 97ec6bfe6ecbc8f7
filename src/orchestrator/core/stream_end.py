"""The meaning of a server's finish reason.

Servers use many words for it, and write them in many ways: case, ``_`` and ``-`` do not matter. An unknown reason does
not count as an answer.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from orchestrator.core.limits import Spent
from orchestrator.core.run import FinishReason

Meaning = Literal["stopped", "calls", "full", "filtered", "broken"]

_MEANINGS: dict[str, Meaning] = {
    **dict.fromkeys(("stop", "eos", "eostoken", "endturn", "stopsequence", "completed"), "stopped"),
    **dict.fromkeys(("length", "maxtokens", "modellength", "limit"), "full"),
    **dict.fromkeys(("contentfilter", "safety", "refusal", "recitation"), "filtered"),
}
_CALLS = re.compile(r"(?:tool|function)(?:s|calls?|uses?)?|calls?")  # but not malformed_function_call


@lru_cache(64)  # servers send few
def meaning_of(finish: str | None) -> Meaning:
    """Return what a server's finish reason means.

    Args:
        finish: The reason; None if the stream ended without one.

    Returns:
        ``stopped``: the model ended its answer. ``calls``: it ended with function calls. ``full``: a limit on tokens
        was reached. ``filtered``: a content filter.
        ``broken``: there is no reason, or an unknown one.
    """
    letters = re.sub("[^a-z]", "", (finish or "").lower()).removeprefix("finishreason")
    return "calls" if _CALLS.fullmatch(letters) else _MEANINGS.get(letters, "broken")


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
