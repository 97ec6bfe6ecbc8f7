r"""Finds the parts of a text that state its answer. Knows words; not numbers, choices or what is right.

A model states an answer in a box, after a mark or a cue ("#### 7", "The answer is 7", "I would pick B", "no, it is 7"),
before a cue ("7 is the answer"), or it just ends with it. What comes after the answer, such as the next question that a
base model goes on with, states nothing. The scorers find a number, a choice or a text in these parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from orchestrator.core.syntax import without_thinking
from orchestrator.evals.latex import unwrapped
from orchestrator.evals.lists import ticked, without_bullets
from orchestrator.evals.notes import without_notes

_RUN_ON = re.compile(  # a line such as "Question 2:", or the mark of a chat template
    r"""
    ^[ \t#>*\[_-]* (?:(?:next|new|another|follow-up)\s+)?
        (?:question|problem|exercise|puzzle|human|user|instruction|input|q) (?:\s*\d+|\s+\#\d+)?
        \s* (?:\*\*)? \s* (?: [:\]] | [.)](?=\s|$) | (?<=\d)$ )
    | <\|[\w ]{1,30}\|> | <｜[^｜]{1,30}｜> | </s> | <(?:end|start)_of_turn> | \[/?INST\]
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_HASHES = re.compile(  # "#### 7", "#### B" or a last line, but no heading such as "#### 1. The cats" or "#### Step 1"
    r"""
    \#{4}[ \t]* (?:
        (?=[^\w\n]{0,4}\d[^\n]{0,40}$) (?![ \t]*\d+[.):][ \t]+[A-Za-z])
        | (?=\W{0,3}[A-Za-z]\W{0,3}$)
        | (?=\S[^\n]*\s*\Z)
    )
    """,
    re.MULTILINE | re.VERBOSE,
)
_CUE = re.compile(
    r"""
    (?<!to\ ) (?<!n't\ ) (?<!not\ ) (?<!cannot\ )  # "the answer is", "correct option:"; no verb, as in "to answer"
        \b (?: answer | (?:correct|right|best|final|my)\s+(?:option|choice|letter|pick|guess|result|solution|one) ) \b
        [^.\n:=?]{0,80}?
        (?: \b(?:is|was|are|(?:would|must|should|will|has\ to)\ be)\b (?!\s+(?:correct|right|wrong|in)\b) | [:=→] )
        \s*:?
    | ^[^\w\n]*(?:final\s+)?answer\W* (?: [:=–—-] | (?=\(?[A-Z]\)?\W*$) )
    | \b(?:I|we|let'?s) (?:'d|'ll|\s+would|\s+will|\s+must|\s+should|\s+am\s+going\s+to)?  # "I would pick"
        (?:\s+(?:therefore|thus|definitely|have\s+to))?
        \s+(?:pick|choose|select|chose|opt\s+for|go(?:ing)?\s+with|went\s+with|vote\s+for|prefer|say)\b
        (?!\s+(?:between|from|the\s+(?:one|best))) \s*:?
    | (?: \b(?:wait|actually|correction|oops|sorry|hmm|scratch\s+that)\b\W*(?:no\b\W*)?  # "wait, it is 6"
        | (?:\.{2,}|[…—–,.!?])\s*(?:no|or\s+rather|I\s+mean)\b\W* )  # "5... no, 6."
        (?: (?:it|that|there|this)\s*(?:'s|\s(?:is|are|should\s+be|must\s+be))\s+
          | I\s+meant?\s+ | make\s+(?:it|that)\s+
          | (?=\W{0,2}(?:\d[\d,.]*(?:\s\w+){0,2}|(?-i:[A-Z]))\W{0,2}\s*(?:[.!]|$)) )
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_CUE_AFTER = re.compile(  # "D is the answer"
    r"""
    (?P<said> (?:^|(?<=[.!?\n]))[^.!?\n]{1,80}? | \b[A-Z] | \([A-Z]\) )
    \s*,?\s+\b(?:is|was|must\ be|would\ be)\s+
    (?:the|my|your)\s+(?:\w+\s+)?(?:answer|choice|option|pick|one)\b (?!\s+(?:that|if))
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HEADING = re.compile(r"\W*(?:final\s+)?answer\W*[:=]", re.IGNORECASE)
_WORKING = re.compile(r"\W*[A-Za-z]{2}\S*(?:\s+[^\s.!?]+){4,}[.!?]\s+\S|\W*(?:let['’]s|first)\b", re.IGNORECASE)
_SUPPOSED = re.compile(
    r"\b(?:if|unless|whether|suppose|assum\w+|say|claim\w*|think\w*)(?:\s+that)?(?:\s+the)?\s*$", re.IGNORECASE
)
_TAKEN_BACK = re.compile(
    r"""
    \b(?:wait|actually|hmm|oops|sorry|correction)\b [^.!?\n]{0,40}
        \b(?:no|wrong|incorrect|not\ (?:right|correct)|mistake|error|miscounted|forgot)\b
    | \bI\ (?:made|see)\ (?:a|an|my)\ (?:\w+\ )?(?:mistake|error)\b | \bscratch\ that\b | \blet\ me\ correct\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_FINAL = re.compile(r"\bfinal\s+answer\s*(?:is\b|:)", re.IGNORECASE)
_BOXED = re.compile(r"\\{1,2}(?:boxed|fbox)\s*\{")
_BOXES_READ, _BOX_LENGTH, _CUES_READ = 20, 2_000, 50  # boxes, characters, cues: limits for hostile texts
_JOINT = re.compile(r"[\s$,;\\(){}\[\]]*(?:(?:and|or|q?quad|text\w*)[\s$,;\\(){}\[\]]*)*")
_MARKS = " \t\r\n*_`\"'“”‘’$"


@dataclass(frozen=True, slots=True)
class Statement:
    """A part of a text that states an answer.

    Attributes:
        text: The part.
        kind: ``box``: the whole part is the answer. ``after``: the answer comes first, after a cue. ``worked``: the
            answer is after "Answer:", at the end of several sentences. ``before``: it is last, before a cue. ``rest``:
            there is no cue; the answer is probably last.
    """

    text: str
    kind: Literal["box", "after", "worked", "before", "rest"]


def statements(text: str) -> Iterator[Statement]:
    """Yield the parts of a text that may state its answer, the best evidence first.

    A text in several parts, because questions follow the answer, is read part by part. What comes after "wait, no" is
    read before the rest. A box is better than "####", which is better than a cue. The last cue is better than others.
    The whole part is yielded only if it has none of them.
    """
    for part in _parts(plain(text)):
        retractions = list(_TAKEN_BACK.finditer(part))
        if retractions:
            yield from _of_part(part[retractions[-1].end() :])
        yield from _of_part(part)


def stated(text: str) -> tuple[str, bool]:
    """Find the part of a text that states the answer.

    Returns:
        The part, and whether a cue marks it. Without a cue it is the whole text.
    """
    for statement in statements(text):
        if statement.text.strip(_MARKS + "."):
            return unwrapped(statement.text), statement.kind != "rest"
    return "", False


def gold_text(gold: str) -> str:
    """Return what a gold answer says: what is in its box, if it is a whole solution with a box."""
    box = boxed(gold)
    return gold if box is None else box


def plain(text: str) -> str:
    """Return a text without thinking, notes, and Markdown's emphasis and bullets; of a ticked list what is ticked."""
    return without_notes(without_bullets(ticked(without_thinking(text).replace("**", ""))))


def stripped(text: str) -> str:
    """Return a text without the marks around it: quotes, emphasis, a last full stop."""
    return text.strip(_MARKS).rstrip(".!").strip(_MARKS)


def folded(text: str) -> str:
    """Return a form in which texts with the same words are equal: marks, capitals and white space do not count."""
    return " ".join(stripped(text).casefold().split())


def _parts(text: str) -> list[str]:
    """The text up to the next question, and each question after it. Empty parts are left out."""
    starts = [match.start() for match in _RUN_ON.finditer(text)]
    pieces = [text[start:end] for start, end in zip([0, *starts], [*starts, len(text)], strict=True)]
    return [piece for piece in pieces if _RUN_ON.sub("", piece, count=1).strip()]


def _of_part(text: str) -> Iterator[Statement]:
    explicit = False
    for statement in _explicit(text):
        explicit = True
        yield statement
    if not explicit:
        yield Statement(text, "rest")


def _explicit(text: str) -> Iterator[Statement]:
    """The box, or else the cues. A "final answer" after the box is better than it."""
    box = boxed(text)
    if box is None or _FINAL.search(text, text.rfind("boxed")):
        yield from _cued(text)
    if box is not None:
        yield Statement(box, "box")


def _cued(text: str) -> Iterator[Statement]:
    marks = list(_HASHES.finditer(text))
    if marks:  # the first one ends the answer, what follows is another question
        yield Statement(text[marks[0].end() :], "after")
    for cue in reversed(list(_CUE.finditer(text))[-_CUES_READ:]):
        if not _is_supposed(text, cue):
            worked = _HEADING.fullmatch(cue[0].strip()) and _WORKING.match(text, cue.end())
            yield Statement(text[cue.end() :], "worked" if worked else "after")
    for cue in reversed(list(_CUE_AFTER.finditer(text))[-_CUES_READ:]):
        if not _is_supposed(text, cue):
            yield Statement(cue["said"], "before")


def _is_supposed(text: str, cue: re.Match[str]) -> bool:
    return _SUPPOSED.search(text[max(0, cue.start() - 30) : cue.start()]) is not None


def boxed(text: str) -> str | None:
    r"""Return what is in the last ``\boxed{…}``; None without one.

    If only "and" or a comma is between the last boxes, they are one answer: "1, 2".
    """
    found: list[tuple[int, int, int]] = []  # start, start and end of the content
    for opening in list(_BOXED.finditer(text))[-_BOXES_READ:]:
        end = _closing(text, opening.end())
        if end is not None:
            found.append((opening.start(), opening.end(), end))
    if not found:
        return None
    contents, begin = [text[found[-1][1] : found[-1][2]]], found[-1][0]
    for start, inside, end in reversed(found[:-1]):
        if not _JOINT.fullmatch(text[end + 1 : begin][:100]):
            break
        contents, begin = [text[inside:end], *contents], start
    return ", ".join(dict.fromkeys(contents))


def _closing(text: str, start: int) -> int | None:
    depth = 1
    for at in range(start, min(len(text), start + _BOX_LENGTH)):
        depth += (text[at] == "{") - (text[at] == "}")
        if not depth:
            return at
    return None
