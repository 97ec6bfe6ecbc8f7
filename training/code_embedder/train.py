"""Contrastive training: a description must be more similar to its own code than to the other codes of the batch.

The loss is InfoNCE in both directions (van den Oord et al., 2018) on sums of term vectors. The gradient is written out
in numpy and scipy.sparse, as it is short for a normalised sum. Adam changes only the rows that a batch contains. Knows
matrices; not text.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from training.code_embedder.corpus import Corpus

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The settings of the training. The same pairs and seed give the same weights.

    Attributes:
        dimension: The length of a vector.
        epochs: How many times all pairs are used.
        batch: The number of pairs in a batch.
        temperature: The temperature of the softmax.
        rate: The highest learning rate.
        warm_up: The share of all steps in which the rate grows.
        dropped: The share of the terms of a text that are left out, at random in each batch.
        seed: The seed of all random numbers.
    """

    dimension: int = 256
    epochs: int = 8
    batch: int = 2048
    temperature: float = 0.05
    rate: float = 2e-2
    warm_up: float = 0.1
    dropped: float = 0.1
    seed: int = 7


def train(corpus: Corpus, recipe: Recipe) -> Floats:
    """Return the vector of each column of the corpus, shape (columns, dimension)."""
    random = np.random.default_rng(recipe.seed)
    columns = corpus.codes.shape[1]
    model = _Adam(random.standard_normal((columns, recipe.dimension), dtype=np.float32) * np.float32(0.1))
    per_epoch = corpus.codes.shape[0] // recipe.batch
    steps = per_epoch * recipe.epochs
    for epoch in range(recipe.epochs):
        order = random.permutation(corpus.codes.shape[0])
        total = 0.0
        for n in range(per_epoch):
            chosen = order[n * recipe.batch : (n + 1) * recipe.batch]
            left = _thinned(corpus.descriptions[chosen], recipe.dropped, random)
            right = _thinned(corpus.codes[chosen], recipe.dropped, random)
            rate = recipe.rate * _schedule((epoch * per_epoch + n) / steps, recipe.warm_up)
            total += _step(model, left, right, recipe.temperature, rate)
        sys.stderr.write(f"epoch {epoch + 1}: loss {total / max(per_epoch, 1):.4f}\n")
    return model.weights


def _schedule(done: float, warm_up: float) -> float:
    return done / warm_up if done < warm_up else 0.5 * (1 + np.cos(np.pi * (done - warm_up) / (1 - warm_up)))


def _thinned(texts: csr_matrix, dropped: float, random: np.random.Generator) -> csr_matrix:
    kept = random.random(texts.nnz, dtype=np.float32) >= dropped
    return csr_matrix((texts.data * kept, texts.indices, texts.indptr), shape=texts.shape)


def _step(model: _Adam, left: csr_matrix, right: csr_matrix, temperature: float, rate: float) -> float:
    """Do one step of Adam. Return the loss before it."""
    a, a_length = _unit(left @ model.weights)
    b, b_length = _unit(right @ model.weights)
    logits = a @ b.T / np.float32(temperature)
    rows, columns = _softmax(logits), _softmax(logits.T).T
    size = len(logits)
    diagonal = np.arange(size)
    loss = -float(np.log(np.maximum(rows[diagonal, diagonal] * columns[diagonal, diagonal], 1e-12)).mean()) / 2
    pull: Floats = (rows + columns) / np.float32(2 * size * temperature)
    pull[diagonal, diagonal] -= np.float32(1 / (size * temperature))
    gradient = left.T @ _through_unit(pull @ b, a, a_length) + right.T @ _through_unit(pull.T @ a, b, b_length)
    model.update(np.union1d(left.indices, right.indices), gradient, rate)
    return loss


def _unit(vectors: Floats) -> tuple[Floats, Floats]:
    length = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-6))
    return vectors / length, length


def _through_unit(gradient: Floats, unit: Floats, length: Floats) -> Floats:
    """The gradient before the normalisation: the part along the vector itself has no effect."""
    inward: Floats = (gradient - unit * (gradient * unit).sum(axis=1, keepdims=True)) / length
    return inward


def _softmax(logits: Floats) -> Floats:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    soft: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return soft


class _Adam:
    """Adam (Kingma and Ba, 2015) over the rows of a matrix. Rows that are not in a batch do not change."""

    def __init__(self, weights: Floats) -> None:
        self.weights = weights
        self._mean = np.zeros_like(weights)
        self._square = np.zeros_like(weights)
        self._steps = 0

    def update(self, rows: NDArray[np.int32], gradient: Floats, rate: float) -> None:
        self._steps += 1
        own = gradient[rows]
        mean = self._mean[rows] * np.float32(0.9) + own * np.float32(0.1)
        square = self._square[rows] * np.float32(0.999) + own * own * np.float32(0.001)
        self._mean[rows], self._square[rows] = mean, square
        scale = np.float32(rate * np.sqrt(1 - 0.999**self._steps) / (1 - 0.9**self._steps))
        self.weights[rows] -= scale * mean / (np.sqrt(square) + np.float32(1e-8))
