"""Decides which expression templates are right for an example.

A right template gives the example's result, also with other numbers in the question. With the example's own numbers
alone, chance would count: a remainder would be trained for every difference that happens to equal it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from training.expression_ranker.library import told
from training.expression_ranker.worked_out import Floats, worked_out

from orchestrator.core.told_value import told_value
from orchestrator.core.tool import Example
from orchestrator.guidance.interpretations import Interpretation

OTHERS = 2  # how often other numbers are tried

Posed = tuple[int, Interpretation]  # the number of an example, and an interpretation of its question
Verdicts = NDArray[np.bool_]


def right_ones(
    examples: Sequence[Example], posed: Mapping[int, Sequence[Posed]], shapes: Mapping[int, Sequence[str]]
) -> dict[int, tuple[list[int], Verdicts]]:
    """Find the right templates of each example.

    If no template gives the right result with other numbers, those that give it with the example's own numbers are
    right.

    Args:
        examples: The examples.
        posed: By count of numbers, the interpretations of all examples.
        shapes: By count of numbers, the text of each template.

    Returns:
        By count of numbers, the positions in ``posed`` whose example has both a right and a wrong template, and for
        each of
        them which templates are right, as an array (positions, templates).
    """
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
    """For each example (a column) its result, and the values of its argument with other numbers in the question."""
    wanted = np.full((1 + OTHERS, len(examples)), np.nan)
    for at, example in enumerate(examples):
        wanted[0, at] = _number(told_value(example.result))
        if found := told(example):
            numbers, text = found
            for other in range(1, 1 + OTHERS):
                values = np.array(_values(numbers, other), float)
                wanted[other, at] = worked_out(text, values[:, None])[0]
    return wanted


def _agreed(posed: Sequence[Posed], shapes: Sequence[str], wanted: Floats) -> tuple[Verdicts, Verdicts]:
    """Two verdicts for each interpretation and template.

    The first is whether the template gives the result. The second is whether it also does with other numbers.
    """
    whose = [at for at, _ in posed]
    agreed = []
    for other in range(1 + OTHERS):
        values = np.array([_values(numbers, other) for _, numbers in posed]).reshape(len(posed), -1).T
        agreed.append(np.stack([_same(worked_out(text, values), wanted[other, whose]) for text in shapes], 1))
    return agreed[0], np.logical_and.reduce(agreed)


def _same(came: Floats, right: Floats) -> Verdicts:
    return np.isfinite(came) & (abs(came - right) <= 1e-9 * np.maximum(abs(came), abs(right)))


def _values(numbers: Interpretation, other: int) -> list[float]:
    """The numbers of an interpretation, or other numbers. Doubtful numbers and those of facts are never changed."""
    own = [float(each.value) + (0 if each.doubtful else other * (each.start % 17 + 3)) for each in numbers.own]
    return own + [float(fact.value) for fact in numbers.facts]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
