"""Trains the weights of the static embedder. It is not part of the package."""
