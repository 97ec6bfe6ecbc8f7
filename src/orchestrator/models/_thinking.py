"""Servers whose chat template opens thinking in the prompt, so that their text begins inside it.

Only an answer shows it: it has a closing mark and no opening one. What was found out about each (address, model) is
kept until the process ends.
"""

from __future__ import annotations

from orchestrator.core.stream_end import meaning_of
from orchestrator.core.syntax.doubtful import ROOM
from orchestrator.core.syntax.markup import Edge
from orchestrator.core.syntax.thinking import ThinkingReader
from orchestrator.core.types import Delta
from orchestrator.models._checks import is_openai

_known: dict[tuple[str, str], bool] = {}


def thinks(address: str, model: str, said: bool | None) -> bool | None:
    """Return whether the text of a server begins inside thinking; None if that is not known yet.

    Args:
        address: The server's address. OpenAI never sends thinking as text.
        model: The server's name for the model.
        said: What the user says about it.
    """
    if said is None and not is_openai(address):
        return _known.get((address, model))
    return bool(said)


class Watch:
    """Reads the first answers of a server until they show whether its text begins inside thinking.

    Args:
        address: The server's address.
        model: The server's name for the model.
    """

    def __init__(self, address: str, model: str) -> None:
        self._server = (address, model)
        self._left = ROOM  # after so many characters without a mark, the text is no thinking
        self._reader = ThinkingReader()
        self._wrote = False
        self._done = False

    def __call__(self, delta: Delta) -> None:
        """Read a piece of the answer."""
        if self._done:
            return
        edge = self._edge(delta.text)
        self._left -= len(delta.text)
        self._wrote = self._wrote or bool(delta.text)
        self._done = bool(edge or delta.reasoning or (self._wrote and meaning_of(delta.finish) == "stopped"))
        if self._done:
            _known[self._server] = edge == "ends"
        elif self._left < 0:
            _known.setdefault(self._server, False)  # unless a mark comes after all

    def _edge(self, text: str) -> Edge:
        """The first edge of thinking in the text."""
        at = 0
        while at < len(text):
            at = self._reader.step(text, at)
            if self._reader.edge:
                return self._reader.edge
        return ""
