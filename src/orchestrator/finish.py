"""What a server's finish reason means. Servers spell it in many ways; one that is not known is no answer."""

from __future__ import annotations

from typing import Literal

Meaning = Literal["stopped", "full", "filtered", "broken"]

_MEANINGS: dict[str, Meaning] = {
    **dict.fromkeys(("stop", "eos", "eos_token", "end_turn", "stop_sequence", "completed"), "stopped"),
    **dict.fromkeys(("length", "max_tokens", "model_length", "limit"), "full"),
    **dict.fromkeys(("content_filter", "safety", "refusal", "recitation"), "filtered"),
}


def meaning_of(finish: str | None) -> Meaning:
    """``stopped`` by the model, ``full`` of tokens, ``filtered``, or ``broken`` off: no reason, or an unknown one."""
    return _MEANINGS.get((finish or "").lower(), "broken")
