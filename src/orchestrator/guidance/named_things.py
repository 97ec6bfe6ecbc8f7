"""Names and quoted texts of a question, each as one thing that a value is copied from whole: New York City, 'abc def'.

A name is a run of words with a capital, a digit or nothing but signs of names between them; the first word of a
sentence is only part of a name if the next one is. Text in, positions out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_QUOTES = re.compile(
    r"(?<!\w)(?:\"([^\"]+)\"|'((?:[^']|(?<=\w)'(?=\w))+)'|“([^”]+)”|‘((?:[^’]|(?<=\w)’(?=\w))+)’|«([^»]+)»|`([^`]+)`|「([^」]+)」)(?!\w)"
)
_CAPITAL = r"[^\W\d_a-z](?:[\w&'’./-]*[\w])?\.?"
_NAME = re.compile(rf"(?<![\w'’]){_CAPITAL}(?:[ -](?:(?:of|the|de|la|le|du|da|di|von|van|der|&) )*(?:{_CAPITAL}|\d+(?![\w.:/%])))*")
_SENTENCE = re.compile(r"(?:^|[.!?:\n])\s*[\"'“‘(]*$")


@dataclass(frozen=True, slots=True)
class Thing:
    """A name or a quoted text.

    Attributes:
        text: The text, without quotes.
        start: The position of its first character, or of its opening quote.
        end: The position after its last character, or after its closing quote.
        is_quoted: Whether it is in quotes.
    """

    text: str
    start: int
    end: int
    is_quoted: bool


def named_things(text: str) -> list[Thing]:
    """Return the names and quoted texts of a text, in order. They do not overlap."""
    quoted = [
        Thing(next(filter(None, match.groups())).strip(), match.start(), match.end(), is_quoted=True)
        for match in _QUOTES.finditer(text)
    ]
    outside = list(text)
    for each in quoted:
        outside[each.start : each.end] = " " * (each.end - each.start)
    names = [thing for match in _NAME.finditer("".join(outside)) if (thing := _name(text, match))]
    return sorted([*(each for each in quoted if each.text), *names], key=lambda each: each.start)


def _name(text: str, match: re.Match[str]) -> Thing | None:
    """The name; None if there is none but the capital at the beginning of a sentence."""
    first, _, rest = match[0].partition(" ")
    start, found = match.start(), match[0]
    if _SENTENCE.search(text[:start]) and first[1:] == first[1:].lower():
        start, found = start + len(first) + 1, rest
    if not found[:1].isupper() or found == "I":
        return None
    return Thing(found.rstrip("."), start, start + len(found), is_quoted=False)
