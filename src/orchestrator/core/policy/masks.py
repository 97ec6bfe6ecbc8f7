"""Finds a secret of which the letters are written and the digits are in words, or the digits are between other letters.

No language's words for digits are needed: where the letters stand in their order, what is between them is the digits.
Knows texts only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from orchestrator.core.policy.folding import unleeted

_SHORTEST_WORD, _LONGEST_WORD = 2, 9  # letters of a digit in words
_TELLING = 3  # letters besides the longest run, which may be a plain word; also digits that are written
_RUN = re.compile(r"[^\W\d_]+|\d+")
_LETTERS = re.compile(r"[^\W\d_]+")


def in_words(secret: str, text: str, most: int) -> bool:
    """Tell whether a text has a part of a secret with its digits in words, in whatever language.

    Args:
        secret: The secret, squeezed.
        text: The text, squeezed, with letters for the digits that may be written for them.
        most: The characters of the secret that may not be sent.
    """
    return any(_stands(part, text) for part in _parts(secret, most))


def in_other_letters(secret: str, text: str) -> bool:
    """Tell whether a text has a secret with its digits at their places, between as many other letters.

    Args:
        secret: The secret, squeezed.
        text: The text, squeezed.
    """
    if sum(map(str.isdigit, secret)) < _TELLING or len(_RUN.findall(secret)) <= _TELLING:
        return False
    mask = _LETTERS.sub(lambda run: rf"[^\W\d_]{{{len(run[0])}}}", secret)
    return re.search(rf"(?<!\d){mask}(?!\d)", text) is not None


def _parts(secret: str, most: int) -> Iterator[list[str]]:
    """The shortest parts that are long enough and cannot be there by chance, in runs of letters or digits."""
    for start in range(len(secret) - most + 1):
        for end in range(start + most, len(secret) + 1):
            runs = _RUN.findall(secret[start:end])
            letters = sorted(len(run) for run in runs if not run.isdigit())
            if sum(letters[:-1]) >= _TELLING:
                yield runs
                break


def _stands(runs: list[str], text: str) -> bool:
    """Follow the runs through the text, from every place at which the ones before may end."""
    plains = [unleeted(run) for run in runs]
    if any(plain not in text for run, plain in zip(runs, plains, strict=True) if not run.isdigit()):
        return False
    ends = set(range(len(text)))
    for run, plain in zip(runs, plains, strict=True):
        reached = {at + len(run) for at in ends if text.startswith(plain, at)}
        if run.isdigit():
            gap = range(_SHORTEST_WORD * len(run), _LONGEST_WORD * len(run) + 1)
            reached |= {at + step for at in ends for step in gap if at + step <= len(text)}
        ends = reached
    return bool(ends)
