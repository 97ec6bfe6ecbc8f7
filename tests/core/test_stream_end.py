"""What the finish reasons of servers mean."""

from __future__ import annotations

import pytest

from orchestrator.core.stream_end import meaning_of

SPELLINGS: dict[str, list[str | None]] = {
    "stopped": ["stop", "STOP", "end_turn", "endTurn", "EOS", "eos-token", "FinishReason.STOP", "stop_sequence"],
    "calls": [
        "tool_calls", "tool_call", "tool_use", "toolUse", "TOOL_CALLS", "tool-calls", "function_call", "functionCall",
        "function_calls", "FINISH_REASON_TOOL_CALL", "tools", "tool calls",
    ],
    "full": ["length", "max_tokens", "MAX_TOKENS", "maxTokens", "limit"],
    "filtered": ["content_filter", "contentFilter", "SAFETY", "refusal"],
    "broken": [None, "", "malformed_function_call", "TOO_MANY_TOOL_CALLS", "tool_error", "unknown", "error"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("meaning", "word"), [(meaning, word) for meaning, words in SPELLINGS.items() for word in words]
)
def test_a_finish_reason_means_the_same_in_every_spelling(meaning, word):
    assert meaning_of(word) == meaning
