"""What a backend knows of its server, and what follows for the loop and for a request's body.

Shared by the backends ``openai`` and ``completions``. Does not know how a server is asked (``_recognition``).
"""

from __future__ import annotations

import re
from dataclasses import replace

from orchestrator.core.protocols import GrammarField
from orchestrator.core.tool import Request
from orchestrator.core.types import ModelInfo
from orchestrator.models._checks import is_near
from orchestrator.models._grammars import grammar_in
from orchestrator.models._served import UNKNOWN, Question, Served, known, note


class Knowledge:
    """What a backend knows of its server: what the caller said, or else what the server said of itself.

    Args:
        question: What the server is asked about.
        key: The API key for this server; None if it has none.
        told: The field for grammars that the caller named. Then the server is not asked.
    """

    def __init__(self, question: Question, key: str | None, told: GrammarField | None) -> None:
        self._question = question
        self._key = key
        self._told = told

    @property
    def served(self) -> Served:
        """What is known so far."""
        if self._told:
            return Served(grammars=self._told)
        return known(self._question) or UNKNOWN

    @property
    def complete(self) -> bool:
        """Whether there is nothing to ask: the caller said it, or it is known, or the server is in the internet."""
        told = self._told is not None
        return told or known(self._question) is not None or not is_near(self._question.address)

    def ask(self) -> None:
        """Ask the server, unless there is nothing to ask."""
        if not self.complete:
            from orchestrator.models import _recognition  # noqa: PLC0415 - httpx2 loads in 0.2 s

            _recognition.recognise(self._question, self._key)

    def added_to(self, info: ModelInfo) -> ModelInfo:
        """Return what the loop knows of the model, with what is known of its server."""
        served = self.served
        if served is UNKNOWN:
            return info
        return replace(info, grammars=served.grammars is not None, small=served.small)

    def refuses_grammar(self, request: Request, status: int, complaint: str) -> bool:
        """Tell whether a recognised server refuses a request's grammar. From now on it gets none.

        A server may be set up without grammars, or fail to read one. If the caller said that it takes grammars, the
        refusal stays an error.

        Args:
            request: The request.
            status: The status of the response.
            complaint: The server's message.
        """
        served = self.served
        refused = bool(request.grammar) and status in (400, 422, 501) and bool(_ABOUT_GRAMMARS.search(complaint))
        if not refused or not served.grammars or self._told:
            return False
        note(self._question, replace(served, grammars=None))
        return True

    def fields(self, request: Request) -> dict[str, object]:
        """Return the fields that a request's grammar adds to its body. A server that refused one gets none.

        A small model answers best if it always takes the likeliest token. The same question then gives the same run.

        Args:
            request: The request.
        """
        served = self.served
        if not request.grammar or (served.program and not served.grammars):
            return {}
        likeliest = {"temperature": 0.0} if served.small and request.temperature is None else {}
        return {**likeliest, **grammar_in(served.grammars or "grammar", request.grammar)}


_ABOUT_GRAMMARS = re.compile("gramma|gbnf|structured|guided", re.IGNORECASE)
