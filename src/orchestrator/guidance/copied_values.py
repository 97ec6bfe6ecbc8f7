"""``Copied``: the texts and numbers of a JSON value come from a text, such as the question.

A small model that writes values freely misspells them and makes them up. If it only chooses which words and which
number, it does neither. Texts are runs of the text's words. Numbers, dates and times are those of the text.
Knows texts and schemas; not models.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from orchestrator.core.schema.values import faults
from orchestrator.guidance.dates_times import dates_times_in
from orchestrator.guidance.grammar import quoted
from orchestrator.guidance.numbers import numbers_in
from orchestrator.guidance.schema_grammar import FORMATS, Anything, Rules, in_limits, in_quotes

MOST_READ = 8_000  # characters of the text; the last ones, because the question is at the end
MOST_WORDS = 800
MOST_ITEMS = 8  # of a list
LONGEST_RUN = 12  # words of a text that must fit a pattern or a length


class Copied:
    """The values that a text holds.

    Args:
        text: The text.
        brackets: Whether the model's text may contain an opening bracket. If not, it is written as an escape.
    """

    most_items: int | None = MOST_ITEMS

    def __init__(self, text: str, *, brackets: bool = True) -> None:
        self._text = text[-MOST_READ:]
        self._free = Anything(brackets=brackets)
        self._brackets = brackets

    def text(self, rules: Rules, schema: Mapping[str, Any]) -> str:
        """Return the expression for a text, with its quotes."""
        form = str(schema.get("format"))
        if found := self._of_form(form):
            return in_quotes(rules, rules.choice(map(self._escaped, found)))
        if form in FORMATS or not self._words:
            return self._free.text(rules, {"maxLength": 80, **schema})
        if {"pattern", "minLength", "maxLength"} & {*schema}:
            fitting = [run for run in self._runs() if not faults(dict(schema), run)]
            return (
                in_quotes(rules, rules.choice(map(self._escaped, fitting)))
                if fitting
                else self._free.text(rules, schema)
            )
        return in_quotes(rules, self._any_run(rules))

    def number(self, rules: Rules, schema: Mapping[str, Any], kind: str) -> str | None:
        """Return the expression for a number; None if there is none in its range."""
        known = self._whole_numbers if kind == "integer" else self._numbers
        own = [value for value in known if in_limits(schema, float(value))]
        return rules.choice(own) if own else self._free.number(rules, schema, kind)

    def _any_run(self, rules: Rules) -> str:
        """Any run of words: a word is the last one, without the signs after it, or the next one follows."""
        following = ""
        begins = []
        for whole, last in reversed(self._words):
            more = f" | {quoted(self._escaped(whole) + ' ')} {following}" if following else ""
            following = rules.add(f"{quoted(self._escaped(last))}{more}")
            begins.append(following)
        return rules.add(" | ".join(dict.fromkeys(reversed(begins))))

    def _runs(self) -> Iterator[str]:
        for start in range(len(self._words)):
            for end in range(start, min(len(self._words), start + LONGEST_RUN)):
                yield " ".join([*(whole for whole, _ in self._words[start:end]), self._words[end][1]])

    @cached_property
    def _words(self) -> list[tuple[str, str]]:
        """The words of the text: each as it is inside a run, and as it is at the end of one."""
        found = []
        for match in re.finditer(r"\S+", self._text):
            whole = match[0].lstrip(_BEFORE) or match[0]
            found.append((whole, _AFTER.sub("", whole) or whole))
        return found[-MOST_WORDS:]

    @cached_property
    def _numbers(self) -> list[str]:
        """The numbers as JSON writes them, in order, with their signs; a percentage as a share too."""
        found = []
        for number in numbers_in(self._text):
            sign = "-" if _SIGN.search(self._text, 0, number.start) else ""
            found.append(f"{sign}{number.value}")
            if self._text[number.end :].lstrip()[:1] == "%":
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


_BEFORE = "\"'([{<“‘«"
_AFTER = re.compile(r"(?:['’]s|[.,;:!?\"')\]}>”’»]+)$")
_SIGN = re.compile(r"(?:^|[\s(\[=:])[-−]$")
_FORMS = {
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "uri": re.compile(r"https?://[^\s<>\"')\]]*[^\s<>\"')\].,;:!?]"),
    "ipv4": re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"),
    "uuid": re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"),
    "date-time": re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?"),
}


def _iso(expression: str) -> str:
    """Return a date or a time in ISO's form. The expression is ``date(2024, 3, 3)`` or ``datetime(2000, 1, 1, 9, 15)``."""
    parts = [int(part) for part in re.findall(r"\d+", expression)]
    if len(parts) == 3:
        return f"{parts[0]:04}-{parts[1]:02}-{parts[2]:02}"
    return f"{parts[3]:02}:{parts[4]:02}"
