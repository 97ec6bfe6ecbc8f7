"""The sentence after a result, as worked examples word theirs: with this result, and this question's parts, in the
places.

"How many p's are in apple?" → "There are 2 p's in apple." says how to tell what came of counting the b's in rabbit.
Examples whose argument has the same pattern lend their sentences where the words fit: each stands in this question,
too, or in many sentences. Knows examples as values; not tools, and not how near one is.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from orchestrator.core.types import Example, ToolResult
from orchestrator.guidance.argument_templates import Place, argument_template, literals
from orchestrator.guidance.dates_times import dates_times_in, hidden
from orchestrator.guidance.numbers import numbers_in
from orchestrator.guidance.similarity import ExampleIndex

MOST = 3
_MARGIN = 0.7  # of the most voted sentence's votes, that of another that may be said instead
_FAMILIAR = 0.04  # of the examples have a word that says nothing of what they are about
_USUAL, _SEVERAL = 0.2, 3  # of the votes, and examples, that make a word usual
_SHORT = 3  # letters of a word without a plural

_RESULT = "result"
_WORD = re.compile(r"[^\W\d_]+|[$€£%°]")
_SIGNS = {"dollar": "$", "euro": "€", "percent": "%", "per cent": "%"}
_NAMED_SIGN = re.compile(rf"\b({'|'.join(_SIGNS)})s?\b")
_SIGN = re.compile(r"[$€£%°]")
_UNIT = re.compile(r"\W?([^\W\d_]+)")
_ASKED = re.compile(r"\bhow many (?:more |other )?([a-z]{3,}s)\b(?<!\bdoes)(?<!\bhas)(?<!\bwas)", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d[\d.]*")


@dataclass(frozen=True, slots=True)
class Wording:
    """Fixed strings and places in turn. ``words`` are those of the strings, ``units`` what the result counts.

    ``result`` is the only one that it fits, where it does not say it: True and False. ``plain`` has nothing of the
    question. ``numbers`` is how many the question has whose numbers it says.
    """

    parts: tuple[str | Place, ...]
    words: frozenset[str]
    units: frozenset[str]
    result: str | None
    plain: bool
    numbers: int | None


def answer_sentences(
    question: str, called: ToolResult, near: Sequence[tuple[Example, float]], familiar: frozenset[str]
) -> list[str]:
    """The most voted first. ``near`` are examples of the tool with their votes; ``familiar`` words fit always.

    Where none with the same pattern fits, a calculation that the question has is repeated, and any other result told as
    plainly as any was.
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
    of_its_kind = [entry for entry in read if _is_number(entry[0].result) == _is_number(called.result)]
    plain = [(wording, vote) for _, wording, vote in of_its_kind if wording.plain and not wording.units]
    same = [each for each in plain if each[0].result]
    return _voted(same or [each for each in plain if each[0].words <= familiar], known)


def _repeated(question: str, called: ToolResult) -> list[str]:
    """5^3 + 4^3 = 189, where the question has 5^3 + 4^3."""
    signs = "".join(called.argument.split())
    found = re.search(r"\s*".join(map(re.escape, signs)), question) if _is_number(called.result) else None
    return [f"{found[0]} = {called.result}"] if found and "[" not in signs and not signs.isalnum() else []


@lru_cache(maxsize=8)
def familiar_words(index: ExampleIndex) -> frozenset[str]:
    """Those of so many questions and answers that they say nothing of what one is about."""
    counted: Counter[str] = Counter()
    for example in index.examples:
        counted.update(words_of(example.question))
        counted.update(words_of(example.answer))
    return frozenset(
        word for word, count in counted.items() if count >= _FAMILIAR * len(index.examples) and word.isalpha()
    )


def words_of(text: str) -> frozenset[str]:
    """In lower case, without the plural's s. Signs of money and per cent are words, and these are the same as signs."""
    found = _WORD.findall(_NAMED_SIGN.sub(lambda match: _SIGNS[match[1]], text.lower()))
    return frozenset(word.removesuffix("s") if len(word) > _SHORT else word for word in found)


@lru_cache(maxsize=4096)
def wording_of(example: Example) -> Wording | None:
    """How one example words its answer; None where that has a number of its own."""
    known = _parts(example.question, example.argument) | {_RESULT: [example.result]}
    places: dict[str, Place] = {}
    for kind in (_RESULT, "text", "letter", "asked", "number"):  # of two that are the same, the first is meant
        for at, text in enumerate(known[kind]):
            places.setdefault(text, Place(kind, at))
    longest_first = sorted(places, key=lambda text: (places[text].kind != _RESULT, -len(text)))
    either = re.compile(
        "|".join(rf"(?<![\w.]){re.escape(text)}(?!\w|\.\d)" for text in longest_first if text) or "(?!)"
    )
    parts: list[str | Place] = []
    at = 0
    for match in either.finditer(example.answer):
        parts += [example.answer[at : match.start()], places[match[0]]]
        at = match.end()
    parts.append(example.answer[at:])
    fixed = " ".join(part for part in parts if isinstance(part, str))
    if any(character.isdigit() for character in fixed):
        return None
    kinds = {part.kind for part in parts if isinstance(part, Place)}
    result = None if _RESULT in kinds else example.result
    numbers = len(known["number"]) if "number" in kinds else None
    return Wording(tuple(parts), words_of(fixed), _units(parts), result, kinds <= {_RESULT}, numbers)


def _parts(question: str, argument: str) -> dict[str, list[str]]:
    """The numbers, the letters and texts that the argument quotes, and what is asked for (how many apples: apples)."""
    quoted = literals(question, argument)
    return {
        "number": [number.value for number in numbers_in(hidden(question, dates_times_in(question)))],
        "letter": [text for text in quoted if len(text) == 1],
        "text": [text for text in quoted if len(text) > 1],
        "asked": [match[1] for match in _ASKED.finditer(question)][-1:],
    }


def _units(parts: Sequence[str | Place]) -> frozenset[str]:
    """The word behind the result, and signs."""
    behind = [
        match[1]
        for place, text in zip(parts[1::2], parts[2::2], strict=True)
        if isinstance(place, Place) and place.kind == _RESULT and (match := _UNIT.match(str(text)))
    ]
    return words_of(" ".join([*behind, *_SIGN.findall("".join(map(str, parts[::2])))]))


def _is_number(result: str) -> bool:
    return _NUMBER.fullmatch(result) is not None


def _shape(question: str, argument: str) -> str:
    """That of the pattern; a list of three is as one of five."""
    return _LIST.sub("⟨list⟩", argument_template(question, argument).shape)


_LIST = re.compile(r"(?:⟨(?:signed|text)\d+⟩'?, '?)+⟨(?:signed|text)\d+⟩")


def _usual(worded: Sequence[tuple[Wording, float]]) -> frozenset[str]:
    """The words that these sentences share: what is said of such a result, whatever the question."""
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
    """Empty where the question has no part for a place, or another number of numbers."""
    if wording.numbers not in (None, len(known["number"])):
        return ""
    pieces = []
    for part in wording.parts:
        if isinstance(part, Place) and part.at >= len(known[part.kind]):
            return ""
        pieces.append(known[part.kind][part.at] if isinstance(part, Place) else part)
    return "".join(pieces)
