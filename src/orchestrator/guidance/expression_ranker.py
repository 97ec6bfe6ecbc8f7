"""Ranks calculations for a question with a trained log-linear model. Its weights are a table.

The score of an expression template is the sum of the weights that the question's features have for its parts: the
whole question for the template and its family, each number for its role, each pair of numbers for the operator between
them. So a calculation can be found although no example has its order of operators. ``training/expression_ranker`` makes
the table. Knows numbers and words; no file, no tool, and no similarity.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from math import exp, sqrt
from operator import itemgetter
from typing import Any

from orchestrator.core.numbers import COMPARED
from orchestrator.core.signs import negative_numbers, signed, without_signs
from orchestrator.core.tool import Proposal
from orchestrator.guidance.expression_templates import ExpressionTemplate, expression_template, filled
from orchestrator.guidance.features import Features, of_number, of_pairs, of_the_whole, parse
from orchestrator.guidance.interpretations import Interpretation, interpretations

FACT = 0.2  # the value of a fact; the values of a question's words are a vector of length 1
SCALE = 100  # the weights in the table are integers: hundredths
MOST = 12  # proposals

Weights = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Table:
    """The trained weights. Each of the last four fields holds, for each feature, its weights for what it can choose.

    Attributes:
        shapes: The expression templates by how many numbers they take. Each has its index and its other spellings.
        prior: Weights of facts for a template, by its index.
        whole: Weights of the whole question's features for a template's family.
        number: Weights of a number's features for its role.
        pair: Weights of a pair's features for the operator between the two numbers.
    """

    shapes: Mapping[int, Sequence[tuple[int, ExpressionTemplate, Sequence[str]]]]
    prior: Weights
    whole: Weights
    number: Weights
    pair: Weights


def table_of(shapes: Sequence[Sequence[Any]], prior: Weights, whole: Weights, number: Weights, pair: Weights) -> Table:
    """Make a table from its stored form.

    Args:
        shapes: For each template how many numbers it takes, its text, and its other spellings.
        prior: As in ``Table``.
        whole: As in ``Table``.
        number: As in ``Table``.
        pair: As in ``Table``.
    """
    by_count: dict[int, list[tuple[int, ExpressionTemplate, Sequence[str]]]] = defaultdict(list)
    for at, (count, text, *same) in enumerate(shapes):
        by_count[count].append((at, expression_template(text, count), same))
    return Table(by_count, prior, whole, number, pair)


def propose(table: Table, question: str) -> list[Proposal]:
    """Return the most likely calculations for a question, the most likely first.

    A template's share is exp(score) over the sum for all templates and interpretations. If two give the same argument,
    their shares are added. Templates are chosen without the minus signs of numbers, and filled with them.

    Args:
        table: The trained weights.
        question: The question. Its first 2,000 characters are read.

    Returns:
        At most 12 proposals; none if no template takes as many numbers as an interpretation of the question has.
    """
    scored: list[tuple[float, ExpressionTemplate, Sequence[str], list[str]]] = []
    plain = without_signs(question[:COMPARED])
    for numbers in interpretations(plain):
        negative = negative_numbers(question[:COMPARED], numbers.own)
        values = [*(signed(number, negative) for number in numbers.own), *(fact.value for fact in numbers.facts)]
        shapes = table.shapes.get(len(values), ())
        for (_, each, same), score in zip(shapes, _scores(table, plain, numbers), strict=True):
            scored.append((score, each, same, values))
    if not scored:
        return []
    most = max(score for score, *_ in scored)
    total = sum(exp(score - most) for score, *_ in scored)
    found: dict[str, Proposal] = {}
    for score, each, same, values in nlargest(2 * MOST, scored, key=itemgetter(0)):
        argument, share = filled(each.text, values), exp(score - most) / total
        if known := found.get(argument):  # from another interpretation
            share += known.probability
        found[argument] = Proposal(argument, share, tuple(filled(one, values) for one in same))
    return sorted(found.values(), key=lambda proposal: -proposal.probability)[:MOST]


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
