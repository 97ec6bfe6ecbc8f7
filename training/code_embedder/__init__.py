"""Makes the weights of the static embedder. Not part of the package."""
