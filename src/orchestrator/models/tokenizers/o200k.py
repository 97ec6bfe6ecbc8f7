"""OpenAI's vocabulary o200k: GPT-4o, the o series, GPT-5 and the open gpt-oss models."""

from __future__ import annotations

from orchestrator.core.chat_template import ChatTemplate
from orchestrator.models.tokenizers._bpe import BytePairs, byte_pairs

# OpenAI publishes this template for gpt-oss. The templates of its hosted models are not public. An answer is in the
# channel "final".
HARMONY = ChatTemplate(
    name="harmony",
    system=("<|start|>system<|message|>", "<|end|>"),
    user=("<|start|>user<|message|>", "<|end|>"),
    assistant=("<|start|>assistant<|channel|>final<|message|>", "<|end|>"),
    stop=("<|return|>",),
)


def create() -> BytePairs:
    """Make the tokenizer with gpt-oss' control tokens. All other tokens are the same in all of these models."""
    return byte_pairs("o200k", "o200k_harmony", HARMONY)
