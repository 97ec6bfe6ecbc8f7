"""Examples as sparse matrices.

They hold the features of each interpretation of a question, and the weights that each expression template adds up. All
interpretations with the same count of numbers have the same templates as candidates. They make one block.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from training.expression_ranker.library import Spellings
from training.expression_ranker.right import Posed, right_ones

from orchestrator.core.tool import Example
from orchestrator.guidance.expression_ranker import FACT
from orchestrator.guidance.expression_templates import ExpressionTemplate, expression_template
from orchestrator.guidance.features import Features, of_number, of_pairs, of_the_whole, parse
from orchestrator.guidance.interpretations import interpretations

KINDS = ("prior", "whole", "number", "pair")
SEEN = {"prior": 2, "whole": 2, "number": 2, "pair": 2}  # how often a feature must occur in the interpretations

Ints = NDArray[np.int64]
ByCount = Mapping[int, Sequence[list[Features]]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of features.

    Attributes:
        names: The names of the features.
        choices: What the features choose among: templates, families, roles or operators.
    """

    names: list[str]
    choices: list[str]


@dataclass(frozen=True, slots=True)
class Part:
    """The matrices of one kind in one block.

    Attributes:
        rows: The features. Each interpretation has one row or several rows: one for each number or each pair.
        picks: For each template the entries that it adds up. An entry is a row of an interpretation and a choice, in
            one index: row * number of choices + choice.
        choices: The indexes of the choices that occur in this block.
    """

    rows: csr_matrix
    picks: csr_matrix
    choices: Ints


@dataclass(frozen=True, slots=True)
class Block:
    """All interpretations with one count of numbers.

    Attributes:
        examples: For each interpretation the number of its example.
        parts: The matrices of each kind, in the order of the kinds.
    """

    examples: Ints
    parts: tuple[Part, ...]

    @property
    def shapes(self) -> int:
        """How many templates are candidates."""
        return int(self.parts[0].picks.shape[1])


@dataclass(frozen=True, slots=True)
class Design:
    """The training data. A candidate is an interpretation of an example's question with a template.

    Attributes:
        kinds: The kinds of features.
        blocks: The blocks.
        order: Sorts the candidates of all blocks by example.
        first: For each example the position of its first candidate in this order; the last entry is the number of all.
        right: For each candidate in this order whether it is right.
    """

    kinds: tuple[Kind, ...]
    blocks: tuple[Block, ...]
    order: Ints
    first: Ints
    right: NDArray[np.bool_]


def design(examples: Sequence[Example], shapes: Sequence[Spellings]) -> Design:
    """Make the training data of the examples that have both right and wrong candidates. Others have no information.

    Args:
        examples: The examples.
        shapes: The expression templates: how many numbers each takes, and its spellings.

    Raises:
        ValueError: No example has both a right and a wrong candidate.
    """
    ready: dict[int, list[tuple[int, ExpressionTemplate]]] = defaultdict(list)
    for number, (count, texts) in enumerate(shapes):
        ready[count].append((number, expression_template(texts[0], count)))
    posed: dict[int, list[Posed]] = defaultdict(list)
    for at, example in enumerate(examples):
        for numbers in interpretations(example.question):
            if len(numbers.values) in ready:
                posed[len(numbers.values)].append((at, numbers))
    right = right_ones(examples, posed, {count: [each.text for _, each in some] for count, some in ready.items()})
    posed = {count: [posed[count][row] for row in rows] for count, (rows, _) in right.items()}
    if not posed:
        raise ValueError("there is nothing to learn: no example has both a right candidate and a wrong one")
    features = {count: _clues(examples, some) for count, some in posed.items()}
    choices = {count: [_choices(number, each) for number, each in ready[count]] for count in posed}
    kinds = tuple(_kind(name, at, features, choices) for at, name in enumerate(KINDS))
    kept = {example: at for at, example in enumerate(sorted({at for some in posed.values() for at, _ in some}))}
    blocks = tuple(
        Block(
            np.array([kept[at] for at, _ in posed[count]]),
            tuple(
                _part(kind, features[count][at], [each[at] for each in choices[count]]) for at, kind in enumerate(kinds)
            ),
        )
        for count in posed
    )
    owner = np.concatenate([np.repeat(block.examples, block.shapes) for block in blocks])
    order = np.argsort(owner, kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(kept)))])
    return Design(kinds, blocks, order, first, np.concatenate([right[count][1].ravel() for count in posed])[order])


def _clues(examples: Sequence[Example], posed: Sequence[Posed]) -> tuple[list[Features], ...]:
    """The features of each kind, for one interpretation after the other."""
    prior: list[Features] = []
    whole: list[Features] = []
    number: list[Features] = []
    pair: list[Features] = []
    for at, numbers in posed:
        reading = parse(examples[at].question, numbers)
        of_all = of_the_whole(reading)
        prior.append(Features(of_all.facts, frozenset()))
        whole.append(of_all)
        number.extend(of_number(reading, each) for each in range(len(numbers.values)))
        pair.extend(of_pairs(reading).values())
    return prior, whole, number, pair


def _choices(number: int, each: ExpressionTemplate) -> tuple[list[str], ...]:
    return [str(number)], [each.family], list(each.roles), [sign for _, _, sign in each.signs]


def _kind(name: str, at: int, features: ByCount, choices: Mapping[int, Sequence[tuple[list[str], ...]]]) -> Kind:
    seen = Counter(clue for some in features.values() for row in some[at] for clue in row.facts | row.words)
    names = sorted(clue for clue, count in seen.items() if count >= SEEN[name])
    return Kind(names, sorted({choice for some in choices.values() for each in some for choice in each[at]}))


def _part(kind: Kind, features: list[Features], choices: list[list[str]]) -> Part:
    column = {name: at for at, name in enumerate(kind.names)}
    weights, where, columns = [], [], []
    for at, row in enumerate(features):
        for members, weight in ((row.words, 1 / sqrt(len(row.words) or 1)), (row.facts, FACT)):
            known = sorted(column[name] for name in members if name in column)
            weights += [weight] * len(known)
            where += [at] * len(known)
            columns += known
    rows = csr_matrix((np.array(weights, np.float32), (where, columns)), shape=(len(features), len(kind.names)))
    possible = sorted({choice for each in choices for choice in each})
    at_choice = {choice: at for at, choice in enumerate(possible)}
    entries = [
        (row * len(possible) + at_choice[one], to) for to, each in enumerate(choices) for row, one in enumerate(each)
    ]
    lines, shapes = np.array(entries, dtype=np.int64).reshape(-1, 2).T
    size = (max(map(len, choices)) * len(possible), len(choices))
    picks = csr_matrix((np.ones(len(entries), np.float32), (lines, shapes)), shape=size)
    return Part(rows, picks, np.array([kind.choices.index(choice) for choice in possible], dtype=np.int64))
