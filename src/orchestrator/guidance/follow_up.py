"""A question of a chat that lacks a number, with the last result as that number: "and half of that?", "times 3".

Whether it is meant so the worked examples decide: it is, where they are clearly nearer to the question with the number
in it, and the likeliest call takes it. English only.
"""

from __future__ import annotations

import re

from orchestrator.guidance.candidates import candidates
from orchestrator.guidance.similarity import Ranking

_NEARER = 0.05  # similarity that the number must add; what is no calculation gains up to .03

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_THAT = re.compile(r"\b(?:that|it|this|the result|the answer)\b(?!['’])", re.IGNORECASE)
_OPENING = re.compile(r"\s*(?:(?:and|now|then|ok|okay|so|what about|how about)\b[\s,]*)*", re.IGNORECASE)
_OPERATOR = re.compile(r"(?:times|plus|minus|(?:divided|multiplied) by|to the power|[-+*/^])", re.IGNORECASE)
_VERB = re.compile(r"(?:(add)|(subtract|take away|deduct))\s+(\S+?)([.?!]*)$", re.IGNORECASE)


def meant(ranking: Ranking, last: str) -> Ranking:
    """The ranking of the question, completed with the result ``last`` if the question asks for that."""
    full = ranking.of(completed(ranking.question, last))
    if full is ranking or max(full.similarities, default=0.0) < max(ranking.similarities, default=0.0) + _NEARER:
        return ranking
    found = candidates(full)
    likeliest = max(found.tools, key=found.tools.__getitem__, default="")
    taken = next((call.argument for call in found.calls if call.tool == likeliest), None)
    return full if isinstance(taken, str) and last.removeprefix("-") in taken else ranking


def completed(question: str, last: str) -> str:
    """With ``last``, where that is a number, in the place of "that", or where an operation lacks one."""
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
