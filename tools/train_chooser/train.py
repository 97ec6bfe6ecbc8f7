"""A conditional log-linear model (as in Berger et al., 1996): the right candidates' share of exp(score) is made large.

Weights are kept small by an L2 penalty; L-BFGS finds the one optimum, so the same examples give the same weights.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from tools.train_chooser.design import Design, Floats

PENALTY = 0.02
STEPS = 60


def train(design: Design) -> list[Floats]:
    """The weights of each kind of clues: a row a clue, a column a choice."""
    shapes = [(len(kind.names), len(kind.choices)) for kind in design.kinds]
    sizes = np.cumsum([rows * columns for rows, columns in shapes])
    right, first = design.right, design.first

    def split(flat: Floats) -> list[Floats]:
        return [part.reshape(shape) for part, shape in zip(np.split(flat, sizes[:-1]), shapes, strict=True)]

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = split(flat)
        scores = sum(
            kind.picks @ np.asarray(kind.rows @ each).ravel() for kind, each in zip(design.kinds, weights, strict=True)
        )
        log_all, share = _softmax(scores, first)
        log_right, share_right = _softmax(np.where(right, scores, -1e9), first)
        blame = share - share_right
        slopes = [
            np.asarray(kind.rows.T @ (kind.picks.T @ blame).reshape(-1, len(kind.choices))).ravel()
            for kind in design.kinds
        ]
        return float((log_all - log_right).sum() + PENALTY / 2 * flat @ flat), np.concatenate(slopes) + PENALTY * flat

    found = minimize(loss, np.zeros(sizes[-1]), jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 6})
    return split(found.x)


def _softmax(scores: Floats, first: np.ndarray) -> tuple[Floats, Floats]:
    """For each example the logarithm of the sum of exp(score), and each candidate's share of it."""
    sizes = np.diff(first)
    largest = np.maximum.reduceat(scores, first[:-1])
    raised = np.exp(scores - np.repeat(largest, sizes))
    total = np.add.reduceat(raised, first[:-1])
    return largest + np.log(total), raised / np.repeat(total, sizes)
