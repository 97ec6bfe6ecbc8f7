"""The embedders: one file for each, with ``create() -> Embedder``. The registry finds them as ``code.embedders``."""
