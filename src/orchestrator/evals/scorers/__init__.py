r"""How an answer is read and judged: one file a scorer, each with ``create(argument: str) -> Scorer``.

Chosen as ``NAME`` or ``NAME:argument``, such as ``regex:sum is (\d+)``. Every scorer reports what it extracted.
"""
