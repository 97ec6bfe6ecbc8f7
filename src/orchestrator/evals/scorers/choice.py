"""One of several choices: by its letter, "(B)" or "B", or by its words."""

from __future__ import annotations

import re
from string import ascii_uppercase

from orchestrator.evals.extract import folded, stated, stripped
from orchestrator.evals.scorers._argument import takes_none
from orchestrator.evals.types import Item, Sample, Score, Scorer

_LETTER = re.compile(r"\(\s*([A-Za-z])\s*\)")
_BARE = re.compile(r"(?<![\w'’])([A-Z])(?=\s*(?:[).:,;]|$)|\s+(?:because|since|as|is|which)\b)", re.MULTILINE)
_FIRST = re.compile(r"^\W*(?:option|choice)?\s*([A-Za-z])\s*(?:[).:,;]|$)", re.IGNORECASE | re.MULTILINE)


def create(argument: str = "") -> Scorer:
    """Return the scorer. It takes no argument."""
    takes_none("choice", argument)
    return score


def score(item: Item, sample: Sample) -> Score:
    """Score a sample: the choice that the answer states must be the gold one, a letter or the words of a choice."""
    wanted, found = _choice(item.gold, item.choices), _chosen(sample.answer, item.choices)
    return Score(bool(found) and found == wanted, found)


def _chosen(answer: str, choices: tuple[str, ...]) -> str:
    found, by_cue = stated(answer)
    lines = [line for line in found.splitlines() if stripped(line)]
    if by_cue and lines:
        return _choice(lines[0], choices, first=True) or _choice(found, choices)
    return (_choice(lines[-1], choices) if lines else "") or _choice(found, choices)


def _choice(text: str, choices: tuple[str, ...], *, first: bool = False) -> str:
    """The letter of the choice that a text names, or "".

    It is a letter in brackets (the ``first`` or the last), a bare letter, or the letter of the choice whose words the
    text has. The choices need no letters themselves, such as yes and no.
    """
    lettered = ascii_uppercase[: len(choices)] if choices else ascii_uppercase
    named: list[str] = [match.upper() for match in _LETTER.findall(text) if match.upper() in lettered]
    whole = _by_words(text, choices, whole=True)
    if whole and not named:
        return whole
    bare = _FIRST.findall(text)[:1] or _BARE.findall(text)
    named = named or [letter.upper() for letter in bare if letter.upper() in lettered]
    if named:
        return named[0] if first else named[-1]
    return _by_words(text, choices, whole=False)


def _by_words(text: str, choices: tuple[str, ...], *, whole: bool) -> str:
    said = folded(text)
    if whole:
        found = [at for at, choice in enumerate(choices) if folded(choice) == said]
    else:
        found = [
            at for at, choice in enumerate(choices) if re.search(rf"(?<!\w){re.escape(folded(choice))}(?!\w)", said)
        ]
        # "not plausible" contains "plausible": the longer choice is meant
        found = [at for at in found if not any(_inside(choices[at], choices[other]) for other in found if other != at)]
    return ascii_uppercase[found[0]] if len(found) == 1 and found[0] < len(ascii_uppercase) else ""


def _inside(short: str, long: str) -> bool:
    return folded(short) in folded(long) and len(folded(short)) < len(folded(long))
