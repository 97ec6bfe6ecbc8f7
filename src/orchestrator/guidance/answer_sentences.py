"""The sentence after a result, made from sentences of few-shot examples.

"How many p's are in apple?" → "There are 2 p's in apple." shows how to say the number of b's in rabbit. The sentence's
slots get the result and parts of the question. The examples whose argument has the same template give their sentences,
if the words fit. A word fits if it is in this question too, or in many sentences.
Knows examples as values; not tools, and not how similar an example is.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from orchestrator.core.numbers import numbers_in
from orchestrator.core.signs import negative_numbers, signed
from orchestrator.core.told_value import told_value
from orchestrator.core.tool import Example
from orchestrator.core.types import ToolResult
from orchestrator.guidance.argument_templates import Slot, argument_template, literals
from orchestrator.guidance.dates_times import dates_times_in, hidden
from orchestrator.guidance.similarity import ExampleIndex

MOST = 3
_MARGIN = 0.7  # a sentence is allowed if it has this share of the most voted sentence's votes
_FAMILIAR = 0.04  # a word is familiar if this share of the examples has it
_USUAL, _SEVERAL = 0.2, 3  # a word is usual if sentences with this share of the votes, and so many examples, have it
_SHORT = 3  # letters; the s at the end of a shorter word is no plural

_RESULT = "result"
_WORD = re.compile(r"[^\W\d_]+|[$€£%°]")
_SIGNS = {"dollar": "$", "euro": "€", "percent": "%", "per cent": "%"}
_NAMED_SIGN = re.compile(rf"\b({'|'.join(_SIGNS)})s?\b")
_SIGN = re.compile(r"[$€£%°]")
_UNIT = re.compile(r"\W?([^\W\d_]+)")
_ASKED = re.compile(r"\bhow many (?:more |other )?([a-z]{3,}s)\b(?<!\bdoes)(?<!\bhas)(?<!\bwas)", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d[\d.]*")
_SENTENCE = re.compile(r"[^\W\d_a-z]\S* +\S+ +\S|.*[.!?…]$")  # three words with a capital, or a mark at the end


@dataclass(frozen=True, slots=True)
class Wording:
    """How an example words its answer: fixed strings and slots in turn.

    Attributes:
        parts: The strings and the slots.
        words: The words of the strings.
        units: What the result counts: the word after it, and signs of money and per cent.
        result: If the sentence does not contain the result, the only result that it fits (True or False); else None.
        plain: Whether the only slot is the result.
        numbers: How many numbers the question must have, if the sentence contains numbers of it; else None.
    """

    parts: tuple[str | Slot, ...]
    words: frozenset[str]
    units: frozenset[str]
    result: str | None
    plain: bool
    numbers: int | None


def answer_sentences(
    question: str, called: ToolResult, near: Sequence[tuple[Example, float]], familiar: frozenset[str]
) -> list[str]:
    """Return sentences for a result, the most voted first, at most 3.

    If no sentence of the same template fits, a calculation that is written in the question is repeated ("5^3 + 4^3 =
    189"). Any other result is told with the plainest sentence of the examples.

    Args:
        question: The user's question.
        called: The result.
        near: Examples of the same tool with their votes.
        familiar: Words that fit every question.
    """
    shape = _shape(question, called.argument)
    read = [(each, wording, vote) for each, vote in near if (wording := wording_of(each))]
    read = [(each, wording, vote) for each, wording, vote in read if wording.result in (None, called.result)]
    alike = [(wording, vote) for each, wording, vote in read if _shape(each.question, each.argument) == shape]
    asked, usual = words_of(question), _usual(alike)
    fitting = asked | familiar | usual
    chosen = [each for each in alike if each[0].words <= fitting and each[0].units <= asked | usual]
    known = _parts(question, called.argument) | {_RESULT: [called.result]}
    told = _voted(chosen, known) or _repeated(question, called)
    if told:
        return told
    of_its_kind = [entry for entry in read if _is_number(told_value(entry[0].result)) == _is_number(called.result)]
    plain = [(wording, vote) for _, wording, vote in of_its_kind if wording.plain and not wording.units]
    same = [each for each in plain if each[0].result]
    return _voted(same or [each for each in plain if each[0].words <= familiar], known)


def told_alone(result: str) -> str:
    """Return a result that is a sentence as it is, and any other in the plainest sentence: "It is 12.".

    Nothing is written in front of a sentence such as "Nothing in the code fits", as it would say something else.

    Args:
        result: A result on one line.
    """
    if _SENTENCE.match(result):
        return result if result[-1] in ".!?…" else f"{result}."
    return f"It is {result}."


def _repeated(question: str, called: ToolResult) -> list[str]:
    """Return a sentence such as "5^3 + 4^3 = 189", if the question contains 5^3 + 4^3."""
    signs = "".join(called.argument.split())
    found = re.search(r"\s*".join(map(re.escape, signs)), question) if _is_number(called.result) else None
    return [f"{found[0]} = {called.result}"] if found and "[" not in signs and not signs.isalnum() else []


@lru_cache(maxsize=8)
def familiar_words(index: ExampleIndex) -> frozenset[str]:
    """Return the words of so many questions and answers that they do not show what a question is about."""
    counted: Counter[str] = Counter()
    for example in index.examples:
        counted.update(words_of(example.question))
        counted.update(words_of(example.answer))
    return frozenset(
        word for word, count in counted.items() if count >= _FAMILIAR * len(index.examples) and word.isalpha()
    )


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text in lower case, without the plural's s.

    "Dollar" and "$" are the same word, as are "percent" and "%".
    """
    found = _WORD.findall(_NAMED_SIGN.sub(lambda match: _SIGNS[match[1]], text.lower()))
    return frozenset(word.removesuffix("s") if len(word) > _SHORT else word for word in found)


@lru_cache(maxsize=4096)
def wording_of(example: Example) -> Wording | None:
    """Return how an example words its answer.

    None if the answer contains a number that comes from nowhere, or a text that may be one or another part: in "The
    average of 4, 6 and 8 is 6", the first 6 is a number of the question, and the second 6 is the result.
    """
    known = _parts(example.question, example.argument) | {_RESULT: [told_value(example.result)]}
    places: dict[str, Slot] = {}
    for kind in (_RESULT, "text", "letter", "asked", "number"):  # if two have the same text, the first kind is used
        for at, text in enumerate(known[kind]):
            places.setdefault(text, Slot(kind, at))
    longest_first = sorted(places, key=lambda text: (places[text].kind != _RESULT, -len(text)))
    either = re.compile(
        "|".join(rf"(?<![\w.]){re.escape(text)}(?!\w|\.\d)" for text in longest_first if text) or "(?!)"
    )
    if _is_ambiguous([match[0] for match in either.finditer(example.answer)], known):
        return None
    parts: list[str | Slot] = []
    at = 0
    for match in either.finditer(example.answer):
        parts += [example.answer[at : match.start()], places[match[0]]]
        at = match.end()
    parts.append(example.answer[at:])
    fixed = " ".join(part for part in parts if isinstance(part, str))
    if any(character.isdigit() for character in fixed):
        return None
    kinds = {part.kind for part in parts if isinstance(part, Slot)}
    result = None if _RESULT in kinds else told_value(example.result)
    numbers = len(known["number"]) if "number" in kinds else None
    return Wording(tuple(parts), words_of(fixed), _units(parts), result, kinds <= {_RESULT}, numbers)


def _is_ambiguous(said: Sequence[str], known: Mapping[str, Sequence[str]]) -> bool:
    """Whether a text of the answer may be one or another part. The result may be, if it is said only once."""
    counted = Counter(text for texts in known.values() for text in texts)
    return any(counted[text] > 1 and (said.count(text) > 1 or text not in known[_RESULT]) for text in said)


def _parts(question: str, argument: str) -> dict[str, list[str]]:
    """The parts of a question that can fill the slots of a sentence.

    They are the numbers, the letters and texts that the argument quotes, and what is asked for (how many apples:
    apples).
    """
    quoted = literals(question, argument)
    numbers = numbers_in(hidden(question, dates_times_in(question)))
    negative = negative_numbers(question, numbers)
    return {
        "number": [signed(number, negative) for number in numbers],
        "letter": [text for text in quoted if len(text) == 1],
        "text": [text for text in quoted if len(text) > 1],
        "asked": [match[1] for match in _ASKED.finditer(question)][-1:],
    }


def _units(parts: Sequence[str | Slot]) -> frozenset[str]:
    """The word after the result, and signs of money and per cent."""
    behind = [
        match[1]
        for place, text in zip(parts[1::2], parts[2::2], strict=True)
        if isinstance(place, Slot) and place.kind == _RESULT and (match := _UNIT.match(str(text)))
    ]
    return words_of(" ".join([*behind, *_SIGN.findall("".join(map(str, parts[::2])))]))


def _is_number(result: str) -> bool:
    return _NUMBER.fullmatch(result) is not None


def _shape(question: str, argument: str) -> str:
    """The text of the argument template. A list of three has the same text as a list of five."""
    return _LIST.sub("⟨list⟩", argument_template(question, argument).shape)


_LIST = re.compile(r"(?:⟨(?:number|text)\d+⟩'?, '?)+⟨(?:number|text)\d+⟩")


def _usual(worded: Sequence[tuple[Wording, float]]) -> frozenset[str]:
    """The words that these sentences share. They are said about such a result, whatever the question is."""
    counted: Counter[str] = Counter()
    votes: dict[str, float] = defaultdict(float)
    for wording, vote in worded:
        counted.update(wording.words)
        for word in wording.words:
            votes[word] += vote
    enough = _USUAL * sum(vote for _, vote in worded)
    return frozenset(
        word for word, count in counted.items() if count >= _SEVERAL and votes[word] >= enough and word.isalpha()
    )


def _voted(worded: Sequence[tuple[Wording, float]], known: Mapping[str, Sequence[str]]) -> list[str]:
    votes: dict[str, float] = defaultdict(float)
    for wording, vote in worded:
        if filled := _filled(wording, known):
            votes[filled] += vote
    most = max(votes.values(), default=0.0)
    ranked = sorted(votes, key=lambda sentence: -votes[sentence])
    return [sentence for sentence in ranked if votes[sentence] >= _MARGIN * most][:MOST]


def _filled(wording: Wording, known: Mapping[str, Sequence[str]]) -> str:
    """Fill the slots. The sentence is empty if the question lacks a part, or has another number of numbers."""
    if wording.numbers not in (None, len(known["number"])):
        return ""
    pieces = []
    for part in wording.parts:
        if isinstance(part, Slot) and part.at >= len(known[part.kind]):
            return ""
        pieces.append(known[part.kind][part.at] if isinstance(part, Slot) else part)
    return "".join(pieces)
