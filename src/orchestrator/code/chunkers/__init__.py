"""The chunkers: one file for each, with ``create() -> Chunker``. The registry finds them as kind ``code.chunkers``."""
