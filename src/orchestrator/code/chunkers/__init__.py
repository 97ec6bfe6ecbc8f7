"""One file a chunker: ``create() -> Chunker``. Found by the registry as the kind ``code.chunkers``."""
