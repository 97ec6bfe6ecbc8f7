"""OpenAI's cl100k: GPT-3.5, GPT-4 and the text-embedding-3 models."""

from __future__ import annotations

from orchestrator.core.chat_template import CHATML
from orchestrator.models.tokenizers._bpe import BytePairs, byte_pairs


def create() -> BytePairs:
    """The tokenizer. Its models read ChatML, whose control tokens the public vocabulary lacks: they show as text."""
    return byte_pairs("cl100k", "cl100k_base", CHATML)
