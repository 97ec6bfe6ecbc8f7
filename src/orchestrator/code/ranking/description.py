"""Recognises queries that describe one function, and says how well a chunk fits such a description.

`render a template to a string` asks for a function. `template rendering` asks for the files about a topic. For a topic
the whole file counts much. For a description the nearest chunk counts, in whatever file, and not the head of a class.
The weights are those of a log-linear model, rounded. It was fitted to 5,000 docstrings of 24 packages on which no
vector was trained. Knows queries and chunks; not ranks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from orchestrator.code.protocols import Chunk
from orchestrator.code.ranking.closeness import Closeness, Each
from orchestrator.code.words import word_lists

Floats = NDArray[np.float64]

FEWEST_WORDS = 3
_TOPIC = re.compile(r"how\b", re.IGNORECASE)  # `how routes are registered` is about several functions
_SENTENCE = re.compile(r"\b(?:the|a|an|this|its?|if|whether|each|any|that|is|given)\b", re.IGNORECASE)
_FUNCTIONS = (  # in the singular; `utility functions for encoding` is a topic
    "callback|constructor|context manager|decorator|factory|function|generator|helper|hook|method|shortcut|version"
    "|wrapper"
)
_OF_A_TYPE = re.compile(
    r"(?:\S+ ){,4}(?:dataclass|class|enum|exception|interface|protocol|struct|trait)(?:es|s)?\b", re.IGNORECASE
)
_BEFORE = r"(?:\s*(?:@|#|//|/\*|\*|\[)[^\n]*\n)*\s*"  # decorators, attributes and comments
_MODIFIERS = (
    r"(?:(?:abstract|data|declare|default|export|final|internal|open|partial|private|protected|pub|public|sealed|static)"
    r"(?:\(\w+\))?\s+)*"
)
_BEHIND = r"(?:<[^>\n]*>)?\s*(?:[({:;]|\n|$|extends\b|for\b|implements\b|permits\b|where\b)"  # but not `struct a f(`
_TYPE = re.compile(
    rf"{_BEFORE}{_MODIFIERS}(?:impl\b|type\s+\w"
    rf"|(?:class|enum(?: class)?|interface|module|namespace|record|struct|trait|union)\s+[\w.:]+{_BEHIND})"
)


@dataclass(frozen=True, slots=True)
class Description:
    """The weights of the features of ``fit``.

    Attributes:
        dense: The place of the vector's cosine among the neighbours.
        file: BM25 of the chunk's file.
        said: ``Closeness.said``.
        named: ``Closeness.named``.
        begun: ``Closeness.begun``.
        type: The chunk is the head of a class or another type.
        size: The logarithm of the number of terms of the chunk: a long chunk contains a bit of everything.
        defined: The chunk defines a symbol of the query.
    """

    dense: float = 1.0
    file: float = 1.0
    said: float = 2.8
    named: float = 1.2
    begun: float = 0.4
    type: float = -1.6
    size: float = -0.15
    defined: float = 0.0


ACTION = Description()
SENTENCE = Description(type=0.0, defined=4.0)  # may ask for a type too; a name in it says more than its other words


def weights_for(question: str) -> Description | None:
    """Return the weights for a query that describes a function; None for another query.

    A query describes a function if it begins with an action, or asks where somebody does something (``ACTION``).
    Another sentence does too, unless it asks for a type or how something works (``SENTENCE``). A query of fewer than
    three words does not.
    """
    if len(question.split()) < FEWEST_WORDS:
        return None
    if _action().match(question):
        return ACTION
    if _TOPIC.match(question) or _OF_A_TYPE.match(question) or not _SENTENCE.search(question):
        return None
    return SENTENCE


@cache
def _action() -> re.Pattern[str]:
    verbs, nouns = (word_lists("ranking/verbs.toml")[key] for key in ("verbs", "nouns"))
    return re.compile(
        r"(?:where|how) (?:can|could|do|should) (?:i|one|they|we|you)\b"
        rf"|(?:\w+ ){{,2}}(?:{_FUNCTIONS}) (?:for|of|that|to|which)\b"
        rf"|(?:\w+ly )?(?:{'|'.join([*verbs, *map(_third_person, verbs | nouns)])})\b"
        rf"|(?:{'|'.join(nouns)})\b.* (?:as|at|by|from|into|of|on|to|with)\b",
        re.IGNORECASE,
    )


def _third_person(verb: str) -> str:
    """``copy``, ``display`` and ``match`` give ``copies``, ``displays`` and ``matches``."""
    if re.search(r"[^aeiou]y$", verb):
        return f"{verb[:-1]}ies"
    return f"{verb}es" if re.search(r"(?:[sxz]|ch|sh|o)$", verb) else f"{verb}s"


def fit(
    weights: Description, chunks: Sequence[Chunk], close: Closeness, dense: Floats, files: Each, defined: Floats
) -> Floats:
    """Return how well each chunk fits a description, shape (chunks,).

    The values are log-odds of a log-linear model: only their differences mean something.

    Args:
        weights: The weights of the features.
        chunks: The chunks.
        close: Their similarities to the query.
        dense: The place of each cosine between the last neighbour (0) and the nearest (1), shape (chunks,).
        files: BM25 of each chunk's file divided by the best file's, shape (chunks,).
        defined: How much it counts that the chunk defines a symbol of the query, shape (chunks,).
    """
    types = np.fromiter((_TYPE.match(chunk.text) is not None for chunk in chunks), np.float64, len(chunks))
    fitting: Floats = (
        weights.dense * dense
        + weights.file * files
        + weights.said * close.said
        + weights.named * close.named
        + weights.begun * close.begun
        + weights.type * types
        + weights.size * np.log1p(close.size)
        + weights.defined * defined
    )
    return fitting
