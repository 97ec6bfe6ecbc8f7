"""Worked examples as sparse matrices: clues in rows, and which of their weights each candidate adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isclose, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from tools.train_chooser.library import Spellings, value

from orchestrator.guide.clues import Clues, of_number, of_pairs, of_the_whole, read
from orchestrator.guide.learnt import FACT, readings
from orchestrator.guide.shapes import Shape, shape
from orchestrator.types import Example

Floats = NDArray[np.float64]
Picks = list[tuple[int, int]]  # row and choice

SEEN = 2  # examples that a clue must stand in


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of clues: their names, what they choose among, the rows of clues, and what each candidate picks."""

    names: list[str]
    choices: list[str]
    rows: csr_matrix
    picks: csr_matrix


@dataclass(frozen=True, slots=True)
class Design:
    """``first`` is where each example's candidates begin (and the end of all), ``right`` which of them are."""

    kinds: tuple[Kind, Kind, Kind]
    first: NDArray[np.int64]
    right: NDArray[np.bool_]


def design(examples: Sequence[Example], shapes: Sequence[Spellings]) -> Design:
    """Of the examples that have a right candidate and a wrong one; the others say nothing."""
    ready: dict[int, list[tuple[int, Shape]]] = {}
    for number, (count, texts) in enumerate(shapes):
        ready.setdefault(count, []).append((number, shape(texts[0], count)))
    rows: tuple[list[Clues], list[Clues], list[Clues]] = ([], [], [])
    picked: tuple[list[list[tuple[int, str]]], ...] = ([], [], [])
    first, right = [0], []
    for example in examples:
        found = _candidates(example, ready)
        verdicts = [verdict for _, _, verdict in found]
        if not any(verdicts) or all(verdicts):
            continue
        at = {}
        for numbers, _, _ in found:
            if numbers not in at:
                at[numbers] = tuple(map(len, rows))
                reading = read(example.question, numbers)
                rows[0].append(of_the_whole(reading))
                rows[1].extend(of_number(reading, each) for each in range(len(numbers)))
                rows[2].extend(of_pairs(reading).values())
        for numbers, (number, each), _ in found:
            whole, numeral, pair = at[numbers]
            picked[0].append([(whole, str(number))])
            picked[1].append([(numeral + place, role) for place, role in enumerate(each.roles)])
            picked[2].append([(pair + place, sign) for place, (_, _, sign) in enumerate(each.signs)])
        right += verdicts
        first.append(len(right))
    if not right:
        raise ValueError("there is nothing to learn: no example has both a right candidate and a wrong one")
    kinds = tuple(_kind(clues, picks) for clues, picks in zip(rows, picked, strict=True))
    return Design((kinds[0], kinds[1], kinds[2]), np.array(first), np.array(right))


def _candidates(example: Example, ready: dict[int, list[tuple[int, Shape]]]):  # type: ignore[no-untyped-def]
    return [
        (numbers, entry, _agree(value(entry[1].filled([number.value for number in numbers])), example.result))
        for numbers in readings(example.question)
        for entry in ready.get(len(numbers), ())
    ]


def _agree(found: str | None, wanted: str) -> bool:
    try:
        return found == wanted or (found is not None and isclose(float(found), float(wanted), rel_tol=1e-9))
    except ValueError:
        return False


def _kind(rows: list[Clues], picked: list[list[tuple[int, str]]]) -> Kind:
    seen = Counter(name for clues in rows for name in clues.facts | clues.words)
    names = sorted(name for name, count in seen.items() if count >= SEEN)
    column = {name: at for at, name in enumerate(names)}
    choices = sorted({choice for picks in picked for _, choice in picks})
    choice_at = {choice: at for at, choice in enumerate(choices)}
    weights, where, columns = [], [], []
    for at, clues in enumerate(rows):
        for members, weight in ((clues.words, 1 / sqrt(len(clues.words) or 1)), (clues.facts, FACT)):
            known = sorted(column[name] for name in members if name in column)
            weights += [weight] * len(known)
            where += [at] * len(known)
            columns += known
    matrix = csr_matrix((weights, (where, columns)), shape=(len(rows), len(names)))
    entries = [(at, row * len(choices) + choice_at[each]) for at, picks in enumerate(picked) for row, each in picks]
    ones = np.ones(len(entries))
    at_rows, at_columns = np.array(entries).T
    picks = csr_matrix((ones, (at_rows, at_columns)), shape=(len(picked), len(rows) * len(choices)))
    return Kind(names, choices, matrix, picks)
