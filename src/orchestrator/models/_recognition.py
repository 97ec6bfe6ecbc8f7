"""Asks a server what it is. Imports httpx2, so import it late.

Every such server lists its models at ``/v1/models``. The list, or the header ``Server``, tells llama.cpp and vLLM.
vLLM says its version at ``/version``, and llama.cpp the name of its file at ``/props``. The two others have a list of
their own: Ollama at ``/api/tags``, LM Studio at ``/api/v0/models``. These are GET requests. A server that answers
otherwise is asked nothing more.

Knows requests; not what the answers mean (``_served``).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

import httpx2

from orchestrator.core.protocols import GrammarField
from orchestrator.models import _prefill, _served
from orchestrator.models._chat_template import own_template
from orchestrator.models._checks import is_loopback
from orchestrator.models._retry import Deadline
from orchestrator.models._served import UNKNOWN, Question, Served, entries_in, entry_of, grammar_field_of_vllm, is_small

SECONDS = 2.0  # for all questions together; a server on the same machine answers in milliseconds
LONGEST_BODY = 1 << 20  # bytes; a list of a thousand models has a third of it
_NOT_YET = {429, 502, 503, 504}  # llama.cpp answers 503 while it loads the model

_lock = threading.Lock()


def recognise(question: Question, key: str | None) -> None:
    """Find out what a server is, unless that is known.

    A server that cannot be reached, or is not ready yet, is asked again before the next run.

    Args:
        question: What it is asked about.
        key: The API key for this server.
    """
    waited = _lock.acquire(timeout=2 * SECONDS)  # not for ever: a forked child may have a lock that nobody frees
    try:
        if _served.known(question) is None and (served := _asked(question, key)):
            _served.note(question, served)
            if served.program in ("llama.cpp", "Ollama"):
                _prefill.note_continues(question.address, question.model)
    finally:
        if waited:
            _lock.release()


def _asked(question: Question, key: str | None) -> Served | None:
    """Ask the server. None if it may tell later."""
    local = is_loopback(question.address) and question.address.startswith("http://")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        with httpx2.Client(headers=headers, trust_env=not local, verify=not local) as client:
            return _Answers(client, question, Deadline.after(SECONDS)).served()
    except (httpx2.ConnectTimeout, httpx2.PoolTimeout):
        return None
    except (httpx2.TimeoutException, httpx2.DecodingError, ValueError, RecursionError):
        return UNKNOWN  # it is no such server, and would keep the next run waiting too
    except Exception:  # noqa: BLE001 - also what a test's recorded responses raise; the run tells about the server
        return None


class _Answers:
    """The answers of one server.

    Args:
        client: The HTTP client.
        question: What the server is asked about.
        deadline: When the last answer must be complete.
    """

    def __init__(self, client: httpx2.Client, question: Question, deadline: Deadline) -> None:
        self._client = client
        self._question = question
        self._root = question.address.removesuffix("/v1")
        self._deadline = deadline

    def served(self) -> Served:
        """Find out what the server is."""
        model = self._question.model
        listed, header = self._get(f"{self._question.address}/models")
        entries = entries_in(listed)
        entry = entry_of(entries, model) or (entries[0] if len(entries) == 1 else {})
        owner = entry.get("owned_by")
        if header == "llama.cpp" or owner == "llamacpp":
            template = own_template(self._client, self._root) if self._question.raw else None
            files = [] if entry.get("meta") else self._files()
            return Served("llama.cpp", "grammar", is_small(entry, model, *files), template)
        if owner == "vllm":
            return Served("vLLM", self._field_of_vllm(), is_small(entry, model))
        if details := self._entry(f"{self._root}/api/tags", "details"):
            return Served("Ollama", None, is_small(details, model))
        if details := self._entry(f"{self._root}/api/v0/models", "compatibility_type"):
            return Served("LM Studio", None, is_small(details, model))
        return UNKNOWN

    def _files(self) -> list[str]:
        """The names of the model's file, as llama.cpp says them."""
        try:
            said, _ = self._get(f"{self._root}/props")
        except ValueError:
            return []
        return [str(said.get(name)) for name in ("model_path", "model_alias")] if isinstance(said, dict) else []

    def _field_of_vllm(self) -> GrammarField:
        try:
            said, _ = self._get(f"{self._root}/version")
        except ValueError:
            said = None
        return grammar_field_of_vllm(said.get("version") if isinstance(said, dict) else "")

    def _entry(self, url: str, mark: str) -> Mapping[str, Any]:
        """Return the model's entry in a list that only one kind of server has; empty if it is none of its lists.

        Args:
            url: The address of the list.
            mark: A field of its entries.
        """
        try:
            entry = entry_of(entries_in(self._get(url)[0]), self._question.model)
        except ValueError:
            return {}
        return entry if mark in entry else {}

    def _get(self, url: str) -> tuple[Any, str]:
        """Return the JSON of a response, and its header ``Server``.

        Raises:
            ValueError: It is no JSON, too long, or has an error status.
            httpx2.HTTPError: There is no response in time, or the server is not ready.
        """
        with self._client.stream("GET", url, timeout=self._deadline.left()) as response:
            if response.status_code in _NOT_YET:
                raise httpx2.ConnectError("not ready")
            if not response.is_success:
                raise ValueError(response.status_code)
            body = b""
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > LONGEST_BODY:
                    raise ValueError("too long")
                if self._deadline.passed():
                    raise httpx2.ReadTimeout("too slow")
            return json.loads(body), response.headers.get("server", "")
