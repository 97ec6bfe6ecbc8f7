"""Post-training: teaches the embedded model to call tools, by a small adapter (LoRA) beside its weights.

rows ─▶ ``texts`` (prompts as the library writes them) ─▶ ``trees`` (tokens) ─▶ ``training`` of a ``network`` ─▶ GGUF.
It needs the extra ``train``. Nothing else in the package imports it, and a trained adapter needs none of it.
"""
