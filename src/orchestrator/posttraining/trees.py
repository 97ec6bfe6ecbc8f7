"""Token trees: prompts that begin alike are evaluated once.

The questions about one tool share the hidden prompt, and a later call of a question shares everything before it. So the
token sequences of a group become one tree. A token attends to the tokens on its path from the root only, so that each
path gives exactly what it would give alone. Trees are then put side by side into rows of one length.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

ROOT = -1


@dataclass(slots=True)
class Tree:
    """Token sequences that share their beginnings.

    Attributes:
        tokens: The tokens.
        parents: The place of the token before each token; -1 for a first token. It is less than the token's own place.
        targets: (place, token, weight): what should come after a token.
    """

    tokens: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    targets: list[tuple[int, int, float]] = field(default_factory=list)
    _children: dict[tuple[int, int], int] = field(default_factory=dict)

    def add(self, prompt: Sequence[int], written: Sequence[int]) -> None:
        """Add what should be written after a prompt. Both are tokens, and neither is empty."""
        at = ROOT
        for token in prompt:
            at = self._step(at, token)
        for token in written[:-1]:
            self.targets.append((at, token, 1.0))
            at = self._step(at, token)
        self.targets.append((at, written[-1], 1.0))

    def _step(self, parent: int, token: int) -> int:
        if (parent, token) not in self._children:
            self._children[parent, token] = len(self.tokens)
            self.tokens.append(token)
            self.parents.append(parent)
        return self._children[parent, token]

    def depths(self) -> list[int]:
        """Return the position of each token in its sequence, from 0."""
        depths: list[int] = []
        for parent in self.parents:
            depths.append(0 if parent == ROOT else depths[parent] + 1)
        return depths

    def ancestors(self) -> npt.NDArray[np.bool_]:
        """Return which tokens (columns) each token (row) attends to: itself and those before it on its path."""
        seen = np.eye(len(self.tokens), dtype=bool)
        for at, parent in enumerate(self.parents):
            if parent != ROOT:
                seen[at] |= seen[parent]
        return seen


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of trees, as arrays.

    Attributes:
        tokens: (rows, length).
        positions: (rows, length): each token's position in its sequence.
        attends: (rows, length, length): which tokens a token attends to.
        sources: (targets, 2): row and place of the token before each target.
        targets: (targets,): the tokens that should come.
        weights: (targets,): how much each counts.
    """

    tokens: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]
    attends: npt.NDArray[np.bool_]
    sources: npt.NDArray[np.int64]
    targets: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float32]


Rows = Sequence[Sequence[Tree]]
"""Trees side by side, for each row of a batch."""


def batches(trees: Iterable[Tree], length: int, rows: int, order: random.Random) -> list[Rows]:
    """Put trees into batches, in random order. Every tree is in one batch.

    Args:
        trees: The trees. One that is longer than ``length`` gets a row of its own length.
        length: The tokens of a row.
        rows: The rows of a batch.
        order: Chooses the order.
    """
    filled = sorted(_rows(trees, length, order), key=lambda row: sum(len(tree.tokens) for tree in row))
    made: list[Rows] = [
        filled[start : start + rows] for start in range(0, len(filled), rows)
    ]  # alike in length: little padding
    order.shuffle(made)
    return made


def _rows(trees: Iterable[Tree], length: int, order: random.Random) -> Iterator[list[Tree]]:
    """Fill rows with trees: each goes into the first open row that has room."""
    left = list(trees)
    order.shuffle(left)
    open_rows: list[tuple[int, list[Tree]]] = []
    for tree in left:
        size = len(tree.tokens)
        at = next((at for at, (used, _) in enumerate(open_rows) if used + size <= length), None)
        used, row = open_rows.pop(at) if at is not None else (0, [])
        row.append(tree)
        open_rows.append((used + size, row))
        if len(open_rows) > _OPEN:
            yield open_rows.pop(max(range(len(open_rows)), key=lambda at: open_rows[at][0]))[1]
    yield from (row for _, row in open_rows)


_OPEN = 16


def batch_of(rows: Rows) -> Batch:
    """Return the arrays of a batch."""
    length = max(sum(len(tree.tokens) for tree in row) for row in rows)
    tokens, positions = (np.zeros((len(rows), length), np.int64) for _ in range(2))
    attends = np.zeros((len(rows), length, length), bool)
    attends[:, np.arange(length), np.arange(length)] = True  # a token without any would be divided by zero
    sources: list[tuple[int, int]] = []
    targets: list[int] = []
    weights: list[float] = []
    for number, row in enumerate(rows):
        start = 0
        for tree in row:
            end = start + len(tree.tokens)
            tokens[number, start:end] = tree.tokens
            positions[number, start:end] = tree.depths()
            attends[number, start:end, start:end] = tree.ancestors()
            for place, token, weight in tree.targets:
                sources.append((number, start + place))
                targets.append(token)
                weights.append(weight)
            start = end
    return Batch(tokens, positions, attends, np.array(sources), np.array(targets), np.array(weights, np.float32))
