"""Ranks the few-shot examples by their similarity to a question. It is done once; the prompt and the guide both use it.

Similarity is the cosine of counted features. Each feature is weighted by idf = ln((1 + N) / (1 + df)) + 1 over the N
examples (as scikit-learn's TfidfVectorizer smooths it) and damped by 1 + ln(count). Features are three characters in a
row, words, pairs of words, how many numbers there are, and which of them is the largest, with the words beside it: "83
less than 500" is not "500 less 83".

Knows tools and examples as values; not how many examples are shown, nor what follows from them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise
from math import hypot, log

from orchestrator.core.numbers import COMPARED, folded, numbers_in
from orchestrator.core.signs import without_signs
from orchestrator.core.tool import Example, Tool
from orchestrator.guidance.dates_times import by_kind, dates_times_in
from orchestrator.guidance.example_files import no_tool_examples

_GRAM = 3  # characters
_COMMON, _FEW = 0.3, 50  # a feature that more examples have (as a share, at least _FEW) tells little and costs the most
_MOST_INDEXES = 8
_TOKEN = re.compile(r"[a-z]+|<[<>]?>|[^\sa-z]")


def rank(question: str, tools: Mapping[str, Tool], no_tool: Sequence[Example] | None = None) -> Ranking:
    """Rank the examples of tools, and of questions that need no tool.

    Args:
        question: The user's question.
        tools: The tools, by name.
        no_tool: Examples that need no tool; by default those of this package.
    """
    none = no_tool_examples() if no_tool is None else no_tool
    index = index_of((*(tool.examples for tool in tools.values()), none))
    return Ranking(question, tools, index, similarities(question, index))


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """A question, and how similar each example is to it.

    Attributes:
        question: The question.
        tools: The tools whose examples were ranked, by name.
        index: The examples of all tools in their order, then those that need no tool.
        similarities: For each example of the index its similarity, from 0 (nothing in common) to 1 (the same).
    """

    question: str
    tools: Mapping[str, Tool]
    index: ExampleIndex
    similarities: Sequence[float]

    def best(self, count: int) -> list[int]:
        """Return the positions in the index of the ``count`` most similar examples, the most similar first."""
        return nlargest(count, range(len(self.similarities)), key=self.similarities.__getitem__)

    def nearest(self, count: int) -> list[tuple[Tool | None, Example]]:
        """Return the ``count`` most similar examples with their tools, the most similar last. None is no tool."""
        owners = (*self.tools.values(), None)
        return [(owners[self.index.groups[at]], self.index.examples[at]) for at in reversed(self.best(count))]

    def of(self, text: str) -> Ranking:
        """Rank the same examples for another text: a part of the question, or the completed question."""
        if text == self.question:
            return self
        return Ranking(text, self.tools, self.index, similarities(text, self.index))


@dataclass(frozen=True, slots=True, eq=False)
class ExampleIndex:
    """Examples, ready to be compared with a question.

    A posting is made when its feature is first needed. A question has about 100 of the 40,000 features, and making all
    postings takes longer than everything else.

    Attributes:
        examples: All examples.
        groups: For each example the number of the group that it comes from.
        counted: For each example how often each feature is in its question.
        lengths: For each example the length of its vector of weighted features.
        weights: The idf weight of each feature.
        places: For each feature the positions of the examples that have it. A feature that most examples have is left
            out: it tells little and costs the most.
    """

    examples: tuple[Example, ...]
    groups: tuple[int, ...]
    counted: Sequence[Mapping[str, int]]
    lengths: Sequence[float]
    weights: Mapping[str, float]
    places: Mapping[str, Sequence[int]]
    _postings: dict[str, tuple[Sequence[int], Sequence[float]]] = field(default_factory=dict)

    def posting(self, feature: str) -> tuple[Sequence[int], Sequence[float]]:
        """Return the positions of the examples that have a feature, and its value in the unit vector of each example.

        Args:
            feature: The feature's name.
        """
        if (made := self._postings.get(feature)) is None:
            places, weight = self.places.get(feature, ()), self.weights.get(feature, 0.0)
            values = [_damped(self.counted[at][feature]) * weight / self.lengths[at] for at in places]
            made = self._postings[feature] = (places, values)
        return made


def index_of(groups: Iterable[Sequence[Example]]) -> ExampleIndex:
    """Return the index of groups of examples.

    The index is kept for the same groups, which are compared by identity: hashing thousands of examples costs more than
    the search.

    Args:
        groups: For each tool its examples, then those that need no tool.
    """
    same = tuple(tuple(group) for group in groups)  # tuple() returns a tuple unchanged, with the same id
    key = tuple(map(id, same))
    kept = _indexes.get(key)
    if kept is None:
        while len(_indexes) >= _MOST_INDEXES:
            _indexes.pop(next(iter([*_indexes]), ()), None)  # a copy: other threads may change it
        kept = _indexes[key] = (same, _index(same))  # while the groups are kept, no other object gets their ids
    return kept[1]


_indexes: dict[tuple[int, ...], tuple[tuple[tuple[Example, ...], ...], ExampleIndex]] = {}


def similarities(question: str, index: ExampleIndex) -> Sequence[float]:
    """Return the similarity of a question to each example of the index, from 0 to 1."""
    return _similarities(question[:COMPARED], index)


@lru_cache(maxsize=4)
def _similarities(question: str, index: ExampleIndex) -> Sequence[float]:
    """The last questions are kept, because they may be asked again: by each arm of a comparison, or in a test."""
    found = [0.0] * len(index.examples)
    # A feature that no example has would only lower all similarities alike.
    counted = {name: count for name, count in _features(question).items() if name in index.weights}
    length = _length(counted, index.weights)
    for feature, count in counted.items():
        value = _damped(count) * index.weights[feature] / length
        for at, other in zip(*index.posting(feature), strict=True):
            found[at] += value * other
    return found


def _index(groups: Sequence[Sequence[Example]]) -> ExampleIndex:
    examples = tuple(example for group in groups for example in group)
    counted = [_features(example.question) for example in examples]
    places: dict[str, list[int]] = defaultdict(list)
    for at, features in enumerate(counted):
        for feature in features:
            places[feature].append(at)
    weights = {feature: log((1 + len(examples)) / (1 + len(having))) + 1 for feature, having in places.items()}
    common = max(_FEW, _COMMON * len(examples))
    kept = {name: having for name, having in places.items() if len(having) <= common or name.startswith("numbers")}
    groups_of = tuple(number for number, group in enumerate(groups) for _ in group)
    return ExampleIndex(examples, groups_of, counted, [_length(each, weights) for each in counted], weights, kept)


def _features(text: str) -> Counter[str]:
    """Count the features of a text. Words and pairs of words count twice, and signs of numbers do not count."""
    lowered = without_signs(by_kind(text, dates_times_in(text))).lower()
    line = f" {' '.join(folded(lowered).split())} "
    words = ["^", *_TOKEN.findall(line), "$"]
    once = [f"skip {one} {other}" for one, other in zip(words, words[2:], strict=False)]
    twice = [f"word {word}" for word in words] + [f"pair {one} {other}" for one, other in pairwise(words)]
    grams = [line[at : at + _GRAM] for at in range(len(line) - _GRAM + 1)]
    # The order matters: sums of floats depend on it, and for some questions votes equal the margin but for rounding.
    return Counter([*grams, *twice, *twice, *once, *_order_of_numbers(lowered)])


def _order_of_numbers(text: str) -> Iterator[str]:
    numbers = numbers_in(text)
    yield f"numbers {min(len(numbers), 6)}"
    yield f"numbers {min(len(numbers), 6)}"
    if len(numbers) < 2:
        return
    values = [Fraction(number.value) for number in numbers]
    yield f"order {sorted(range(len(values)), key=values.__getitem__)[:4]}"
    marked, at = "", 0
    for number, value in zip(numbers, values, strict=True):
        marked += f"{text[at : number.start]} {'<>' if value == max(values) else '<<>'} "
        at = number.end
    tokens = ["^", *_TOKEN.findall(marked + text[at:]), "$"]
    for length in (2, 3):
        for start in range(len(tokens) - length + 1):
            around = tokens[start : start + length]
            if "<>" in around or "<<>" in around:
                yield f"beside {' '.join(around)}"


def _length(counted: Mapping[str, int], weights: Mapping[str, float]) -> float:
    """The length of the vector of weighted features."""
    return hypot(*[_damped(count) * weights[name] for name, count in counted.items()]) or 1.0


def _damped(count: int) -> float:
    return 1.0 if count == 1 else 1 + log(count)
