r"""The scorers: one file for each, with ``create(argument: str) -> Scorer``.

A scorer is chosen as ``NAME`` or ``NAME:argument``, such as ``regex:sum is (\d+)``. It reports the answer that it
extracted.
"""
