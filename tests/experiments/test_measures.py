from __future__ import annotations

from math import isclose, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import distance

from orchestrator.experiments._measures import (
    cosine,
    euclidean,
    hit,
    precision,
    rank_share,
    recall,
    reciprocal_rank,
)
from orchestrator.experiments.similarity import largest_error

NUMBERS = st.floats(-1e6, 1e6).filter(lambda value: value == 0 or abs(value) > 1e-6)
PAIRS = st.integers(1, 20).flatmap(lambda n: st.tuples(*[st.lists(NUMBERS, min_size=n, max_size=n)] * 2))


@given(PAIRS)
def test_both_measures_are_those_of_numpy_and_scipy(pair: tuple[list[float], list[float]]) -> None:
    one, other = map(np.array, pair)
    assert isclose(euclidean(*pair), float(np.linalg.norm(one - other)), rel_tol=1e-9, abs_tol=1e-9)
    assert isclose(euclidean(*pair), float(distance.euclidean(one, other)), rel_tol=1e-9, abs_tol=1e-9)
    if one.any() and other.any():
        assert isclose(cosine(*pair), 1 - float(distance.cosine(one, other)), abs_tol=1e-9)


def test_the_experiment_s_own_check_is_at_rounding() -> None:
    assert largest_error() < 1e-12


def test_a_zero_vector_has_no_cosine_and_says_why() -> None:
    for pair in (([0.0, 0.0], [1.0, 0.0]), ([1.0, 0.0], [0.0, 0.0]), ([], [])):
        with pytest.raises(ValueError, match="a zero vector has no direction"):
            cosine(*pair)
    assert euclidean([0.0, 0.0], [3.0, 4.0]) == 5


def test_vectors_of_two_lengths_are_refused() -> None:
    for measure in (cosine, euclidean):
        with pytest.raises(ValueError, match="must come from one embedder"):
            measure([1.0], [1.0, 2.0])


@pytest.mark.parametrize("size", [1e-200, 1e-160, 1.0, 1e160, 1e200])
def test_very_large_and_very_small_vectors_neither_overflow_nor_vanish(size: float) -> None:
    assert isclose(cosine([size, size], [size, 0.0]), sqrt(0.5))
    assert isclose(euclidean([size, 0.0], [0.0, size]), sqrt(2) * size)


@given(PAIRS, st.floats(0.01, 100))
def test_length_does_not_change_a_cosine(pair: tuple[list[float], list[float]], factor: float) -> None:
    one, other = pair
    if any(one) and any(other):
        assert isclose(cosine(one, other), cosine([factor * each for each in one], other), abs_tol=1e-9)


@given(st.lists(st.integers(0, 9), unique=True), st.sets(st.integers(0, 9)))
def test_the_measures_of_retrieval_agree_with_their_definitions(found: list[int], relevant: set[int]) -> None:
    right = set(found) & relevant
    assert precision(found, relevant) == (len(right) / len(found) if found else 0)
    assert recall(found, relevant) == (len(right) / len(relevant) if relevant else 0)
    assert hit(found, relevant) == bool(right)
    first = next((place for place, each in enumerate(found, 1) if each in relevant), None)
    assert reciprocal_rank(found, relevant) == (1 / first if first else 0)


def test_a_rank_is_the_share_that_lies_below() -> None:
    values = [0.1, 0.2, 0.3, 0.4, 0.5]
    assert [rank_share(value, values) for value in (0.1, 0.3, 0.5)] == [0, 0.5, 1]
