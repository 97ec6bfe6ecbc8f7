"""Finds the part of a text that states its answer. Knows words; not numbers, choices or what is right.

Models state an answer after a cue ("The answer is …", "Answer: …", "#### …", LaTeX's boxed), correct one ("wait, …",
"not 5 but 6"), or end with it. The scorers find a number, a choice or a text in that part.
"""

from __future__ import annotations

import re

from orchestrator.core.syntax import without_thinking

_CUE = re.compile(
    r"####\s*"
    r"|\b(?:the|my|your|so|thus|final|correct|right)\s+(?:final\s+|correct\s+|right\s+)?answer\b[^.\n:=]{0,80}?"
    r"(?:\bis\b|\bwould be\b|\bmust be\b|:|=)\s*:?\s*"
    r"|^\W*(?:final\s+)?answer\W*[:=]\s*",
    re.IGNORECASE | re.MULTILINE,
)
_TAKEN_BACK = re.compile(
    r"\b(?:wait|actually|correction|no,)\b|\b(?:is not|isn't|not)\s+[^.\n]{1,60}?\b(?:but|it is|it's)\b", re.IGNORECASE
)
_BOXED = re.compile(r"\\(?:boxed|fbox)\s*\{")
_WRAPPED = re.compile(r"\\(?:text|mathrm|textbf|mathbf)\s*\{([^{}]*)\}")
_BOXES_READ, _BOX_LENGTH = 20, 2_000  # boxes, characters: a limit for hostile texts
_MARKS = " \t\r\n*_`\"'“”‘’$"


def stated(text: str) -> tuple[str, bool]:
    """Find the part of a text that states the answer.

    Returns:
        The part, and whether a cue marks it. Without a cue it is the whole text.
    """
    text = plain(text)
    box = _last_boxed(text)
    if box is not None:
        return box, True
    cues = [cue for cue in _CUE.finditer(text) if text[cue.end() :].strip(_MARKS + ".")]
    found = text[cues[-1].end() :] if cues else text
    return after_corrections(found), bool(cues)


def after_corrections(text: str) -> str:
    """Return the text after the last "wait", "actually" or "not … but", or the whole text if nothing follows."""
    for correction in reversed(list(_TAKEN_BACK.finditer(text))):
        rest = text[correction.end() :]
        if re.search(r"\w", rest):
            return rest
    return text


def plain(text: str) -> str:
    """Return a text without thinking, Markdown's emphasis and LaTeX's wrapping."""
    text = without_thinking(text)
    text = _WRAPPED.sub(r"\1", text)
    return text.replace("**", "").replace("\\(", "").replace("\\)", "").replace("\\[", "").replace("\\]", "")


def stripped(text: str) -> str:
    """Return a text without the marks around it: quotes, emphasis, a last full stop."""
    return text.strip(_MARKS).rstrip(".!").strip(_MARKS)


def folded(text: str) -> str:
    """Return a form in which texts with the same words are equal: marks, capitals and white space do not count."""
    return " ".join(stripped(text).casefold().split())


def _last_boxed(text: str) -> str | None:
    for opening in reversed(list(_BOXED.finditer(text))[-_BOXES_READ:]):
        depth = 1
        for at in range(opening.end(), min(len(text), opening.end() + _BOX_LENGTH)):
            depth += (text[at] == "{") - (text[at] == "}")
            if not depth:
                return text[opening.end() : at]
    return None
