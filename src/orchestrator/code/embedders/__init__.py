"""One file an embedder: ``create() -> Embedder``. Found by the registry as the kind ``code.embedders``."""
