"""Boosts chunks that define a symbol of the query. Knows the lexical index; not chunk texts."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from orchestrator.code.index.lexical import Lexical
from orchestrator.code.index.paths import stem
from orchestrator.code.ranking.fusion import Evidence
from orchestrator.code.ranking.query import Query
from orchestrator.code.ranking.weights import Ranking, highest

_DEFINERS = 1_000  # chunks that define a symbol, of which more are not looked at
_SYMBOL = re.compile(r"[^\W\d][\w$]*(?:(?:\.|::|#|->)[^\W\d][\w$]*)*[?!]?")
# How a definition matches the symbol of the query, and how much that counts. `lexical.py` writes the marks.
_MATCHES = (("=", 1.0), ("", 0.7), ("~", 0.4))
_SAME_NAME = 0.7  # a file that is called like the symbol
_IN_A_SENTENCE = 0.25


def add_definitions(lexical: Lexical, query: Query, evidence: Evidence, ranking: Ranking) -> Evidence:
    """Add a boost to each chunk that defines a symbol of the query.

    Args:
        lexical: The lexical index.
        query: The query.
        evidence: The fused scores.
        ranking: The weights.

    Returns:
        The evidence with the boosts in ``scores``, and with ``defined``.
    """
    if not ranking.symbol:
        return evidence
    scores = dict(evidence.scores)
    defined = _definitions(lexical, query.text, scores)
    for doc, worth in defined.items():
        scores[doc] = scores.get(doc, 0.0) + ranking.symbol * worth * highest(ranking)
    return replace(evidence, scores=scores, defined=defined)


def _definitions(lexical: Lexical, text: str, scores: dict[int, float]) -> dict[int, float]:
    """The chunks that define a symbol, and how much that counts, at most 1 for each symbol.

    A query of one word is a symbol, and its definition should be the first hit. In a sentence a word is a symbol only
    if it cannot be an ordinary word.
    """
    words = _SYMBOL.findall(text)
    alone = len(words) == 1
    defined: dict[int, float] = {}
    for word in words:
        if not (alone or _looks_like_code(word)):
            continue
        name = re.sub(r"::|#|->", ".", word)
        found = _definers(lexical, name, alone=alone)
        if alone:
            _add_namesakes(found, scores, lexical, name)
        for doc, worth in found.items():
            defined[doc] = defined.get(doc, 0.0) + worth
    return defined


def _looks_like_code(word: str) -> bool:
    """``parse_url``, ``parseUrl``, ``URLParser``, ``a.b``; not ``Parse``."""
    return bool(re.search(r"[_.$:#>\d]|[a-z][A-Z]|[A-Z]{2}[a-z]", word))


def _definers(lexical: Lexical, name: str, *, alone: bool) -> dict[int, float]:
    found: dict[int, float] = {}
    for mark, share in _MATCHES:
        docs = lexical.symbols.holding(mark + (name.lower() if mark == "~" else name))
        # A sentence with a name in it seldom asks for the definition, and less so if many chunks define the name.
        worth = share if alone else _IN_A_SENTENCE * share / (1 + np.log1p(max(len(docs) - 1, 0)))
        for doc in docs[:_DEFINERS]:
            found[doc] = max(found.get(doc, 0.0), worth)
    return found


def _add_namesakes(found: dict[int, float], scores: dict[int, float], lexical: Lexical, name: str) -> None:
    """If the query is ``application``, the best chunk of application.js counts as a definition."""
    best: dict[int, int] = {}
    for doc in sorted(scores, key=scores.__getitem__):
        best[int(lexical.files[doc])] = doc
    for file, doc in best.items():
        if stem(str(lexical.paths[file])) == name.lower():
            found[doc] = max(found.get(doc, 0.0), _SAME_NAME)
