"""OpenAI's o200k: GPT-4o, the o series, GPT-5 and the open gpt-oss models."""

from __future__ import annotations

from orchestrator.core.chat_template import ChatTemplate
from orchestrator.models.tokenizers._bpe import BytePairs, byte_pairs

# What OpenAI publishes for gpt-oss; its hosted models keep theirs to themselves. An answer is in the channel "final".
HARMONY = ChatTemplate(
    name="harmony",
    system=("<|start|>system<|message|>", "<|end|>"),
    user=("<|start|>user<|message|>", "<|end|>"),
    assistant=("<|start|>assistant<|channel|>final<|message|>", "<|end|>"),
    stop=("<|return|>",),
)


def create() -> BytePairs:
    """The tokenizer, with gpt-oss' control tokens; the rest of the vocabulary is the same in all of these models."""
    return byte_pairs("o200k", "o200k_harmony", HARMONY)
