"""Extracts from a long result: its sentences that share most words with the question, each with its source.

A small model that retells a page goes in circles, or invents a date. So it quotes. Text in, text out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from orchestrator.guidance.answer_sentences import words_of

MOST = 3
LONGEST = 300  # characters of a quotation
_READ = 20_000  # characters of a result
_MARGIN = 0.7  # a sentence is allowed if it has this share of the best sentence's score
_FAMILIAR, _TITLE = 0.1, 0.5  # the weight of a frequent word, and the factor for a title

_SOURCE = re.compile(r"\[(\d{1,4})\] (.*)")
_ADDRESS = re.compile(r"https?://\S+$")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\W_a-z])")
# Characters that would begin a call or a fence in the model's text.
PLAIN = str.maketrans({"[": "(", "]": ")", "`": "'", "<": "‹", ">": "›"})


def extracts_of(question: str, result: str, familiar: Collection[str]) -> list[str]:
    """Return the best sentences, the best first, at most 3; none if the result has no words.

    Args:
        question: The user's question.
        result: The result. Its first 20,000 characters are read.
        familiar: Frequent words, which count less.
    """
    asked = {word: _FAMILIAR if word in familiar else 1.0 for word in words_of(question)}
    scored: dict[str, float] = {}
    for sentence, source, weight in _sentences(result[:_READ]):
        shared = sum(asked.get(word, 0.0) for word in words_of(sentence))
        scored.setdefault(_cut(sentence.translate(PLAIN)) + source, weight * shared)
    ranked = sorted(scored, key=lambda sentence: -scored[sentence])
    return [sentence for sentence in ranked if scored[sentence] >= _MARGIN * scored[ranked[0]]][:MOST]


def _sentences(result: str) -> Iterator[tuple[str, str, float]]:
    """Each sentence with its source, as it is cited, and its weight."""
    source = ""
    for line in result.splitlines():
        text, weight = line.strip(), 1.0
        if match := _SOURCE.match(text):
            source, text, weight = f" [{match[1]}]", match[2].strip(), _TITLE
        if _ADDRESS.match(text):
            continue
        for sentence in _SENTENCE.split(text):
            if words_of(sentence):
                yield sentence, source, weight


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rsplit(' ', 1)[0]} …"
