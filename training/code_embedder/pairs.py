"""A training pair, and what is a description: the first sentence of a docstring or of a comment above code."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_LINES = 80  # of code in a pair: what the `function` chunker cuts at
MOST_CHARACTERS = 1_500  # of a comment that are looked at
FEWEST_WORDS, MOST_WORDS = 3, 40

_MARKUP = re.compile(r"\{@\w+\s+([^}]*)\}|</?\w+[^>]*>|:\w+:`~?([^`]*)`|[`*_]{2,}|`")
_SENTENCE_END = re.compile(r"(?<=[^A-Z.])[.!?](?:\s|$)|\n\s*\n|\n\s*(?:@|:param|:return|Args:|Parameters|>>>|\\)")
_LEGAL = re.compile(
    r"copyright|licen[cs]e|warrant|eslint|pylint|noqa|generated|todo|fixme|@ts-|coding: |_literal: ", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Pair:
    """What somebody wrote about a piece of code, and the piece without it."""

    description: str
    path: str
    name: str
    code: str


def first_sentence(comment: str, name: str = "") -> str | None:
    """The first sentence of ``comment`` as plain words; None where it says too little, or is of legal kind.

    Go begins a comment with the name of what it describes: ``name`` is dropped there, since it gives the answer away.
    """
    text = _MARKUP.sub(lambda match: match.group(1) or match.group(2) or " ", comment.strip()[:MOST_CHARACTERS])
    text = text.removeprefix("@description").removeprefix("@brief").removeprefix("\\brief").lstrip(" |<!-")
    sentence = " ".join(_SENTENCE_END.split(text, maxsplit=1)[0].split())
    bare = name.rpartition(".")[2]
    if bare and sentence.startswith(bare):
        sentence = sentence[len(bare) :].lstrip("() -:–")
    words = re.findall(r"[A-Za-z]{2,}", sentence)
    if len(words) < FEWEST_WORDS or sentence.startswith(("@", "#", "//", "\\", "$")) or _LEGAL.search(sentence):
        return None
    return " ".join(sentence.split()[:MOST_WORDS])
