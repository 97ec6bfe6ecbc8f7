"""Completes a question of a chat that lacks a number with the last result: "and half of that?", "times 3".

The few-shot examples decide whether the question means that. It does if they are clearly more similar to the question
with the number in it, and the most likely call uses the number. English only.
"""

from __future__ import annotations

import re

from orchestrator.guidance.candidates import candidates
from orchestrator.guidance.similarity import Ranking

_NEARER = 0.05  # similarity that the number must add; a question that is no calculation gains up to 0.03

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_THAT = re.compile(r"\b(?:that|it|this|the result|the answer)\b(?!['’])", re.IGNORECASE)
_OPENING = re.compile(r"\s*(?:(?:and|now|then|ok|okay|so|what about|how about)\b[\s,]*)*", re.IGNORECASE)
_OPERATOR = re.compile(r"(?:times|plus|minus|(?:divided|multiplied) by|to the power|[-+*/^])", re.IGNORECASE)
_VERB = re.compile(r"(?:(add)|(subtract|take away|deduct))\s+(\S+?)([.?!]*)$", re.IGNORECASE)


def meant(ranking: Ranking, last: str) -> Ranking:
    """Return the ranking of the question, completed with the last result if the question means it.

    Args:
        ranking: The question, and the examples ranked for it.
        last: The last result of the conversation; "" if there is none.
    """
    full = ranking.of(completed(ranking.question, last))
    if full is ranking or max(full.similarities, default=0.0) < max(ranking.similarities, default=0.0) + _NEARER:
        return ranking
    found = candidates(full)
    likeliest = max(found.tools, key=found.tools.__getitem__, default="")
    taken = next((call.argument for call in found.calls if call.tool == likeliest), None)
    return full if isinstance(taken, str) and last.removeprefix("-") in taken else ranking


def completed(question: str, last: str) -> str:
    """Return the question with the last result in place of "that", or before or after an operation that lacks a number.

    Args:
        question: The question.
        last: The last result. If it is not a number, the question is returned unchanged.
    """
    if not _NUMBER.fullmatch(last):
        return question
    rest = _OPENING.sub("", question, count=1)
    if _THAT.search(rest):
        return _THAT.sub(last, rest, count=1)
    if _OPERATOR.match(rest):
        return f"{last} {rest}"
    if verb := _VERB.fullmatch(rest):
        return f"{verb[1] or verb[2]} {verb[3]} {'to' if verb[1] else 'from'} {last}{verb[4]}"
    return question
