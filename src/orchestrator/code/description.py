"""Questions that say what one function does, and how well a chunk fits such a description.

`render a template to a string` means a function, `template rendering` the files about it. For a topic what a file says
as a whole counts much; for a description the nearest chunk does, wherever it is, and the head of a class is not meant.
The weights are those of a log-linear model fitted to 5,000 docstrings of 24 packages that no vector was trained on,
rounded. Knows questions and numbers, not ranks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestrator.code.closeness import Closeness
from orchestrator.code.protocols import Chunk

FEWEST_WORDS = 3
_TOPIC = re.compile(r"how\b", re.IGNORECASE)  # `how routes are registered` goes through several functions
_SENTENCE = re.compile(r"\b(?:the|a|an|this|its?|if|whether|each|any|that|is|given|when|into)\b", re.IGNORECASE)
_VERBS = """
activate add adjust append apply assert bind calculate cancel choose clear close collect combine compute configure
convert copy count create decode define delete detect determine disable discard divide do drop emit enable encode
ensure escape evaluate execute expand extend extract fetch fill find generate get give guess identify initialize insert
install instantiate invoke iterate join load look make merge normalize obtain parse perform pop predict prepare produce
provide push put raise read receive register remove render replace represent resolve restore retrieve return run save
select send serialize skip specify strip swap take terminate toggle transform translate try turn unpack unregister
update use validate verify wait write yield
"""
_NOUNS = """
build call change check display download draw exit format handle list log map mark match move open print process query
record release report request reset round search set show sort split start stop store test wrap
"""  # `store creation` and `test runner` are topics: with these it takes the third person, or an `of`, a `from`, …
_ACTION = re.compile(
    rf"(?:{'|'.join((_VERBS + _NOUNS).split())})e?s\b|(?:{'|'.join(_VERBS.split())})\b"
    rf"|(?:{'|'.join(_NOUNS.split())})\b.* (?:as|at|by|from|of|on|to|with)\b",
    re.IGNORECASE,
)
_TYPE = re.compile(
    r"(?:\s*@[^\n]*\n)*\s*(?:(?:abstract|data|default|export|final|internal|partial|private|protected|pub|public|sealed|static)"
    r"(?:\(\w+\))?\s+)*(?:class|enum|impl|interface|module|namespace|record|struct|trait|type|union)\b"
)


def describes(question: str) -> bool:
    """Whether a question describes what a function does, in a sentence or by a verb at its beginning."""
    if len(question.split()) < FEWEST_WORDS or _TOPIC.match(question):
        return False
    return bool(_SENTENCE.search(question) or _ACTION.match(question))


@dataclass(frozen=True, slots=True)
class Description:
    """The weights. ``cosine`` is that of the vectors and ``file`` the BM25 of the whole file, both from 0 to 1.

    ``size`` is for the logarithm of how many terms a chunk holds: what is long says a bit of everything.
    """

    cosine: float = 1.0
    file: float = 1.0
    said: float = 2.8
    named: float = 1.2
    begun: float = 0.4
    type: float = -1.6
    size: float = -0.15


DESCRIPTION = Description()


def fit(
    cosines: NDArray[np.float64],
    files: NDArray[np.float32],
    chunks: Sequence[Chunk],
    close: Closeness,
    weights: Description,
) -> NDArray[np.float64]:
    """How well each chunk fits the description, (chunks,): log-odds, of which only the differences mean something."""
    types = np.fromiter((_TYPE.match(chunk.text) is not None for chunk in chunks), np.float64, len(chunks))
    fitting: NDArray[np.float64] = (
        weights.cosine * cosines
        + weights.file * files
        + weights.said * close.said
        + weights.named * close.named
        + weights.begun * close.begun
        + weights.type * types
        + weights.size * np.log1p(close.size)
    )
    return fitting
