"""Finds what looks like a secret in a text, and tells whether a text gives away a large part of one.

A secret is a key, a password, an address or a long number: a word with letters and digits, a mail address, a random
word, or six digits and more. Secrets and texts are compared squeezed.
Knows texts only; not where they come from, nor how a text may be encoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.core.policy.folding import squeezed, unleeted, without_gaps
from orchestrator.core.policy.looks import is_random
from orchestrator.core.policy.masks import in_words

PIECE = 4  # letters and digits in a row that count as a piece of a secret
_TELLING = 5  # a shorter text is no secret, and a shorter part gives none away
_BY_CHANCE = 8  # a shorter part may be in one of the hundred turned texts by chance
_PLAIN_WORD = 11  # letters; a part without digits that is shorter may be a plain word, such as "windows" of "windows11"

_TOKEN = re.compile(r"[^\s,;()\[\]{}<>\"'`]+")
_NUMBER = re.compile(r"\d(?:[ ./-]?\d){5,}")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d\d(?:[ -]?[A-Z\d]){8,30}\b")  # IBAN
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d|[0-3]\d(?:0[1-9]|1[0-2])(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Sent:
    """Texts that a call would send, in a form in which pieces of secrets are found quickly.

    Attributes:
        texts: The texts, squeezed.
        pieces: All their runs of ``PIECE`` characters.
    """

    texts: tuple[str, ...]
    pieces: frozenset[str]

    @staticmethod
    def of(texts: Iterable[str]) -> Sent:
        """Squeeze the texts. Digits become the letters for which they may be written."""
        cores = tuple(dict.fromkeys(without_gaps(unleeted(text)) for text in texts))
        return Sent(cores, frozenset(core[at : at + PIECE] for core in cores for at in range(len(core) - PIECE + 1)))


def secrets(text: str) -> list[str]:
    """Return what looks like a secret in a text, squeezed. Links are not secret."""
    tokens = [token for token in _TOKEN.findall(text) if len(token) >= 6 and "://" not in token and _is_secret(token)]
    return [
        core
        for core in map(squeezed, (*tokens, *_NUMBER.findall(text), *_ACCOUNT.findall(text)))
        if len(core) >= _TELLING
    ]


def given_away(secret: str, now: Sent, before: Sent, hidden: Sent) -> bool:
    """Tell whether a call would give away a secret, or half of it and more.

    Args:
        secret: The secret, squeezed.
        now: The argument, also decoded.
        before: The arguments of earlier calls, which may be the other half.
        hidden: The argument with its letters exchanged or in another order. Only one long part counts in it.
    """
    core = unleeted(secret)
    if any(core in text for text in (*now.texts, *hidden.texts)):
        return True
    if _DATE.fullmatch(secret):  # most of one is the same for every day of the year
        return False
    most = max(_TELLING, (len(secret) + 1) // 2)
    if any(in_words(secret, text, most) for text in now.texts):
        return True
    mine, theirs = _covered(core, now), _covered(core, before)
    completes = bool(mine) and _tells(secret, mine | theirs, most) and not _tells(secret, theirs, most)
    if completes or _tells(secret, mine, most):
        return True
    most = max(most, _BY_CHANCE)
    return _longest(_covered(core, hidden)) >= most and any(
        core[at : at + most] in text for at in range(len(core) - most + 1) for text in hidden.texts
    )


def _is_secret(token: str) -> bool:
    letters = any(character.isalpha() for character in token)
    mixed = letters and ("@" in token[1:-1] or any(character.isdigit() for character in token))
    return mixed or is_random(token)


def _covered(secret: str, sent: Sent) -> set[int]:
    """The places of the secret that are in a piece that is sent."""
    starts = (at for at in range(len(secret) - PIECE + 1) if secret[at : at + PIECE] in sent.pieces)
    return {at + step for at in starts for step in range(PIECE)}


def _tells(secret: str, places: set[int], most: int) -> bool:
    known = "".join(secret[at] for at in sorted(places))
    return len(known) >= most and (len(known) >= _PLAIN_WORD or any(character.isdigit() for character in known))


def _longest(places: set[int]) -> int:
    """The length of the longest run of places."""
    longest = run = 0
    for at in sorted(places):
        run = run + 1 if at - 1 in places else 1
        longest = max(longest, run)
    return longest
