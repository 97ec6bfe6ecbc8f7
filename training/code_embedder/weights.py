"""Writes trained vectors as the file in the package: eight-bit integers with a scale per row. Knows no training."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def quantised(vectors: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Return (rows, scales), so that ``rows * scales`` is close to ``vectors``.

    A step is 1/127 of the largest value of a row. The error is at most half a step.
    """
    scales = np.maximum(np.abs(vectors).max(axis=1), np.float32(1e-8)) / np.float32(127)
    return np.round(vectors / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def save(file: Path, vocabulary: list[str], vectors: Floats) -> str:
    """Write the weight file.

    Args:
        file: The file to write.
        vocabulary: The terms of the first rows.
        vectors: The vectors, shape (rows, dimension).

    Returns:
        The name of the model. It contains a digest, so other weights have another name.
    """
    rows, scales = quantised(vectors)
    text = "\n".join(vocabulary).encode()
    digest = sha256(text + rows.tobytes() + scales.tobytes()).hexdigest()
    name = f"static-{vectors.shape[1]}-{digest[:8]}"
    of_name, of_terms = np.frombuffer(name.encode(), np.uint8), np.frombuffer(text, np.uint8)
    np.savez(file, name=of_name, vocabulary=of_terms, rows=rows, scales=scales)
    return name
