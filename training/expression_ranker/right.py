"""Which shapes are right for an example: those that come to its result, with its numbers and with others in their places.

Else a remainder would be learnt for each difference that happens to be one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from training.expression_ranker.library import told
from training.expression_ranker.worked_out import Floats, worked_out

from orchestrator.core.types import Example
from orchestrator.guidance.interpretations import Interpretation

OTHERS = 2  # times with other numbers

Posed = tuple[int, Interpretation]  # whose reading it is, and how its numbers are read
Verdicts = NDArray[np.bool_]


def right_ones(
    examples: Sequence[Example], posed: Mapping[int, Sequence[Posed]], shapes: Mapping[int, Sequence[str]]
) -> dict[int, tuple[list[int], Verdicts]]:
    """By count of numbers: the readings of examples that have a right shape and a wrong one, and which are right there."""
    wanted = _wanted(examples)
    found: dict[int, tuple[Verdicts, Verdicts]] = {
        count: _agreed(some, shapes[count], wanted) for count, some in posed.items()
    }
    whose = {count: np.array([at for at, _ in some]) for count, some in posed.items()}
    with_others, once, always = (np.zeros(len(examples), bool) for _ in range(3))
    always[:] = True
    for count, (_, others) in found.items():
        np.logical_or.at(with_others, whose[count], others.any(1))
    verdicts = {
        count: np.where(with_others[whose[count]][:, None], others, now) for count, (now, others) in found.items()
    }
    for count, verdict in verdicts.items():
        np.logical_or.at(once, whose[count], verdict.any(1))
        np.logical_and.at(always, whose[count], verdict.all(1))
    kept = once & ~always
    rows = {count: np.flatnonzero(kept[whose[count]]) for count in posed}
    return {count: (some.tolist(), verdicts[count][some]) for count, some in rows.items() if len(some)}


def _wanted(examples: Sequence[Example]) -> Floats:
    """Of each example (a column) its result, and what its argument comes to with other numbers in the question."""
    wanted = np.full((1 + OTHERS, len(examples)), np.nan)
    for at, example in enumerate(examples):
        wanted[0, at] = _number(example.result)
        if found := told(example):
            numbers, text = found
            for other in range(1, 1 + OTHERS):
                values = np.array(_values(numbers, other), float)
                wanted[other, at] = worked_out(text, values[:, None])[0]
    return wanted


def _agreed(posed: Sequence[Posed], shapes: Sequence[str], wanted: Floats) -> tuple[Verdicts, Verdicts]:
    """For each reading and shape whether it comes to the result, and whether with other numbers too."""
    whose = [at for at, _ in posed]
    agreed = []
    for other in range(1 + OTHERS):
        values = np.array([_values(numbers, other) for _, numbers in posed]).reshape(len(posed), -1).T
        agreed.append(np.stack([_same(worked_out(text, values), wanted[other, whose]) for text in shapes], 1))
    return agreed[0], np.logical_and.reduce(agreed)


def _same(came: Floats, right: Floats) -> Verdicts:
    return np.isfinite(came) & (abs(came - right) <= 1e-9 * np.maximum(abs(came), abs(right)))


def _values(numbers: Interpretation, other: int) -> list[float]:
    """The values, or others; what is doubtful or taken for granted stays as it is."""
    own = [float(each.value) + (0 if each.doubtful else other * (each.start % 17 + 3)) for each in numbers.own]
    return own + [float(fact.value) for fact in numbers.facts]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
