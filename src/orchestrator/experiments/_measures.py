"""Cosine and Euclidean distance written from scratch, and measures of retrieval. Pure Python. Knows numbers only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import sqrt


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the cosine of two vectors: Σ aᵢ · bᵢ / (√(Σ aᵢ²) · √(Σ bᵢ²)).

    It is 1 for the same direction, 0 for a right angle and −1 for opposite directions. Both vectors are first divided
    by their largest component, so that squares neither overflow nor become 0.

    Raises:
        ValueError: The vectors have different dimensions, or one is zero and has no direction.
    """
    _check(one, other)
    one, other = _scaled(one), _scaled(other)
    dot = sum(a * b for a, b in zip(one, other, strict=True))
    return max(-1.0, min(1.0, dot / (_magnitude(one) * _magnitude(other))))


def euclidean(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the Euclidean distance of two vectors: √(Σ (aᵢ − bᵢ)²).

    Raises:
        ValueError: The vectors have different dimensions.
    """
    _check(one, other)
    differences = [a - b for a, b in zip(one, other, strict=True)]
    largest = max(map(abs, differences), default=0.0)
    return largest * _magnitude([each / largest for each in differences]) if largest else 0.0


def precision(found: Sequence[int], relevant: Collection[int]) -> float:
    """Return the share of the found ones that are relevant; 0 if nothing was found."""
    return sum(each in relevant for each in found) / len(found) if found else 0.0


def recall(found: Sequence[int], relevant: Collection[int]) -> float:
    """Return the share of the relevant ones that were found; each counts once."""
    return len(set(found) & set(relevant)) / len(set(relevant)) if relevant else 0.0


def hit(found: Sequence[int], relevant: Collection[int]) -> float:
    """Return 1 if a relevant one was found, else 0."""
    return float(any(each in relevant for each in found))


def reciprocal_rank(found: Sequence[int], relevant: Collection[int]) -> float:
    """Return 1 / the rank of the first relevant one, counted from 1; 0 if there is none."""
    return next((1 / place for place, each in enumerate(found, 1) if each in relevant), 0.0)


def mean(values: Sequence[float]) -> float:
    """Return the mean; 0 if there are no values."""
    return sum(values) / len(values) if values else 0.0


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean of precision and recall; 0 if both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def rank_share(value: float, values: Sequence[float]) -> float:
    """Return which share of the other values is below ``value``: 0 for the lowest, 1 for the highest."""
    return sum(other < value for other in values) / max(1, len(values) - 1)


def _check(one: Sequence[float], other: Sequence[float]) -> None:
    if len(one) != len(other):
        raise ValueError(f"the vectors have {len(one)} and {len(other)} parts: both must come from one embedder")


def _scaled(vector: Sequence[float]) -> list[float]:
    largest = max(map(abs, vector), default=0.0)
    if not largest:
        raise ValueError("a zero vector has no direction, so it has no cosine: the embedder knew nothing in the text")
    return [each / largest for each in vector]


def _magnitude(vector: Sequence[float]) -> float:
    return sqrt(sum(each * each for each in vector))
