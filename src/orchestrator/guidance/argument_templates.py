"""Argument templates: an example's argument with slots for the parts that come from its question.

"Take 38 away from 520." → 520-38 means: the second number, minus, the first. The parts are found by comparing the
question and the argument: numbers, dates, clock times, letters, quoted text, and an argument that is only words. A
template is then filled with the values of a new question.
Knows examples as values; not tools, and not how similar an example is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, islice, pairwise

from orchestrator.core.numbers import Number, numbers_in
from orchestrator.core.signs import joined, negative_numbers, signed
from orchestrator.guidance.dates_times import DATE, TIME, DateTime, dates_times_in, hidden
from orchestrator.guidance.slots import SlotValues, values_of

_LIKELY = 0.3  # a word is offered if it has this share of the likeliest word's odds
MOST_FILLINGS = 6  # ways to fill the slots for letters and texts of one template

_VALUE = r"(?<![A-Za-z_\d.])\d+(?:\.\d+)?(?![A-Za-z_])"
_PART = rf"'[^']*'|(?<=[-+*/^%])\(-{_VALUE}\)|(?:(?<![^\s(\[,*/+^%=-])-)?{_VALUE}"  # a number with its sign
_PLAIN = re.compile(r"[^\W\d][\w\s.,'’&-]*")
_COUNTED = re.compile(r"\)\s*/\s*(\d+)$")


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of a template.

    Attributes:
        kind: What fills it: number (with its sign), letter, text, date or time.
        at: The index among the question's values of this kind.
    """

    kind: str
    at: int


@dataclass(frozen=True, slots=True)
class ArgumentTemplate:
    """An argument with slots.

    Attributes:
        parts: Fixed strings and slots in turn.
        numbers: How many numbers the question must have; None if the number of numbers does not matter, because the
            argument is about text or dates.
        letters: How many different letters the argument takes.
        texts: How many different texts it takes.
        dates: How many dates the question must have; 0 if the argument takes none.
        times: How many clock times the question must have; 0 if the argument takes none.
        words: Whether the argument is a query of words. ``parts`` is then empty.
        doubtful: Whether the argument uses a number word that is often not meant as a number.
    """

    parts: tuple[str | Slot, ...]
    numbers: int | None
    letters: int = 0
    texts: int = 0
    dates: int = 0
    times: int = 0
    words: bool = False
    doubtful: bool = False

    @property
    def shape(self) -> str:
        """The template as text. It is the same for two templates that differ only in their questions."""
        if self.words:
            return "words"
        return "".join(part if isinstance(part, str) else f"⟨{part.kind}{part.at}⟩" for part in self.parts)


@lru_cache(maxsize=4096)
def argument_template(question: str, argument: str) -> ArgumentTemplate:
    """Return the argument template of an example.

    Args:
        question: The example's question.
        argument: The example's argument.
    """
    found = dates_times_in(question)
    numbers = numbers_in(hidden(question, found))
    negative = negative_numbers(question, numbers)
    quoted = literals(question, argument)
    letters = [text for text in quoted if len(text) == 1]
    texts = [text for text in quoted if len(text) > 1]
    used: set[int] = set()
    parts: list[str | Slot] = []
    at = 0
    for match in _parts(found).finditer(argument):
        before = argument[at : match.start()]
        place = _date_time(match[0], found) or _slot(match[0], numbers, used, letters, texts)
        if place:
            around = _around(match[0], place, place.kind == "number" and numbers[place.at].start in negative)
            parts += [before + around[0], place, around[1]]
            at = match.end()
    parts.append(argument[at:])
    joined = tuple(_joined(parts))
    if len(joined) == 1 and _PLAIN.fullmatch(argument):
        return ArgumentTemplate((), len(numbers), words=True)
    doubtful = any(numbers[at].doubtful for at in used)
    kinds = {part.kind for part in parts if isinstance(part, Slot)}
    counts = {kind: len(values_of(found, kind)) for kind in kinds & {DATE, TIME}}
    number = None if (quoted or counts) and not used else len(numbers)
    return ArgumentTemplate(
        joined,
        number,
        len(letters),
        len(texts),
        counts.get(DATE, 0),
        counts.get(TIME, 0),
        doubtful=doubtful,
    )


def fillings(template: ArgumentTemplate, slots: SlotValues) -> list[str]:
    """Return the arguments that a template gives for a question, the most likely first.

    Args:
        template: The template.
        slots: The question's values.

    Returns:
        At most 6 arguments; none if the question has too few or too many values.
    """
    dates, times = slots.of_kind(DATE), slots.of_kind(TIME)
    if template.dates not in (0, len(dates)) or template.times not in (0, len(times)):
        return []
    if listed := _listed(template, slots):
        return [listed]
    for numbers in _number_choices(template, slots.numbers):
        values = [signed(number, slots.negative) for number in numbers]
        if template.numbers in (None, len(numbers)):
            known = {"number": values, DATE: dates, TIME: times}
            return [
                _filled(template.parts, {**known, "letter": letters, "text": texts})
                for letters, texts in islice(_choices(template, slots), MOST_FILLINGS)
            ]
        if extended := _extended(template, values):
            return [extended]
    return []


def literals(question: str, argument: str) -> list[str]:
    """Return the quoted texts of an argument that are also in the question, in the order of the question."""
    quoted = {text for text in re.findall(r"'([^']*)'", argument) if text and not text.isdecimal()}
    found = {
        text: match.start()
        for text in quoted
        if (match := re.search(rf"(?<!\w){re.escape(text)}(?:['’]?s)?(?!\w)", question))
    }
    return sorted(found, key=found.__getitem__)


def _parts(found: Sequence[DateTime]) -> re.Pattern[str]:
    return re.compile("|".join([*(re.escape(each.value) for each in found), _PART]))


def _date_time(part: str, found: Sequence[DateTime]) -> Slot | None:
    for kind in (DATE, TIME):
        values = values_of(found, kind)
        if part in values:
            return Slot(kind, values.index(part))
    return None


def _around(part: str, place: Slot, negative: bool) -> tuple[str, str]:
    """What is written before and after a slot: quotes, or the sign of a number that the question has without one."""
    if part[0] == "'":
        return "'", "'"
    if negative or place.kind != "number":
        return "", ""
    before, _, after = part.partition(part.strip("(-)"))
    return before, after


def _slot(
    part: str, numbers: Sequence[Number], used: set[int], letters: Sequence[str], texts: Sequence[str]
) -> Slot | None:
    if part[0] == "'" and not part[1:-1].isdecimal():
        kind, known = ("letter", letters) if len(part) == 3 else ("text", texts)
        return Slot(kind, known.index(part[1:-1])) if part[1:-1] in known else None
    value = Fraction(part.strip("'(-)"))  # digits in quotes count as a number
    same = [at for at, number in enumerate(numbers) if Fraction(number.value) == value]
    at = next((at for at in same if at not in used), same[0] if same else None)
    if at is None:
        return None
    used.add(at)
    return Slot("number", at)


def _joined(parts: Sequence[str | Slot]) -> Iterator[str | Slot]:
    """Join neighbouring strings."""
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
        else:
            yield text
            yield part
            text = ""
    yield text


def _number_choices(template: ArgumentTemplate, numbers: tuple[Number, ...]) -> list[tuple[Number, ...]]:
    """All numbers, and those that are not doubtful. The latter come first, unless the example uses a doubtful one."""
    sure = tuple(number for number in numbers if not number.doubtful)
    return [numbers, sure] if template.doubtful else [sure, numbers]


def _choices(template: ArgumentTemplate, slots: SlotValues) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Letters and texts for the slots, each in the order of the question. The most likely choice is first.

    A text contains all words of the question's list, or is left out. What the question quotes is meant. A single word
    is left out if another is much likelier.
    """
    offered = [text for text in slots.texts if all(item in text for item in slots.items)]
    if len(slots.quoted) >= template.texts:
        offered = [text for text in offered if text in slots.quoted] or offered
    elif template.texts == 1:
        least = _LIKELY * max((slots.odds.get(text, 0.0) for text in offered), default=0.0)
        offered = [text for text in offered if slots.odds.get(text, least) >= least]
    for texts in combinations(offered[: template.texts + 3], template.texts):
        for letters in combinations(slots.letters, template.letters):
            ordered = _ordered(texts, slots)
            yield [_as_written(letter, ordered) for letter in _ordered(letters, slots)], ordered


def _as_written(letter: str, texts: Sequence[str]) -> str:
    """The letter in the case that the text has: "How many Ls are in parallel?" asks for the lower-case letter."""
    other = letter.swapcase()
    return other if any(other in text for text in texts) and not any(letter in text for text in texts) else letter


def _ordered(texts: Sequence[str], slots: SlotValues) -> list[str]:
    return sorted(texts, key=slots.positions.__getitem__)


def _filled(parts: Sequence[str | Slot], known: Mapping[str, Sequence[str]]) -> str:
    done = ""
    for part, after in pairwise((*parts, "")):
        done = done + part if isinstance(part, str) else _with(done, known[part.kind][part.at], part, str(after))
    return done


def _with(before: str, value: str, place: Slot, after: str) -> str:
    """The text before a slot, and the slot's value. Digits in quotes are a text, which has no sign."""
    if place.kind != "number":
        return before + _safe(value, place)
    return before + value.lstrip("-") if before.endswith("'") else joined(before, value, after)


def _safe(text: str, place: Slot) -> str:
    """Escape text for single quotes."""
    return text.replace("\\", "\\\\").replace("'", "\\'") if place.kind in ("letter", "text") else text


def _listed(template: ArgumentTemplate, slots: SlotValues) -> str | None:
    """Fill a template that lists its texts with the words that the question lists, however many there are."""
    inner = template.parts[1:-1]
    places = [part for part in inner if isinstance(part, Slot)]
    between = {part for part in inner if isinstance(part, str)}
    if not slots.items or between != {"', '"} or places != [Slot("text", at) for at in range(len(places))]:
        return None
    filled = "', '".join(_safe(item, places[0]) for item in slots.items)
    return f"{template.parts[0]}{filled}{template.parts[-1]}"


def _extended(template: ArgumentTemplate, values: Sequence[str]) -> str | None:
    """Fill a template that joins all its numbers with one operator, for any number of numbers: a+b+c, (a+b+c)/3."""
    inner = template.parts[1:-1]
    places = [part for part in inner if isinstance(part, Slot)]
    signs = {part for part in inner if isinstance(part, str)}
    if len(values) < 2 or len(signs) != 1 or [place.at for place in places] != list(range(template.numbers or 0)):
        return None
    (sign,) = signs
    if sign.strip() not in {"+", "*", ","}:
        return None
    before, after = str(template.parts[0]), str(template.parts[-1])
    counted = _COUNTED.fullmatch(after)
    if counted and int(counted[1]) == template.numbers:
        after = after.replace(counted[1], str(len(values)))
    inserted = [part for at in range(len(values)) for part in (Slot("number", at), sign)][:-1]
    return _filled([before, *inserted, after], {"number": values})
