"""The four experiments on embeddings, metrics, retrieval and chunking. One file each: ``create() -> Experiment``.

An experiment takes embedders and gives a Report, a value: its answers are computed from its numbers by rules that the
report states, and the same inputs give the same report, byte for byte.
"""
