"""The four experiments on embeddings, metrics, retrieval and chunking: one file for each, ``create() -> Experiment``.

An experiment takes embedders and returns a Report, which is a value. Its answers are computed from its numbers by rules
that the report states. The same inputs give the same report, byte for byte. *The notes* are the project's notes that
ask for these experiments, with their inputs and expectations.
"""
