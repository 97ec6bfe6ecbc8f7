"""Qwen's: Qwen 2.5 and Qwen 3. Text is brought into Unicode's composed form (NFC) first."""

from __future__ import annotations

from orchestrator.core.chat_template import CHATML
from orchestrator.models.tokenizers._bpe import BytePairs, byte_pairs


def create() -> BytePairs:
    """The tokenizer."""
    return byte_pairs("qwen3", "qwen3", CHATML)
