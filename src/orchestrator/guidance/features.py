"""Features of a question: what it shows about the calculation that it asks for.

There are features of the whole question, of each number and of each pair of numbers. A feature is a name, such as "word
left" or "beside each #". Its weights are trained (see ``expression_ranker``). There are two kinds: words, of which a
question has many, and facts (which number is larger, whether two count the same thing), of which it has few. Values in,
names out. Knows no tool and no expression template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise

from orchestrator.guidance.interpretations import Interpretation
from orchestrator.guidance.units import canonical

NUMBER = "#"

_TOKEN = re.compile(r"#|[a-z]+(?:'[a-z]+)?|[$£€%.?!,;:()+*/=^×÷-]")
_DIGITS = re.compile(r"\d[\d,.]*")
_ENDS = frozenset(".?!;")
_WINDOW = 5  # words on either side of a number
_NEAR = 3  # words; larger distances count as this one
_UNIT_WITHIN = 3  # words after a number, one of which may say what it counts
_MONEY = frozenset(("dollar", "euro", "pound", "cent", "buck", "quid"))
_ASKED_OF_A_KIND = frozenset(("many", "much"))
_ASKED = frozenset((*_ASKED_OF_A_KIND, "far", "long", "old", "fast", "tall", "high", "heavy", "big"))
# fmt: off
_NO_UNITS = frozenset((
    "a", "an", "the", "of", "in", "to", "on", "at", "is", "are", "was", "were", "be", "been", "i", "he", "she",
    "it", "we", "you", "they", "my", "his", "her", "our", "your", "their", "and", "or", "for", "with", "from",
    "by", "that", "this", "there", "do", "does", "did", "has", "have", "had", "will", "would", "can", "could",
    "as", "so", "more", "other", "new", "full", "big", "small", "large", "each", "equal",
))
# fmt: on
_YEARS = range(1800, 2100)
_SUFFIXES = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ied", "y"), ("ed", ""), ("es", ""), ("ly", ""), ("s", ""))


@dataclass(frozen=True, slots=True)
class Features:
    """The features of a question, a number or a pair of numbers.

    Attributes:
        facts: The names of the facts.
        words: The names of the features that come from words.
    """

    facts: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A question as stems, with ``#`` for its numbers.

    Attributes:
        tokens: The stems and marks. Facts are sentences at the end.
        at: For each number the index of its token.
        values: The numbers.
        units: For each number what it counts; "" if unknown.
        sentence: For each token the number of its sentence.
        asking: The number of the sentence that asks.
        asked: What is asked for: "apples" in "how many apples".
        facts: How many numbers come from facts. They are the last ones.
    """

    tokens: tuple[str, ...]
    at: tuple[int, ...]
    values: tuple[Fraction, ...]
    units: tuple[str, ...]
    sentence: tuple[int, ...]
    asking: int
    asked: str
    facts: int

    def question_words(self) -> list[str]:
        """Return the tokens of the sentence that asks."""
        return [token for token, number in zip(self.tokens, self.sentence, strict=True) if number == self.asking]


def parse(question: str, numbers: Interpretation) -> ParsedQuestion:
    """Parse a question. Each fact is added as a sentence at its end.

    Args:
        question: The question.
        numbers: The interpretation of its numbers.
    """
    text, at = "", 0
    for number in numbers.own:
        text += f"{_plain(question[at : number.start])} {NUMBER} "
        at = number.end
    raw = _TOKEN.findall(text + _plain(question[at:]))
    own = len(raw)
    for fact in numbers.facts:
        raw += [";", fact.larger, "=", NUMBER, fact.smaller]
    tokens = tuple(_stem(canonical(token.removesuffix("'s"))) for token in raw)
    places = tuple(place for place, token in enumerate(tokens) if token == NUMBER)
    sentence, count = [], 0
    for token in tokens:
        sentence.append(count)
        count += token in _ENDS
    marks = [place for place, mark in enumerate(tokens) if mark == "?"]
    asking = sentence[marks[-1] if marks else own - 1] if own else 0
    values = tuple(map(Fraction, numbers.values))
    units = tuple(_unit(raw, tokens, place) for place in places)
    return ParsedQuestion(
        tokens, places, values, units, tuple(sentence), asking, _asked(raw, tokens), len(numbers.facts)
    )


def of_the_whole(reading: ParsedQuestion) -> Features:
    """Return the features of the whole question: how many numbers, which is larger, the words and their neighbours."""
    count = len(reading.values)
    facts = {f"numbers {count}", f"facts {reading.facts} of {count}"}
    if count <= 4:
        facts.add(f"order {sorted(range(count), key=reading.values.__getitem__)}")
    words = {f"asks {token}" for token in reading.question_words()}
    tokens = ("^", *reading.tokens, "$")
    words.update(f"word {token}" for token in reading.tokens)
    words.update(f"pair {one} {other}" for one, other in pairwise(tokens))
    words.update(f"skip {one} {other}" for one, other in zip(tokens, tokens[2:], strict=False))
    words.update(f"three {' '.join(three)}" for three in zip(tokens, tokens[1:], tokens[2:], strict=False))
    if count == 2:
        between = _facts_between(reading, 0, 1)
        facts.update(_with_pairs(between))
        words.update(f"{between[0]} {token}" for token in reading.tokens if token.isalpha())
    return Features(frozenset(facts), frozenset(words))


def of_number(reading: ParsedQuestion, number: int) -> Features:
    """Return the features of a number: its position and size among the others, what it counts, the words around it.

    Args:
        reading: The parsed question.
        number: The number's index.
    """
    tokens, at = reading.tokens, reading.at[number]
    words = {f"unit {reading.units[number]}", *_around(tokens, at)}
    words.update(f"asks {token}" for token in reading.question_words() if token.isalpha())
    words.update(
        f"with {token}"
        for token, sentence in zip(tokens, reading.sentence, strict=True)
        if sentence == reading.sentence[at] and token.isalpha()
    )
    before, after = ("^", "^", *tokens[:at])[-2:], (*tokens[at + 1 :], "$", "$")[:2]
    words.update(
        (
            f"beside {before[1]} #",
            f"beside {before[0]} {before[1]} #",
            f"beside # {after[0]}",
            f"beside # {after[0]} {after[1]}",
            f"beside {before[1]} # {after[0]}",
        )
    )
    return Features(frozenset(_with_pairs(sorted(_facts_of(reading, number)))), frozenset(words))


def of_pairs(reading: ParsedQuestion) -> dict[tuple[int, int], Features]:
    """Return the features of each pair of numbers.

    They are: which number is larger or a multiple, whether both count the same, and the words before, between and
    after.
    """
    asks = {f"asks {token}" for token in reading.question_words()}
    return {
        pair: Features(frozenset(_facts_of_pair(reading, *pair)), frozenset((*_words_of_pair(reading, *pair), *asks)))
        for pair in combinations(range(len(reading.values)), 2)
    }


def _plain(text: str) -> str:
    """Lower case, without other numbers, and without the sign that marks a number here."""
    return _DIGITS.sub(" ", text.lower().replace("’", "'").replace(NUMBER, " "))


def _around(words: Sequence[str], at: int) -> Iterator[str]:
    """The words before and after a number, up to the end of its sentence; the nearest with their distance."""
    for side, step in (("before", -1), ("after", 1)):
        for distance in range(1, _WINDOW + 1):
            place = at + step * distance
            if not 0 <= place < len(words):
                break
            yield f"{side} {words[place]}"
            yield f"{side} {min(distance, _NEAR)} {words[place]}"
            if words[place] in _ENDS:
                break


def _facts_of(reading: ParsedQuestion, number: int) -> Iterator[str]:
    count, value, unit = len(reading.values), reading.values[number], reading.units[number]
    if number >= count - reading.facts:
        yield "fact"
    yield f"place {number} of {count - reading.facts}"
    yield "last" if number == count - 1 else "not last"
    yield "first" if number == 0 else "not first"
    yield from _facts_of_unit(reading, unit)
    if reading.sentence[reading.at[number]] == reading.asking:
        yield "in the question"
    if value in _YEARS:
        yield "like a year"
    if value == max(reading.values):
        yield "largest"
    if value == min(reading.values):
        yield "smallest"


def _facts_of_unit(reading: ParsedQuestion, unit: str) -> Iterator[str]:
    if unit in ("", "$", "%"):
        yield f"unit {unit}"
    if unit and unit == reading.asked:
        yield "asked"
    if reading.units.count(unit) > 1:
        yield "shared unit"
    if unit and reading.tokens.count(unit) > 1:
        yield "unit told again"
    if unit in reading.question_words():
        yield "unit in the question"


def _facts_of_pair(reading: ParsedQuestion, one: int, other: int) -> Iterator[str]:
    yield f"numbers {len(reading.values)}"
    yield f"places {one}, {other} of {len(reading.values) - reading.facts}"
    if other >= len(reading.values) - reading.facts:
        yield "fact"
    yield f"apart {min(other - one, 3)}"
    same = reading.sentence[reading.at[one]] == reading.sentence[reading.at[other]]
    yield "one sentence" if same else "two sentences"
    yield from _with_pairs(_facts_between(reading, one, other))


def _facts_between(reading: ParsedQuestion, one: int, other: int) -> list[str]:
    first, second = reading.values[one], reading.values[other]
    units = reading.units[one], reading.units[other]
    facts = ["larger" if first > second else "smaller" if first < second else "equal"]
    if second not in (0, 1) and first % second == 0:
        facts.append("multiple")
    if first not in (0, 1) and second % first == 0:
        facts.append("divisor")
    if units[0] and units[0] == units[1]:
        facts.append("same unit")
    for side, value, unit in (("one", first, units[0]), ("other", second, units[1])):
        if value.denominator != 1:
            facts.append(f"{side} fraction")
        if unit and unit == reading.asked:
            facts.append(f"{side} asked")
        if unit in ("$", "%"):
            facts.append(f"{side} {unit}")
    return facts


def _words_of_pair(reading: ParsedQuestion, one: int, other: int) -> Iterator[str]:
    tokens, first, second = reading.tokens, reading.at[one], reading.at[other]
    for place, word in enumerate(tokens):
        if word.isalpha() or word in "$%?.,":
            yield f"{'before' if place < first else 'between' if place < second else 'after'} {word}"
            yield f"word {word}"
    yield from (f"pair between {tokens[at]} {tokens[at + 1]}" for at in range(first, second))
    yield f"in front {tokens[first - 1] if first else '^'}, {tokens[second - 1]}"
    yield f"behind {tokens[first + 1]}, {tokens[second + 1] if second + 1 < len(tokens) else '$'}"


def _with_pairs(facts: Sequence[str]) -> Iterator[str]:
    facts = list(facts)
    yield from facts
    yield from (f"{one} and {other}" for one, other in combinations(facts, 2))


def _unit(raw: Sequence[str], tokens: Sequence[str], at: int) -> str:
    """What a number counts: a sign of money, %, or the stem of the first noun-like word after it."""
    if at and raw[at - 1] in "$£€":
        return "$"
    if raw[at + 1 : at + 2] == ["%"]:
        return "%"
    for place in range(at + 1, min(at + 1 + _UNIT_WITHIN, len(raw))):
        if raw[place] in _ENDS or raw[place] in "#,:":
            break
        if raw[place][0].isalpha() and raw[place] not in _NO_UNITS:
            stem = tokens[place]
            return "$" if stem in _MONEY else "%" if stem == "percent" else stem
    return ""


def _asked(raw: Sequence[str], tokens: Sequence[str]) -> str:
    """The stem of what is asked for: "how many more apples" asks for apples, "how far" for far."""
    found = ""
    for at in range(len(raw) - 2):
        if raw[at] == "how" and raw[at + 1] in _ASKED:
            skipped = raw[at + 2] in ("more", "fewer", "other") and at + 3 < len(raw)
            found = tokens[at + 2 + skipped] if raw[at + 1] in _ASKED_OF_A_KIND else raw[at + 1]
    return found


def _stem(word: str) -> str:
    """A word without its ending, so that the weights for "gives" also count for "giving".

    It is simple and deterministic.
    """
    if len(word) <= 3:
        return word
    for suffix, instead in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith("ss"):
            word = word.removesuffix(suffix) + instead
            break
    if len(word) > 3 and word[-1] == "e":
        word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    return word
