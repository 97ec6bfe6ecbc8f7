"""``Copied``: the texts and numbers of a JSON value come from a text, such as the question.

A small model that writes values freely misspells them and makes them up. If it only chooses which words and which
number, it does neither. Texts are phrases: runs of words without a sign or one of the most frequent words in between.
A list goes through the text from left to right. Numbers, dates and times are those of the text.
Knows texts and schemas; not models.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from orchestrator.core.numbers import numbers_in
from orchestrator.core.schema.resolved import listed, mapped, types_of
from orchestrator.core.schema.values import faults
from orchestrator.guidance.dates_times import dates_times_in
from orchestrator.guidance.literals import quoted
from orchestrator.guidance.schema_grammar import FORMATS, Anything, Rules, in_limits, in_quotes

MOST_READ = 8_000  # characters of the text; the last ones, because the question is at the end
MOST_WORDS = 800
MOST_ITEMS = 8  # of a list
LONGEST_RUN = 12  # words of a text that must fit a pattern or a length


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the text.

    Attributes:
        whole: The word as it is inside a phrase.
        last: The word as it is at the end of a phrase, without the signs after it.
        goes_on: Whether a phrase may go on after it.
    """

    whole: str
    last: str
    goes_on: bool


class Copied:
    """The values that a text holds.

    Args:
        text: The text.
        forms: The formats that the schema has. Dates and times of these formats are no part of other values. With
            "number", numbers are no texts.
        frequent: Words so frequent that no phrase holds one.
        numbers: The text that the numbers come from, if it is another one.
        brackets: Whether the model's text may contain an opening bracket. If not, it is written as an escape.
    """

    most_items: int | None = MOST_ITEMS

    def __init__(
        self,
        text: str,
        forms: Collection[str] = (),
        frequent: Collection[str] = (),
        *,
        numbers: str = "",
        brackets: bool = True,
    ) -> None:
        self._text = text[-MOST_READ:]
        self._forms = forms
        self._frequent = frequent
        self._other = numbers
        self._free = Anything(brackets=brackets)
        self._brackets = brackets

    def text(self, rules: Rules, schema: Mapping[str, Any]) -> str:
        """Return the expression for a text, with its quotes."""
        form = str(schema.get("format"))
        if found := self._of_form(form):
            return in_quotes(rules, rules.choice(map(self._escaped, found)))
        if form in FORMATS or not self._words:
            return self._free.text(rules, {"maxLength": 80, **schema})
        if _CONSTRAINTS & {*schema}:
            fitting = [run for run in self._runs() if not faults(dict(schema), run)]
            if not fitting:
                return self._free.text(rules, schema)
            return in_quotes(rules, rules.choice(map(self._escaped, fitting)))
        return in_quotes(rules, self._phrase(rules))

    def number(self, rules: Rules, schema: Mapping[str, Any], kind: str) -> str | None:
        """Return the expression for a number; None if there is none in its range."""
        known = self._whole_numbers if kind == "integer" else self._numbers
        own = [value for value in known if in_limits(schema, float(value))]
        return rules.choice(own) if own else self._free.number(rules, schema, kind)

    def chosen(self, texts: Sequence[str]) -> Sequence[str]:
        """Return the choices that the text names, as words or as beginnings of words; all if it names none."""
        return [each for each in texts if self._names(each.strip(_QUOTE))] or texts

    def listed(self, rules: Rules, items: Mapping[str, Any]) -> str | None:
        """Return the expression for a list of phrases in the order of the text; None for a list of anything else."""
        kinds = [kind for kind in types_of(items) if kind != "null"]
        plain = kinds == ["string"] and not (_CONSTRAINTS | {"enum", "format"}) & {*items}
        return self._phrases(rules) if plain and self._words else None

    def parts(self, items: Mapping[str, Any]) -> Sequence[Copied]:
        """Return the parts of the text around each number, if each element needs one; else nothing."""
        if not _needs_number(items):
            return ()
        found = numbers_in(self._plain)
        starts = [0, *(number.end for number in found[:-1])]
        ends = [*(number.start for number in found[1:]), len(self._plain)]
        return [
            Copied(self._plain[start:end], {*self._forms, _NUMBER}, self._frequent, brackets=self._brackets)
            for start, end in zip(starts, ends, strict=False)
        ]

    def _is_number(self, word: str) -> bool:
        return _NUMBER in self._forms and re.fullmatch(r"[-+]?\d[\d.,]*", word) is not None

    def _names(self, choice: str) -> bool:
        return re.search(rf"(?<!\w){re.escape(choice)}", self._text, re.IGNORECASE) is not None

    def _phrase(self, rules: Rules) -> str:
        """Any phrase."""
        following, begins = "", []
        for word in reversed(self._words):
            following = rules.add(self._from(word, "", following))
            begins.append(following)
        return rules.add(" | ".join(dict.fromkeys(reversed(begins))))

    def _from(self, word: _Word, after: str, following: str) -> str:
        """The expression for the rest of a phrase: this word is its last one, or the next one follows."""
        ends = f"{quoted(self._escaped(word.last))}{after}"
        return f"{ends} | {quoted(self._escaped(word.whole) + ' ')} {following}" if word.goes_on and following else ends

    def _phrases(self, rules: Rules) -> str:
        """A list of phrases in the order of the text, each at most once."""
        inside = later = (
            ""  # the rest of a phrase from this word on; a phrase that begins here or later, and what follows
        )
        for word in reversed(self._words):
            after = f' "\\"" (", \\"" {later})?' if later else ' "\\""'
            inside = rules.add(self._from(word, after, inside))
            later = rules.add(f"{inside} | {later}") if later else inside
        return rules.add(f'"[\\"" {later} "]"')

    def _runs(self) -> Iterator[str]:
        for start in range(len(self._words)):
            for end in range(start, min(len(self._words), start + LONGEST_RUN)):
                yield " ".join([*(word.whole for word in self._words[start:end]), self._words[end].last])

    @cached_property
    def _words(self) -> list[_Word]:
        """The words that values are made of. A sign, a frequent word and what has a format of its own part them."""
        found: list[_Word] = []
        for match in re.finditer(r"[^\s·]+", self._plain):
            whole = match[0].lstrip(_BEFORE)
            last = _AFTER.sub("", whole)
            if last.lower() in self._frequent or not re.search(r"\w", last) or self._is_number(last):
                found[-1:] = [replace(each, goes_on=False) for each in found[-1:]]
                continue
            parted = self._plain[match.end() :].lstrip(" ")[:1] in ("·", "\n")
            found.append(_Word(whole, last, goes_on=not parted and (whole == last or bool(_SHORT.fullmatch(whole)))))
        return found[-MOST_WORDS:]

    @cached_property
    def _plain(self) -> str:
        """The text, with dots instead of what has a format of its own."""
        text = self._text
        for each in dates_times_in(text):
            if each.kind in self._forms:
                text = text[: each.start] + "·" * (each.end - each.start) + text[each.end :]
        return text

    @cached_property
    def _numbers(self) -> list[str]:
        """The numbers as JSON writes them, in order, with their signs; a percentage as a share too."""
        text, found = self._other or self._plain, []
        for number in numbers_in(text):
            sign = "-" if _SIGN.search(text[: number.start]) else ""
            found.append(f"{sign}{number.value}")
            if text[number.end :].lstrip()[:1] == "%":
                found.append(repr(round(float(number.value) / 100, 12)))
        return found

    @cached_property
    def _whole_numbers(self) -> list[str]:
        return [re.sub(r"\.0*$", "", value) for value in self._numbers if re.fullmatch(r"-?\d+(?:\.0*)?", value)]

    def _of_form(self, form: str) -> list[str]:
        """The values of a format that the text holds."""
        if form in ("date", "time"):
            return [_iso(each.value) for each in dates_times_in(self._text) if each.kind == form]
        return _FORMS[form].findall(self._text) if form in _FORMS else []

    def _escaped(self, text: str) -> str:
        """Return a text as JSON writes it inside quotes."""
        inside = json.dumps(text, ensure_ascii=False)[1:-1]
        return inside if self._brackets else inside.replace("[", "\\u005b")


_QUOTE = '"'
_NUMBER = "number"
_CONSTRAINTS = {"pattern", "minLength", "maxLength"}
_BEFORE = "\"'([{<“‘«"
_AFTER = re.compile(r"(?:['’]s|[.,;:!?\"')\]}>”’»]+)$")
_SHORT = re.compile(r"[^\W\d_]{1,4}\.")  # an abbreviation: Dr., Prof.
_SIGN = re.compile(r"(?:^|[\s(\[=:])[-−]$|\bminus $", re.IGNORECASE)
_FORMS = {
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "uri": re.compile(r"https?://[^\s<>\"')\]]*[^\s<>\"')\].,;:!?]"),
    "ipv4": re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"),
    "uuid": re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"),
    "date-time": re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?"),
}


def _needs_number(schema: Mapping[str, Any]) -> bool:
    """Whether each object of a schema holds a number."""
    required = [mapped(mapped(schema.get("properties")).get(name)) for name in listed(schema.get("required"))]
    return any(
        set(types_of(each)) <= {"integer", "number"} and types_of(each) and "enum" not in each for each in required
    )


def _iso(expression: str) -> str:
    """Return a date or a time in ISO's form: of ``date(2024, 3, 3)`` or ``datetime(2000, 1, 1, 9, 15)``."""
    parts = [int(part) for part in re.findall(r"\d+", expression)]
    if len(parts) == 3:
        return f"{parts[0]:04}-{parts[1]:02}-{parts[2]:02}"
    return f"{parts[3]:02}:{parts[4]:02}"
