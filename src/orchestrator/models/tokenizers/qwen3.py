"""The vocabulary of Qwen 2.5 and Qwen 3. The tokenizer first converts text to Unicode's composed form (NFC)."""

from __future__ import annotations

from orchestrator.core.chat_template import CHATML
from orchestrator.models.tokenizers._bpe import BytePairs, byte_pairs


def create() -> BytePairs:
    """Make the tokenizer."""
    return byte_pairs("qwen3", "qwen3", CHATML)
