"""Finds the choices that a text names: by letter, "(B)", "B", "option b", or by words. Knows no statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from string import ascii_uppercase

from orchestrator.evals.extract import folded, stripped
from orchestrator.evals.latex import plain_math

_LABEL = re.compile(r"\s*(?:\(([A-Za-z])\)|([A-Z])[).:])\s*")
_AFTER = r"""(?=
    \s*(?:[().:,;!?*\]"/&+<`_–—]|['’](?!s\b)|$) | \s+-\s
    | \s+(?:because|since|as|is|was|are|were|which|and|or|nor|with|but|not|isn['’]t|aren['’]t|seems?|looks?|over|rather
        |instead|can(?:not|['’]t)|must|would|does|do|fits?|wins|works)\b
)"""
_LETTER = re.compile(
    rf"""
    \(\s*([A-Za-z])\s*\)
    | \b(?:[Oo]ption|[Cc]hoice|[Ll]etter)\s+([A-Z])\b
    | (?<![^\W_])(?<!-)(?<!\w['’])([A-Z]){_AFTER}  # "A mammal" names no choice
    | (?:\b(?:[Oo]ption|[Cc]hoice|[Ll]etter|[Aa]nswer|[Ss]o|is|with|pick|choose|select)\s+|^[^\w\n]*)
      ([a-z])(?=[^\w\n]*$|[).:](?:\s|$))
    """,
    re.MULTILINE | re.VERBOSE,
)
_JOIN = re.compile(
    r"[)\s*\"'’]*(?:,\s*)?(?P<word>and|or|nor|&|/|\+|,)\s*(?:(?:also|possibly|maybe|both|(?:option|choice)s?)\s+)*[(*\"'‘]*",
    re.IGNORECASE,
)
_SAME = re.compile(r"[\s).:,;*(\"'–—-]*(?:is\s+)?[\s*(\"']*")
_DENIED_BEFORE = re.compile(
    r"""
    (?:\b(?:not|cannot|never|neither|nor|rather\ than|instead\ of|unlike|none\ of)
      |n['’]t|\b(?:rul|exclud|eliminat|reject)\w*(?:\s+out)?)
    \s+(?:be\s+|the\s+|an?\s+)*(?:(?:option|choice|answer|letter)s?\s+)?[("'*]*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DENIED_AFTER = re.compile(
    r"""
    [)\s*"'’]* (?:
        \?\s+\w  # "A? No, B."
        | (?:is|are|was|were|do|does|can|could|would|must)(?:n['’]t|not|\s+not)\b
        | (?:is|are|was|were|seems?|looks?|can\s+be|must\s+be)\s+(?:(?:all|both|clearly|also|obviously|simply|just)\s+)*
          (?:wrong|incorrect|false|impossible|eliminated|excluded|ruled|out|too)\b
        | [:–—-]\s*(?:wrong|incorrect|false)\b
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Choices that a text names at one place.

    Attributes:
        start: Where the mention begins.
        end: Where it ends.
        letters: The letter of the choice; several for "A and B".
        joined: Whether the choices are joined by "and" or "or".
    """

    start: int
    end: int
    letters: str
    joined: bool = False


def mentions(text: str, choices: tuple[str, ...]) -> list[Mention]:
    """Return the choices that a text names, in their order, without those that it denies.

    Args:
        text: The text, as ``latex.plain_math`` gives it.
        choices: The choices, with or without their letters. Without choices, every letter is one.
    """
    found = _grouped(text, sorted(_each(text, choices), key=lambda each: each.start))
    return [each for each in found if not _denied(text, each)]


def labelled(gold: str, choices: tuple[str, ...]) -> str:
    """Return the letter of a gold answer: "(B)", the words of a choice, "B" or "B. words"; "" if it is none."""
    bracketed = re.fullmatch(r"\s*\(\s*([A-Za-z])\s*\)\s*", gold)
    same = [letter for letter, choice in _lettered(choices) if folded(plain_math(gold)) == folded(choice)]
    label = re.match(r"\s*\(?([A-Za-z])\)?\s*(?:[).:]|$)", gold)
    if bracketed or not same:
        found = bracketed or label
        within = {each.letters for each in mentions(plain_math(gold), choices)}
        return found[1].upper() if found else within.pop() if len(within) == 1 else ""
    return same[0] if len(same) == 1 else ""


def _each(text: str, choices: tuple[str, ...]) -> Iterator[Mention]:
    words = list(_by_words(text, choices))
    covered = {at for each in words for at in range(each.start, each.end)}
    yield from words
    known = ascii_uppercase[: len(choices)] if choices else ascii_uppercase
    for match in _LETTER.finditer(text):
        at = match.lastindex or 0
        letter, start, end = match[at].upper(), match.start(at), match.end(at)
        if letter in known and start not in covered:
            yield Mention(start, end, letter)


def _by_words(text: str, choices: tuple[str, ...]) -> Iterator[Mention]:
    found = [
        Mention(match.start(), match.end(), letter)
        for letter, choice in _lettered(choices)
        for match in _pattern(choice).finditer(text)
    ]
    read_to = 0
    for each in sorted(found, key=lambda each: (each.start, -each.end)):
        if each.end > read_to:  # "not plausible" contains "plausible": the longer choice is meant
            yield each
        read_to = max(read_to, each.end)


def _lettered(choices: tuple[str, ...]) -> list[tuple[str, str]]:
    words = [stripped(plain_math(_LABEL.sub("", choice, count=1) or choice)) for choice in choices]
    return [pair for pair in zip(ascii_uppercase, words, strict=False) if pair[1]]


def _pattern(choice: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in choice.split())
    before = r"(?<![\w.,-])" if choice[0].isdecimal() else r"(?<!\w)"
    return re.compile(rf"{before}{words}(?!\w|[.,]\d)", re.IGNORECASE)


def _grouped(text: str, found: list[Mention]) -> list[Mention]:
    """Make one mention of "A, B and C", and one of "B) Rome"."""
    groups: list[Mention] = []
    for each in reversed(found):
        merged = _merged(text, each, groups[-1]) if groups else None
        if merged:
            groups.pop()
        groups.append(merged or each)
    return groups[::-1]


def _merged(text: str, one: Mention, other: Mention) -> Mention | None:
    bare = one.end - one.start == other.end - other.start == 1  # "A or B, B is best" names B once more
    if one.letters == other.letters and not bare and _SAME.fullmatch(text, one.end, other.start):
        return replace(other, start=one.start)
    join = _JOIN.fullmatch(text, one.end, other.start)
    if not join or (join["word"] == "," and not other.joined):
        return None
    letters = "".join(sorted({*one.letters, *other.letters}))
    return Mention(one.start, other.end, letters, joined=True)


def _denied(text: str, found: Mention) -> bool:
    before = text[max(0, found.start - 60) : found.start]
    return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.match(text, found.end))
