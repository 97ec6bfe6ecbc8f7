"""OpenAI's vocabulary cl100k: GPT-3.5, GPT-4 and the text-embedding-3 models."""

from __future__ import annotations

from orchestrator.core.chat_template import CHATML
from orchestrator.models.tokenizers._bpe import BytePairs, byte_pairs


def create() -> BytePairs:
    """Make the tokenizer.

    Its models read ChatML. The public vocabulary lacks ChatML's control tokens, so they appear as text.
    """
    return byte_pairs("cl100k", "cl100k_base", CHATML)
