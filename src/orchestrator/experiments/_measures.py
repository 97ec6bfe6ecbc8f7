"""Cosine and Euclidean distance written from scratch, and the measures of retrieval. Pure Python."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import sqrt


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """The dot product over the product of the magnitudes: 1 for one direction, 0 for a right angle, −1 for opposites.

    Both are first divided by their largest part, so that squares neither overflow nor vanish. Raises ValueError for
    vectors of different length, and for a zero vector, which has no direction.
    """
    _check(one, other)
    one, other = _scaled(one), _scaled(other)
    dot = sum(a * b for a, b in zip(one, other, strict=True))
    return max(-1.0, min(1.0, dot / (_magnitude(one) * _magnitude(other))))


def euclidean(one: Sequence[float], other: Sequence[float]) -> float:
    """The root of the summed squared differences. Raises ValueError for vectors of different length."""
    _check(one, other)
    differences = [a - b for a, b in zip(one, other, strict=True)]
    largest = max(map(abs, differences), default=0.0)
    return largest * _magnitude([each / largest for each in differences]) if largest else 0.0


def precision(found: Sequence[int], relevant: Collection[int]) -> float:
    """The share of what was found that is relevant."""
    return sum(each in relevant for each in found) / len(found) if found else 0.0


def recall(found: Sequence[int], relevant: Collection[int]) -> float:
    """The share of what is relevant that was found; each counts once."""
    return len(set(found) & set(relevant)) / len(set(relevant)) if relevant else 0.0


def hit(found: Sequence[int], relevant: Collection[int]) -> float:
    """1 where anything relevant was found, else 0."""
    return float(any(each in relevant for each in found))


def reciprocal_rank(found: Sequence[int], relevant: Collection[int]) -> float:
    """1 over the place of the first relevant one; 0 where there is none."""
    return next((1 / place for place, each in enumerate(found, 1) if each in relevant), 0.0)


def mean(values: Sequence[float]) -> float:
    """The average; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def rank_share(value: float, values: Sequence[float]) -> float:
    """The share of ``values`` that lie below ``value``, of all but itself: 0 the lowest, 1 the highest."""
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
