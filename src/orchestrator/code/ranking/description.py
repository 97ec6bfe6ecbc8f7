"""Questions that say what one function does, and how well a chunk fits such a description.

`render a template to a string` means a function, `template rendering` the files about it. For a topic what a file says
as a whole counts much; for a description the nearest chunk does, wherever it is, and the head of a class is not meant.
The weights are those of a log-linear model fitted to 5,000 docstrings of 24 packages that no vector was trained on,
rounded. Knows questions and chunks, not ranks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestrator.code.protocols import Chunk
from orchestrator.code.ranking.closeness import Closeness

FEWEST_WORDS = 3
_TOPIC = re.compile(r"how\b", re.IGNORECASE)  # `how routes are registered` goes through several functions
_SENTENCE = re.compile(r"\b(?:the|a|an|this|its?|if|whether|each|any|that|is|given)\b", re.IGNORECASE)
_VERBS = """
activate add adjust answer append apply assert associate attempt bind calculate cancel choose clean clear close
collect combine compare compile compress compute configure connect convert copy count create decide decode decompress
define delete derive detect determine disable discard divide do drop emit enable encode ensure escape evaluate execute
expand extend extract fetch fill find generate get give guess identify inhibit initialize initiate insert install
instantiate interpolate invoke iterate join load look make merge multiply normalize obtain parse perform pop populate
predict prepare prevent produce provide push put raise read receive register remove rename render repair replace
represent resolve restore retrieve return rotate run save select send serialize shift simplify skip specify strip
substitute summarize swap take terminate toggle transform translate trim truncate turn unlink unpack unregister update
use validate verify wait walk write yield
"""
_NOUNS = """
build call change check display download draw exit filter format handle list log map mark match move open print
process query record release report request reset round search set show sort split start stop store test try wrap
"""  # `store creation` and `test runner` are topics: with these it takes the third person, or an `of`, a `from`, …


def _third_person(verb: str) -> str:
    """``copy``, ``display`` and ``match`` give ``copies``, ``displays`` and ``matches``."""
    if re.search(r"[^aeiou]y$", verb):
        return f"{verb[:-1]}ies"
    return f"{verb}es" if re.search(r"(?:[sxz]|ch|sh|o)$", verb) else f"{verb}s"


_FUNCTIONS = (  # one; `utility functions for encoding` is a topic
    "callback|constructor|context manager|decorator|factory|function|generator|helper|hook|method|shortcut|version"
    "|wrapper"
)
_ACTION = re.compile(
    r"(?:where|how) (?:can|could|do|should) (?:i|one|they|we|you)\b"
    rf"|(?:\w+ ){{,2}}(?:{_FUNCTIONS}) (?:for|of|that|to|which)\b"
    rf"|(?:\w+ly )?(?:{'|'.join([*_VERBS.split(), *map(_third_person, (_VERBS + _NOUNS).split())])})\b"
    rf"|(?:{'|'.join(_NOUNS.split())})\b.* (?:as|at|by|from|into|of|on|to|with)\b",
    re.IGNORECASE,
)
_OF_A_TYPE = re.compile(
    r"(?:\S+ ){,4}(?:dataclass|class|enum|exception|interface|protocol|struct|trait)(?:es|s)?\b", re.IGNORECASE
)
_BEFORE = r"(?:\s*(?:@|#|//|/\*|\*|\[)[^\n]*\n)*\s*"  # decorators, attributes and comments
_MODIFIERS = (
    r"(?:(?:abstract|data|declare|default|export|final|internal|open|partial|private|protected|pub|public|sealed|static)"
    r"(?:\(\w+\))?\s+)*"
)
_BEHIND = r"(?:<[^>\n]*>)?\s*(?:[({:;]|\n|$|extends\b|for\b|implements\b|permits\b|where\b)"  # and not `struct a f(`
_TYPE = re.compile(
    rf"{_BEFORE}{_MODIFIERS}(?:impl\b|type\s+\w"
    rf"|(?:class|enum(?: class)?|interface|module|namespace|record|struct|trait|union)\s+[\w.:]+{_BEHIND})"
)


@dataclass(frozen=True, slots=True)
class Description:
    """The weights of what ``fit`` is given. ``said``, ``named`` and ``begun`` are those of ``Closeness``.

    ``type`` is for the head of a class or the like, ``size`` for the logarithm of how many terms a chunk holds: what is
    long says a bit of everything.
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
SENTENCE = Description(type=0.0, defined=4.0)  # may mean a type as well, and what it names more often than what it says


def weights_for(question: str) -> Description | None:
    """The weights for a question that describes a function; None where it asks for something else.

    What begins with an action, or asks where somebody does it, means a function. Another sentence does unless it says
    that it asks for a type, or how something works.
    """
    if len(question.split()) < FEWEST_WORDS:
        return None
    if _ACTION.match(question):
        return ACTION
    if _TOPIC.match(question) or _OF_A_TYPE.match(question) or not _SENTENCE.search(question):
        return None
    return SENTENCE


def fit(
    weights: Description,
    chunks: Sequence[Chunk],
    close: Closeness,
    dense: NDArray[np.float64],
    files: NDArray[np.float32],
    defined: NDArray[np.float64],
) -> NDArray[np.float64]:
    """How well each chunk fits the description, (chunks,): log-odds, of which only the differences mean something.

    (chunks,) are also ``dense``, where the vector's cosine lies between that of the last that counts and that of the
    nearest; ``files``, the BM25 of the chunk's file as a part of the best file's; ``defined``, what it is worth that
    the chunk defines a symbol of the question. All from 0 to 1.
    """
    types = np.fromiter((_TYPE.match(chunk.text) is not None for chunk in chunks), np.float64, len(chunks))
    fitting: NDArray[np.float64] = (
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
