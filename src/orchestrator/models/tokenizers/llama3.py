"""Meta's vocabulary of Llama 3 to 3.3."""

from __future__ import annotations

from orchestrator.core.chat_template import LLAMA3
from orchestrator.models.tokenizers._bpe import BytePairs, byte_pairs


def create() -> BytePairs:
    """Make the tokenizer."""
    return byte_pairs("llama3", "llama3", LLAMA3)
