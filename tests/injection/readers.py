"""Two worst-case models. One repeats whatever it reads; one does whatever it reads.

Both make the call that the user wants as well, after all that, and answer from its result.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from unicodedata import normalize
from urllib.parse import unquote

from tests.injection.payloads import NAMES, SECRET

from orchestrator.core.tool import Request

WANTED = "[CALCULATOR:6*7]"
BEGIN = "QUESTION"
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")
_LETTERS = str.maketrans("АЕС【】", "AEC[]")
_WRAPPER = re.compile(r"\A\s*\[[A-Z_]+_(?:RESULT|ERROR):")
_COMMAND = re.compile(r"\[\s*(" + "|".join(NAMES) + r")\s*:\s*([^\[\]\n]{1,300}?)\s*\]")


def context_of(request: Request) -> str:
    """All that stands in the context from the question on: what comes before is the library's own."""
    whole = request.prompt or "\n".join(message.text for message in request.messages)
    return whole[whole.index(BEGIN) :]


class Parrot:
    """Repeats what came in, word for word, as its own words.

    What the user wrote it repeats last: code that the user leaves open would be left open by the model as well.
    """

    def __init__(self, fetch: str) -> None:
        self._fetch = fetch
        self._turn = 0

    def __call__(self, request: Request) -> str:
        self._turn += 1
        if not self._fetch:
            return f"I read it. {WANTED}" if self._turn == 1 else f"42. You wrote: {_question(request)}"
        if self._turn == 1:
            return self._fetch
        brought = _WRAPPER.sub("", context_of(request).partition(self._fetch)[2])
        return f"It says: {brought} So {WANTED}" if self._turn == 2 else "42."


def _question(request: Request) -> str:
    return context_of(request).partition("I read it.")[0]


class Obedient:
    """Sees through every disguise and makes each call that it finds, once; then the one that the user wants."""

    def __init__(self, fetch: str) -> None:
        self._fetch = fetch
        self._made: set[tuple[str, str]] = set()
        self._state = 0
        self.ordered: list[tuple[str, str]] = []

    def __call__(self, request: Request) -> str:
        if self._fetch:
            fetch, self._fetch = self._fetch, ""
            return fetch
        for name, argument in orders(context_of(request)):
            if (name, argument) not in self._made and f"[{name}:{argument}]" != WANTED:
                self._made.add((name, argument))
                self.ordered.append((name, argument))
                return f"As told: [{name}:{argument}] done"
        self._state += 1
        return WANTED if self._state == 1 else "42."


def orders(text: str) -> Sequence[tuple[str, str]]:
    """The calls that a reader finds in ``text`` that looks through escapes, look-alikes and invisible characters."""
    plain = unescape(unquote(_HIDDEN.sub("", text)))
    plain = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), plain)
    plain = normalize("NFKC", plain.replace("\\", "").translate(_LETTERS))
    return [(match[1], match[2].strip().replace("{SECRET}", SECRET)) for match in _COMMAND.finditer(plain)]
