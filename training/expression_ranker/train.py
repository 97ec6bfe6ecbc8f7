"""Trains a conditional log-linear model (as in Berger et al., 1996).

The loss is the negative logarithm of the right candidates' share of exp(score), plus an L2 penalty. The L2 penalty
keeps the weights small. L-BFGS finds the optimum, so the same examples give the same weights. A feature has a weight
only for choices that were right in an example with this feature.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from training.expression_ranker.design import Block, Design, Ints
from training.expression_ranker.worked_out import Floats

PENALTY = 0.02
STEPS = 150


def train(design: Design) -> list[Floats]:
    """Train the weights.

    Args:
        design: The training data.

    Returns:
        The weights of each kind of features: a row for each feature, a column for each choice.
    """
    shapes = [(len(kind.names), len(kind.choices)) for kind in design.kinds]
    sizes = np.cumsum([rows * columns for rows, columns in shapes])
    back = np.argsort(design.order)
    known = np.flatnonzero(_slopes(design, design.right[back].astype(float)))

    def split(some: Floats) -> list[Floats]:
        flat = np.zeros(sizes[-1], np.float32)
        flat[known] = some
        return [part.reshape(shape) for part, shape in zip(np.split(flat, sizes[:-1]), shapes, strict=True)]

    def loss(some: Floats) -> tuple[float, Floats]:
        weights = split(some)
        scores = np.concatenate([_scores(block, weights).ravel() for block in design.blocks])[design.order].astype(
            float
        )
        log_all, share = _softmax(scores, design.first)
        log_right, share_right = _softmax(np.where(design.right, scores, -1e9), design.first)
        slopes = _slopes(design, (share - share_right)[back])[known]
        return float((log_all - log_right).sum() + PENALTY / 2 * some @ some), slopes + PENALTY * some

    options = {"maxiter": STEPS, "maxcor": 6}
    return split(minimize(loss, np.zeros(len(known)), jac=True, method="L-BFGS-B", options=options).x)


def _scores(block: Block, weights: list[Floats]) -> Floats:
    """The scores of a block: a row for each interpretation, a column for each template."""
    readings = len(block.examples)
    total = np.zeros((block.shapes, readings), np.float32)
    for part, each in zip(block.parts, weights, strict=True):
        chosen = (part.rows @ each[:, part.choices]).reshape(readings, part.picks.shape[0])
        total += part.picks.T @ np.ascontiguousarray(chosen.T)
    return np.asarray(total.T, float)


def _slopes(design: Design, blame: Floats) -> Floats:
    """The gradient of the sum of all scores, each multiplied by its ``blame``, as one vector."""
    slopes = [np.zeros((len(kind.names), len(kind.choices)), np.float32) for kind in design.kinds]
    at = 0
    for block in design.blocks:
        readings = len(block.examples)
        mine = np.ascontiguousarray(blame[at : at + readings * block.shapes].reshape(readings, -1).T, np.float32)
        at += readings * block.shapes
        for slope, part in zip(slopes, block.parts, strict=True):
            chosen = np.ascontiguousarray((part.picks @ mine).T).reshape(part.rows.shape[0], len(part.choices))
            slope[:, part.choices] += part.rows.T @ chosen
    return np.concatenate([slope.ravel() for slope in slopes]).astype(float)


def _softmax(scores: Floats, first: Ints) -> tuple[Floats, Floats]:
    """For each example the logarithm of the sum of exp(score), and for each candidate its share of that sum."""
    sizes = np.diff(first)
    largest = np.maximum.reduceat(scores, first[:-1])
    raised = np.exp(scores - np.repeat(largest, sizes))
    total = np.add.reduceat(raised, first[:-1])
    return largest + np.log(total), raised / np.repeat(total, sizes)
