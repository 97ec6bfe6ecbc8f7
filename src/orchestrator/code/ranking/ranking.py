"""From a question to chunks in order: four lists by words and one by vectors, fused, then what they cannot know.

Weighted reciprocal rank fusion (Cormack, Clarke & Büttcher, 2009): a chunk gets weight · (k + 1) / (k + rank) from each
list of words it is in. A vector counts by where its cosine lies between the nearest and the last of a hundred: the
nearest may stand far before the rest, or hardly. That finds the file; which of its chunks is meant is then looked at
word by word (``closeness.py``). Where a question describes a function, that look puts all it has looked at in a new
order (``description.py``). ``Ranking`` holds every weight, so that a part can be turned off and its worth measured.
Knows no store.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestrator.code.identifiers import terms
from orchestrator.code.index.lexical import Lexical
from orchestrator.code.index.paths import ASKED_FOR, STANDINGS, Standing, stem
from orchestrator.code.index.postings import Hashes, Scores, hashes, top
from orchestrator.code.protocols import Chunk, Hit
from orchestrator.code.ranking.closeness import closeness
from orchestrator.code.ranking.description import fit, weights_for

DEPTH = 100  # places of a list that count
LOOKED_AT = 12  # chunks that are looked at word by word: five times as many find .002 more
DESCRIBED = 16  # and for a description of a function: twice as many find .005 more
_DEFINERS = 1_000  # chunks that define a symbol, of which more are not looked at
FITTING = 0.25  # how much of a question a hit must cover; 96 % of true answers do, and 19 % of foreign questions' hits


@dataclass(frozen=True, slots=True)
class Ranking:
    """The weights. 0 turns a list or a boost off, 1 a penalty. ``repeat`` is for each further chunk of a file.

    ``description`` is for the new order of what fits a description, whose features have weights of their own.
    """

    chunk: float = 1.5
    dense: float = 3.0
    file: float = 0.5
    path: float = 0.7
    names: float = 0.5
    symbol: float = 1.0
    several: float = 0.2
    tests: float = 0.3
    init: float = 0.6
    prose: float = 0.5
    old: float = 0.8
    k: float = 10.0
    close: float = 1.0
    description: float = 1.0
    repeat: float = 0.7


Neighbours = Sequence[tuple[int, float]]  # chunks by their place in the lexical index, with their cosines


@dataclass(frozen=True, slots=True)
class Scored:
    """A chunk by its place in the lexical index."""

    doc: int
    score: float


Read = Callable[[Sequence[int]], dict[int, Chunk]]
"""The chunks in these rows of the catalogue, each by its row; one that has gone since is not among them."""


def rank(lexical: Lexical, query: str, dense: Neighbours, count: int, ranking: Ranking, read: Read) -> list[Scored]:
    """The best ``count`` chunks. ``dense`` are the chunks nearest by their vectors, the nearest first."""
    if not len(lexical.rows):
        return []
    words = asked_terms(query)
    asked = hashes(words)
    near = _near(dense[:DEPTH]) if ranking.dense else {}
    file_scores = lexical.file.scores(asked)
    scores = _fused(lexical, asked, near, file_scores, ranking)
    defined = _definitions(lexical, query, scores) if ranking.symbol else {}
    for doc, worth in defined.items():
        scores[doc] = scores.get(doc, 0.0) + ranking.symbol * worth * _highest(ranking)
    if not scores:
        return []
    docs = np.fromiter(scores, np.int64, len(scores))
    own = np.fromiter(scores.values(), np.float64, len(scores)) / _highest(ranking)
    files = lexical.files[docs]
    factors = _factors(query, ranking)[lexical.standings[files]]
    values = _with_several(own, files, ranking.several) * factors
    described = weights_for(query) if ranking.description else None
    if described or ranking.close:
        best = np.lexsort((docs, -values))[: DESCRIBED if described else LOOKED_AT]
        chunks = _chunks(lexical, docs[best], read)
        close = closeness(words, chunks, lambda some: lexical.body.rarity(hashes(some)))
        if described:
            of_its_file = file_scores[files[best]] / max(file_scores.max(), 1e-9)
            features = (_of(docs[best], near), of_its_file, _of(docs[best], defined))
            fitting = ranking.description * fit(described, chunks, close, *features)
            values = _leading(values, best, np.exp(fitting - fitting.max()) * factors[best])
        else:
            values = _dealt_anew(values, files, best, own[best] + ranking.close * (close.said + close.named))
    values *= ranking.repeat ** _places_in_file(docs, values, files)
    order = np.lexsort((docs, -values))
    docs, values = docs[order], values[order]
    return [Scored(int(doc), float(value)) for doc, value in zip(docs[:count], values[:count], strict=True)]


def covered(lexical: Lexical, query: str, hit: Hit) -> float:
    """How much of what a question says a hit holds, 0 to 1: its terms, each by its rarity in this index."""
    asked = query_terms(query)
    rarity = lexical.body.rarity(asked)
    held = np.isin(asked, hashes(terms(f"{hit.path} {hit.name} {hit.text}")))
    return float(rarity[held].sum() / rarity.sum()) if len(asked) else 0.0


def query_terms(query: str) -> Hashes:
    """Each term once."""
    return hashes(asked_terms(query))


def asked_terms(query: str) -> list[str]:
    """Each term once. A word with a hyphen is also meant without: e-mail, sub-command."""
    joined = re.sub(r"\b([^\W\d_]+)-([^\W\d_]+)\b", r"\1-\2 \1\2", query)
    return list(dict.fromkeys(terms(joined)))


def _fused(
    lexical: Lexical, asked: Hashes, near: dict[int, float], file_scores: Scores, ranking: Ranking
) -> dict[int, float]:
    scores = {doc: ranking.dense * share for doc, share in near.items()}
    chunk_scores = lexical.body.scores(asked)
    for weight, found in ((ranking.chunk, chunk_scores), (ranking.names, lexical.names.scores(asked))):
        _add_ranks(scores, found, weight, ranking.k)
    of_files: dict[int, float] = {}
    for weight, found in ((ranking.file, file_scores), (ranking.path, lexical.path.scores(asked))):
        _add_ranks(of_files, found, weight, ranking.k)
    present = lexical.files[list(scores)].tolist() if scores else []
    for doc, file in zip(scores, present, strict=True):
        scores[doc] += of_files.get(file, 0.0)
    for file in of_files.keys() - set(present):  # stands for its file: the best of its chunks, or the first
        start, end = int(lexical.first[file]), int(lexical.first[file + 1])
        scores[start + int(chunk_scores[start:end].argmax())] = of_files[file]
    return scores


def _near(dense: Neighbours) -> dict[int, float]:
    """1 for the nearest, 0 for the last, and between them by the cosine: models spread theirs unlike."""
    cosines = [cosine for _, cosine in dense] or [0.0]
    last, spread = min(cosines), max(cosines) - min(cosines)
    return {doc: (cosine - last) / spread if spread else 1.0 for doc, cosine in dense}


def _add_ranks(scores: dict[int, float], found: Scores, weight: float, k: float) -> None:
    for at, doc in enumerate(top(found, DEPTH).tolist() if weight else ()):
        scores[doc] = scores.get(doc, 0.0) + weight * (k + 1) / (k + at + 1)


def _highest(ranking: Ranking) -> float:
    """What a chunk gets that leads every list."""
    return max(ranking.chunk + ranking.dense + ranking.file + ranking.path + ranking.names, 1e-9)


_SYMBOL = re.compile(r"[^\W\d][\w$]*(?:(?:\.|::|#|->)[^\W\d][\w$]*)*[?!]?")
# How a chunk's definition matches the symbol asked for, and what that is worth.
_MATCHES = (("=", 1.0), ("", 0.7), ("~", 0.4))
IN_A_SENTENCE = 0.25


def _definitions(lexical: Lexical, query: str, scores: dict[int, float]) -> dict[int, float]:
    """What it is worth, at most 1 a symbol, that a chunk defines what is asked for: it is to lead where that is a name
    alone. In a sentence only what can be nothing but a name is one.
    """
    words = _SYMBOL.findall(query)
    alone = len(words) == 1
    defined: dict[int, float] = {}
    for word in words:
        if not (alone or _looks_like_code(word)):
            continue
        name = re.sub(r"::|#|->", ".", word)
        found: dict[int, float] = {}
        for mark, share in _MATCHES:
            docs = lexical.symbols.holding(mark + (name.lower() if mark == "~" else name))
            # A sentence that names something is seldom about its definition, and less so where many chunks define it.
            worth = share if alone else IN_A_SENTENCE * share / (1 + np.log1p(max(len(docs) - 1, 0)))
            for doc in docs[:_DEFINERS]:
                found[doc] = max(found.get(doc, 0.0), worth)
        if alone:
            _add_namesakes(found, scores, lexical, name)
        for doc, worth in found.items():
            defined[doc] = defined.get(doc, 0.0) + worth
    return defined


def _add_namesakes(found: dict[int, float], scores: dict[int, float], lexical: Lexical, name: str) -> None:
    """``application`` is asked for, and there is an application.js: its best chunk counts as a definition."""
    best: dict[int, int] = {}
    for doc in sorted(scores, key=scores.__getitem__):
        best[int(lexical.files[doc])] = doc
    for file, doc in best.items():
        if stem(str(lexical.paths[file])) == name.lower():
            found[doc] = max(found.get(doc, 0.0), _MATCHES[1][1])


def _looks_like_code(word: str) -> bool:
    """``parse_url``, ``parseUrl``, ``URLParser``, ``a.b``; not ``Parse``."""
    return bool(re.search(r"[_.$:#>\d]|[a-z][A-Z]|[A-Z]{2}[a-z]", word))


def _with_several(values: NDArray[np.float64], files: NDArray[np.int32], boost: float) -> NDArray[np.float64]:
    """The best chunk of a file gains with what the file's other chunks score beside it."""
    if not boost:
        return values
    numbers, inverse = np.unique(files, return_inverse=True)
    sums = np.bincount(inverse, weights=values)
    best = np.zeros(len(numbers))
    np.maximum.at(best, inverse, values)
    leads = values == best[inverse]
    gained: NDArray[np.float64] = values + leads * boost * values.max() * (sums / sums.max())[inverse]
    return gained


def _factors(query: str, ranking: Ranking) -> NDArray[np.float64]:
    """What a score is multiplied with for each standing of a file; nothing is held against what was asked for."""
    asked = set(terms(query))
    of: dict[Standing, float] = {
        "code": 1.0, "test": ranking.tests, "init": ranking.init, "prose": ranking.prose, "old": ranking.old,
    }  # fmt: skip
    return np.array([1.0 if asked & ASKED_FOR.get(each, set()) else of[each] for each in STANDINGS])


def _chunks(lexical: Lexical, docs: NDArray[np.int64], read: Read) -> list[Chunk]:
    rows = lexical.rows[docs].tolist()
    found = read(rows)
    return [found.get(row, _GONE) for row in rows]


_GONE = Chunk("", 1, 1, "", "")


def _of(docs: NDArray[np.int64], values: dict[int, float]) -> NDArray[np.float64]:
    """The values of these chunks; 0 for one that has none."""
    return np.array([values.get(doc, 0.0) for doc in docs.tolist()])


def _leading(values: NDArray[np.float64], best: NDArray[np.int64], odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values with the ``best`` chunks' by their odds, from the highest down, and all others below them."""
    highest, share = values[best[0]], odds / odds.max()
    led: NDArray[np.float64] = values * share.min()
    led[best] = highest * share
    return led


def _dealt_anew(
    values: NDArray[np.float64], files: NDArray[np.int32], best: NDArray[np.int64], worth: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The values of the ``best`` chunks, the highest of each file's given to the chunk of the most ``worth`` in it."""
    dealt = values.copy()
    dealt[best[np.lexsort((-worth, files[best]))]] = values[best[np.lexsort((-values[best], files[best]))]]
    return dealt


def _places_in_file(
    docs: NDArray[np.int64], values: NDArray[np.float64], files: NDArray[np.int32]
) -> NDArray[np.int64]:
    """How many chunks of its own file score higher than each chunk."""
    order = np.lexsort((docs, -values, files))
    grouped = files[order]
    first = np.flatnonzero(np.diff(grouped, prepend=-1))
    places = np.empty(len(files), np.int64)
    places[order] = np.arange(len(files)) - np.repeat(first, np.diff(first, append=len(files)))
    return places
