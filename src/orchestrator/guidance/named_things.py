"""Names, quoted texts, identifiers and dates of a question, each as one thing that a value is copied from whole.

New York City, 'abc def', anna@example.com, March 3, 2024.

A name is a run of words with a capital, a digit or nothing but signs of names between them; the first word of a
sentence is only part of a name if the next one is. Text in, positions out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from orchestrator.guidance.dates_times import DATE, dates_times_in

_QUOTES = re.compile(
    r"(?<!\w)(?:\"([^\"]+)\"|'((?:[^']|(?<=\w)'(?=\w))+)'|“([^”]+)”|‘((?:[^’]|(?<=\w)’(?=\w))+)’|«([^»]+)»|`([^`]+)`|「([^」]+)」)(?!\w)"
)
_CAPITAL = r"[^\W\d_a-z](?:[\w&'’./-]*\w)?(?:(?<=\b\w)\.|(?<=\.\w)\.|(?<=\b[^\W\d_a-z][a-z])\.)?"
_NAME = re.compile(
    rf"(?<![\w'’]){_CAPITAL}(?:[ -](?:(?:of|the|de|la|le|du|da|di|von|van|der|&) )*(?:{_CAPITAL}|\d+(?![\w.:/%])))*"
)
_ID = re.compile(
    r"""
      \w*[^\W\d]\w*\d[\w-]*                                        # rs6034464
    | (?=\S*\d)(?=\S*[A-Z])\w+(?:-\w+)+ | \#(?=\S*[^\W\d])[\w-]+    # 22-CV-4187, #3A7BD5
    | (?=\S*[^\W\d_])\S*\w(?:[@_\\/:\#]|\.(?=\w{2}))\S*\w            # anna@example.com, report_2.pdf
    | \d+(?:-\d+){2,} | \d\d?:\d\d(?::\d\d)? | \d+(?:\.\d+){3}        # 503-555-0148, 14:30, 203.0.113.44
    """,
    re.VERBOSE,
)
_QUOTED_WHOLE = re.compile(r"\s*\"[^\"]*\"\s*|\s*“[^”]*”\s*")
_QUANTITY = re.compile(r"[\d.,]+[^\W\d]*")
_AROUND = ".,;:!?()[]<>{}\"'"
_DATE = re.compile(r"date\((\d+), (\d+), (\d+)\)")
_YEAR = re.compile(r"\d{4}")
_LISTED = re.compile(r",? (?:and |or |& )?|, ?")
_SENTENCE = re.compile(r"(?:^|[.!?:\n])\s*[\"'“‘(]*$")


Kind = Literal["quote", "identifier", "name", "date"]


@dataclass(frozen=True, slots=True)
class Thing:
    """A name, a quoted text, an identifier or a date.

    Attributes:
        text: The text, without quotes.
        start: The position of its first character, or of its opening quote.
        end: The position after its last character, or after its closing quote.
        kind: What it is.
        also: Another way to write it: a date as 2024-03-03; "" if there is none.
    """

    text: str
    start: int
    end: int
    kind: Kind
    also: str = ""

    @property
    def is_closed(self) -> bool:
        """Whether no word can follow in the same value."""
        return self.kind != "name" or self.text.endswith(("'s", "’s"))


def named_things(text: str) -> list[Thing]:
    """Return the things of a text, in order. They do not overlap."""
    found: list[Thing] = []
    rest = text
    for finder in (_quotes, _dates, _identifiers, _names):
        for thing in finder(rest):
            found.append(thing)
            rest = f"{rest[: thing.start]}{' ' * (thing.end - thing.start)}{rest[thing.end :]}"
    return _joined(sorted(found, key=lambda each: each.start), text)


def _quotes(text: str) -> list[Thing]:
    if _QUOTED_WHOLE.fullmatch(text):
        return []
    found = [(match, next(filter(None, match.groups())).strip()) for match in _QUOTES.finditer(text)]
    return [Thing(inside, *match.span(), "quote") for match, inside in found if inside]


def _dates(text: str) -> list[Thing]:
    return [
        Thing(said, each.start, each.end, "date", _iso(each.value) if _YEAR.search(said) else "")
        for each in dates_times_in(text)
        if each.kind == DATE and (said := text[each.start : each.end])
    ]


def _iso(expression: str) -> str:
    found = _DATE.fullmatch(expression)
    return f"{found[1]:0>4}-{found[2]:0>2}-{found[3]:0>2}" if found else ""


def _identifiers(text: str) -> list[Thing]:
    found = []
    for match in re.finditer(r"\S+", text):
        bare = match[0].strip(_AROUND)
        if _ID.fullmatch(bare) and not _QUANTITY.fullmatch(bare):
            start = match.start() + match[0].find(bare)
            found.append(Thing(bare, start, start + len(bare), "identifier"))
    return found


def _names(text: str) -> list[Thing]:
    found = []
    for match in _NAME.finditer(text):
        first, _, rest = match[0].partition(" ")
        start, name = match.start(), match[0]
        if _SENTENCE.search(text[:start]) and first[1:] == first[1:].lower():
            start, name = start + len(first) + 1, rest
        if name[:1].isupper() and name != "I":
            found.append(Thing(name, start, start + len(name), "name"))
    return found


def _joined(things: Sequence[Thing], text: str) -> list[Thing]:
    """Two names with a comma between them are one thing: Paris, France. More of them are a list."""
    found: list[Thing] = []
    at = 0
    while at < len(things):
        run = [things[at]]
        while at + len(run) < len(things) and _LISTED.fullmatch(text[run[-1].end : things[at + len(run)].start]):
            run.append(things[at + len(run)])
        at += len(run)
        if len(run) == 2 and {each.kind for each in run} == {"name"} and text[run[0].end : run[1].start] == ", ":
            run = [Thing(text[run[0].start : run[1].end], run[0].start, run[1].end, "name")]
        found += run
    return _with_numbers(found, text)


def _with_numbers(things: Sequence[Thing], text: str) -> list[Thing]:
    """A name goes on with an identifier right after it: Yamaha P125."""
    found: list[Thing] = []
    for thing in things:
        last = found[-1] if found else None
        if last and (last.kind, thing.kind) == ("name", "identifier") and text[last.end : thing.start] == " ":
            found[-1] = Thing(f"{last.text} {thing.text}", last.start, thing.end, "name")
        else:
            found.append(thing)
    return found
