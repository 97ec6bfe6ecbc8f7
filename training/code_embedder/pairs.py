"""The training pair, and the first sentence of a docstring or comment as its description. Knows text; not files."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_LINES = 80  # of code in a pair, as in a chunk of the `function` chunker
MOST_CHARACTERS = 1_500  # of a comment that are used
FEWEST_WORDS, MOST_WORDS = 3, 40

_MARKUP = re.compile(r"\{@\w+\s+([^}]*)\}|</?\w+[^>]*>|:\w+:`~?([^`]*)`|[`*_]{2,}|`")
_SENTENCE_END = re.compile(r"(?<=[^A-Z.])[.!?](?:\s|$)|\n\s*\n|\n\s*(?:@|:param|:return|Args:|Parameters|>>>|\\)")
_LEGAL = re.compile(
    r"copyright|licen[cs]e|warrant|eslint|pylint|noqa|generated|todo|fixme|@ts-|coding: |_literal: ", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A description and the code that it describes.

    Attributes:
        description: The first sentence of the docstring or comment.
        path: The path of the file.
        name: The qualified name of the definition; may be empty.
        code: The code without the docstring or comment.
    """

    description: str
    path: str
    name: str
    code: str


def first_sentence(comment: str, name: str = "") -> str | None:
    """Return the first sentence of a comment as plain words.

    Args:
        comment: The text of the comment.
        name: The name of the definition. It is removed from the beginning, where Go puts it: it would tell the answer.

    Returns:
        The sentence, of at most 40 words; None if it has fewer than three words or is a legal text.
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
