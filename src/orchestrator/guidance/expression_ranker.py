"""What was learnt from worked examples of how questions become calculations: weights of features, as a table.

A shape's score is the sum of what the features say: those of the whole question for the shape, those of each number for
its role in it, those of each two numbers for the sign between them. So a sum is found in an order of signs that no
example had. The table is made by ``training/expression_ranker``. Knows numbers and words; no file, no tool, and no
likeness.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from math import exp, sqrt
from operator import itemgetter
from typing import Any

from orchestrator.core.types import Proposal
from orchestrator.guidance.expression_templates import ExpressionTemplate, expression_template, filled
from orchestrator.guidance.features import Features, of_number, of_pairs, of_the_whole, parse
from orchestrator.guidance.interpretations import Interpretation, interpretations

COMPARED = 2_000  # characters of a question that are read
FACT = 0.2  # what a fact counts; the words of a question count 1 together, as vectors do
SCALE = 100  # the table's weights are whole numbers: hundredths
MOST = 12  # proposals

Weights = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Table:
    """``shapes`` with their other spellings, and for each kind of clue what it adds to a shape, a role or a sign."""

    shapes: Mapping[int, Sequence[tuple[int, ExpressionTemplate, Sequence[str]]]]
    prior: Weights
    whole: Weights
    number: Weights
    pair: Weights


def table_of(shapes: Sequence[Sequence[Any]], prior: Weights, whole: Weights, number: Weights, pair: Weights) -> Table:
    """A table as it is stored: of each shape how many numbers it takes and its spellings; then the weights."""
    by_count: dict[int, list[tuple[int, ExpressionTemplate, Sequence[str]]]] = defaultdict(list)
    for at, (count, text, *same) in enumerate(shapes):
        by_count[count].append((at, expression_template(text, count), same))
    return Table(by_count, prior, whole, number, pair)


def propose(table: Table, question: str) -> list[Proposal]:
    """The likeliest calculations for ``question``, the likeliest first."""
    scored: list[tuple[float, ExpressionTemplate, Sequence[str], list[str]]] = []
    for numbers in interpretations(question[:COMPARED]):
        values = numbers.values
        shapes = table.shapes.get(len(values), ())
        for (_, each, same), score in zip(shapes, _scores(table, question[:COMPARED], numbers), strict=True):
            scored.append((score, each, same, values))
    if not scored:
        return []
    most = max(score for score, *_ in scored)
    total = sum(exp(score - most) for score, *_ in scored)
    found: dict[str, Proposal] = {}
    for score, each, same, values in nlargest(2 * MOST, scored, key=itemgetter(0)):
        argument, share = filled(each.text, values), exp(score - most) / total
        if known := found.get(argument):  # in another reading
            share += known.share
        found[argument] = Proposal(argument, share, tuple(filled(one, values) for one in same))
    return sorted(found.values(), key=lambda proposal: -proposal.share)[:MOST]


def _scores(table: Table, question: str, numbers: Interpretation) -> Iterator[float]:
    shapes = table.shapes.get(len(numbers.values), ())
    if not shapes:
        return
    reading = parse(question, numbers)
    features = of_the_whole(reading)
    prior = _votes(table.prior, Features(features.facts, frozenset()))
    whole = _votes(table.whole, features)
    roles = [_votes(table.number, of_number(reading, at)) for at in range(len(numbers.values))]
    signs = {pair: _votes(table.pair, features) for pair, features in of_pairs(reading).items()}
    for number, each, _ in shapes:
        yield (
            prior[str(number)]
            + whole[each.family]
            + sum(roles[at][role] for at, role in enumerate(each.roles))
            + sum(signs[one, other][sign] for one, other, sign in each.signs)
        )


def _votes(weights: Weights, features: Features) -> defaultdict[str, float]:
    found: defaultdict[str, float] = defaultdict(float)
    for names, share in ((features.words, 1 / sqrt(len(features.words) or 1)), (features.facts, FACT)):
        for name in names & weights.keys():
            for choice, weight in weights[name].items():
                found[choice] += share * weight / SCALE
    return found
