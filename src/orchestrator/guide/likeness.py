"""How alike two questions are: what decides which worked examples are near.

The cosine of counted features, each weighted by idf = ln((1 + N) / (1 + df)) + 1 over the N examples (as scikit-learn's
TfidfVectorizer smooths it) and damped by 1 + ln(count). Features are character n-grams, words, pairs of words, how many
numbers there are, and which of them is the largest, with the words beside it: "83 less than 500" is not "500 less 83".
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import hypot, log

from orchestrator.guide.quantities import folded, quantities

COMPARED = 2_000  # characters of a long question that decide which examples are near

_GRAM_LENGTHS = (2, 3, 4)
_TOKEN = re.compile(r"[a-z]+|<[<>]?>|[^\sa-z]")


@dataclass(frozen=True, slots=True)
class Bank:
    """Questions, ready to be compared with: the weight of each feature, and where it stands."""

    size: int
    weights: Mapping[str, float]
    postings: Mapping[str, Sequence[tuple[int, float]]]


@lru_cache(maxsize=8)
def bank_of(questions: tuple[str, ...]) -> Bank:
    """An index of ``questions``, made once for the same ones."""
    counted = [_features(question) for question in questions]
    frequencies = Counter(feature for features in counted for feature in features)
    weights = {feature: log((1 + len(questions)) / (1 + count)) + 1 for feature, count in frequencies.items()}
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for at, features in enumerate(counted):
        for feature, value in _unit_vector(features, weights).items():
            postings[feature].append((at, value))
    return Bank(len(questions), weights, postings)


def likeness(question: str, bank: Bank) -> list[float]:
    """From 0 to 1 for each question of the bank."""
    found = [0.0] * bank.size
    for feature, value in _unit_vector(_features(question[:COMPARED]), bank.weights).items():
        for at, other in bank.postings[feature]:
            found[at] += value * other
    return found


def _features(text: str) -> Counter[str]:
    lowered = text.lower()
    line = f" {' '.join(folded(lowered).split())} "
    features = Counter(line[at : at + length] for length in _GRAM_LENGTHS for at in range(len(line) - length + 1))
    words = ["^", *_TOKEN.findall(line), "$"]
    for word in words:
        features[f"word {word}"] += 2
    for one, other in pairwise(words):
        features[f"pair {one} {other}"] += 2
    for one, other in zip(words, words[2:], strict=False):
        features[f"skip {one} {other}"] += 1
    features.update(_order_of_numbers(lowered))
    return features


def _order_of_numbers(text: str) -> Iterator[str]:
    numbers = quantities(text)
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


def _unit_vector(features: Counter[str], weights: Mapping[str, float]) -> dict[str, float]:
    """Features that no example has are left out: they would shorten every likeness alike."""
    vector = {name: (1 + log(count)) * weights[name] for name, count in features.items() if name in weights}
    length = hypot(*vector.values()) or 1.0
    return {name: value / length for name, value in vector.items()}
