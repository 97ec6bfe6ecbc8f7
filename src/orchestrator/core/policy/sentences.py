"""Finds what is told in confidence, and whether a call would send most of a sentence of it.

A search repeats what the user asks for, so these words may be sent. What the user tells besides, the system prompt and
the results of trusted tools are private: a few words of a private sentence may be sent, most of it may not.
Knows texts only; not where they come from, nor how a text may be encoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from orchestrator.core.policy.folding import folded, unleeted, without_gaps, words
from orchestrator.core.policy.likeness import SHORTEST, Vocabulary

_FEWEST = 4  # words of a sentence that must be sent; a shorter sentence tells little
_SHORT = 6  # words; of a longer sentence, five words must be sent, and half of it
_NEAR = 4  # words; the next word of a sentence with three others before it
_GLUED = 14  # letters and digits in a row that are written without blanks, or with a sign between any two

_END = re.compile(r"(?<=[.!?؟;])(?=\s)|(?<=[。！？])|\n")
_LINK = re.compile(r"\b\w{2,9}://\S+")
_QUESTION = ("?", "？", "؟")
# Scripts without blanks between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese.
_NO_BLANKS = re.compile("([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff])")
_SPREAD = re.compile(r"(?<=\b\w)\W+(?=\w\b)")
_LONG_WORD = re.compile(rf"[^\W_]{{{_GLUED},}}")
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wording:
    """Texts that a call would send, in a form in which sentences are found quickly.

    Attributes:
        pairs: Their neighbouring words, each pair in the order of the alphabet.
        glued: Their longest runs of letters and digits without blanks.
        rows: The words of each.
    """

    pairs: frozenset[Pair]
    glued: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @staticmethod
    def of(texts: Iterable[str]) -> Wording:
        """Read the texts."""
        texts = list(dict.fromkeys(texts))
        rows = tuple(tuple(_words(text)) for text in texts)
        pairs = frozenset(_pair(*both) for row in rows for both in pairwise(row))
        glued = tuple(run for text in texts for run in _LONG_WORD.findall(_SPREAD.sub("", folded(text))))
        return Wording(pairs, glued, rows)


def sentences(text: str) -> list[str]:
    """Return the sentences and lines of a text, without links, which are not private."""
    return [sentence.strip() for sentence in _END.split(_LINK.sub(" ", text)) if sentence.strip()]


def is_telling(sentence: str) -> bool:
    """Tell whether a sentence has enough words to be private."""
    return len(_words(sentence)) >= _FEWEST


def divided(text: str, called: str) -> tuple[list[str], list[str]]:
    """Divide the user's text into what is told and what is asked for.

    Asked for are the questions, and the sentences that the model has made calls about. If there are none, the last
    sentence is.

    Args:
        text: The user's text.
        called: The arguments of the calls before the first untrusted result.

    Returns:
        The sentences that are told, and those that are asked for.
    """
    every = sentences(text)
    wanted = {word for word in _words(called) if len(word) >= _FEWEST}
    asked = [each for each in every if each.endswith(_QUESTION) or len(wanted.intersection(_words(each))) > 1]
    asked = asked or every[-1:]
    return [each for each in every if each not in asked], asked


def most_of_one(private: Iterable[str], now: Wording, before: Wording, public: Wording) -> str | None:
    """Return a private sentence of which a call would send the greater part.

    Args:
        private: The private sentences.
        now: The argument.
        before: The arguments of earlier calls, which may hold the other half.
        public: What may be sent.
    """
    mine, theirs = now.pairs - public.pairs, before.pairs - public.pairs
    for sentence in private:
        row = _words(sentence)
        most = _FEWEST if len(row) <= _SHORT else max(_FEWEST + 1, len(row) // 2)
        sent, earlier = _covered(row, mine), _covered(row, theirs)
        if len(sent) >= most or (sent and len(earlier) < most <= len(sent | earlier)):
            return sentence
    return _glued(private, now, public) or _alike(private, now, before, public)


def _alike(private: Iterable[str], now: Wording, before: Wording, public: Wording) -> str | None:
    """Return a private sentence most of whose longer words are sent near each other, also with other letters."""
    rows = {each: row for each in private if len(row := _long_words(each)) >= _FEWEST}
    vocabulary = Vocabulary(word for row in rows.values() for word in row)
    mine = _near(now, vocabulary)
    if not mine:
        return None
    allowed = _near(public, vocabulary)
    mine, theirs = mine - allowed, _near(before, vocabulary) - allowed
    for sentence, row in rows.items():
        most = max(_FEWEST, len(row) // 2 + 1)
        sent, earlier = _covered(row, mine), _covered(row, theirs)
        if len(sent) >= most or (sent and len(earlier) < most <= len(sent | earlier)):
            return sentence
    return None


def _near(wording: Wording, vocabulary: Vocabulary) -> frozenset[Pair]:
    """The pairs of the vocabulary's words that have only a few other words between them."""
    pairs: set[Pair] = set()
    for row in wording.rows:
        found = [(at, word) for at, word in enumerate(map(vocabulary.word, row)) if word]
        pairs |= {
            _pair(one, other)
            for (start, one), (end, other) in (*pairwise(found), *zip(found, found[2:], strict=False))
            if end - start <= _NEAR
        }
    return frozenset(pairs)


def _long_words(sentence: str) -> list[str]:
    return [word for word in dict.fromkeys(_words(sentence)) if len(word) >= SHORTEST]


def _glued(private: Iterable[str], now: Wording, public: Wording) -> str | None:
    """Return a private sentence of which a part is sent without blanks."""
    wanted = {part for run in now.glued for part in _parts(run)}
    wanted -= {part for run in public.glued for part in _parts(run)}
    if not wanted:
        return None
    return next((each for each in private if not wanted.isdisjoint(_parts(without_gaps(folded(each))))), None)


def _parts(text: str) -> Iterable[str]:
    return (text[at : at + _GLUED] for at in range(len(text) - _GLUED + 1))


def _covered(row: Sequence[str], pairs: frozenset[Pair]) -> set[int]:
    """The places of the words that are sent next to each other, and are so here too, or with one word between them."""
    near = ((at, at + step) for at in range(len(row)) for step in (1, 2) if at + step < len(row))
    return {at for both in near if _pair(row[both[0]], row[both[1]]) in pairs for at in both}


def _words(text: str) -> list[str]:
    """The words; in a script without blanks, the characters."""
    return words(unleeted(text if text.isascii() else _NO_BLANKS.sub(r" \1 ", text)))


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one <= other else (other, one)
