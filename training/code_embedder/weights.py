"""Trained vectors as the file that the package ships: whole numbers of eight bits, with a scale for each row."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def quantised(vectors: Floats) -> tuple[NDArray[np.int8], Floats]:
    """(rows, scales) with ``rows * scales`` near ``vectors``: off by at most half a step, 1/127 of a row's largest."""
    scales = np.maximum(np.abs(vectors).max(axis=1), np.float32(1e-8)) / np.float32(127)
    return np.round(vectors / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def save(file: Path, vocabulary: list[str], vectors: Floats) -> str:
    """Writes the weight file and gives the model's name, which holds a digest: other weights have another name."""
    rows, scales = quantised(vectors)
    text = "\n".join(vocabulary).encode()
    digest = sha256(text + rows.tobytes() + scales.tobytes()).hexdigest()
    name = f"static-{vectors.shape[1]}-{digest[:8]}"
    of_name, of_terms = np.frombuffer(name.encode(), np.uint8), np.frombuffer(text, np.uint8)
    np.savez(file, name=of_name, vocabulary=of_terms, rows=rows, scales=scales)
    return name
