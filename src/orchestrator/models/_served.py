"""What is known of a server of one's own: which program it is, and how large its model is.

Reads the lists of models that such servers publish. It is kept for each (address, model) until the process ends. No
I/O.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.core.chat_template import ChatTemplate
from orchestrator.core.protocols import GrammarField

SMALL_WEIGHTS = 1_100_000_000  # a model with fewer weights does better with guidance
SMALL_BYTES = 700_000_000  # of a file with such a model, at four bits a weight


@dataclass(frozen=True, slots=True)
class Served:
    """A server, and the model that it serves under a name.

    Attributes:
        program: "llama.cpp", "vLLM", "Ollama" or "LM Studio"; "" if it is none of them.
        grammars: The field in which it expects a grammar; None if it takes none.
        small: Whether the model is so small that it does better with guidance. False if its size is not known.
        template: The model's own chat template, for prompts in one string; None if it is not known, or the model has
            none.
    """

    program: str = ""
    grammars: GrammarField | None = None
    small: bool = False
    template: ChatTemplate | None = None


UNKNOWN = Served()


@dataclass(frozen=True, slots=True)
class Question:
    """What a server is asked about.

    Attributes:
        address: The server's address, up to and including ``/v1``.
        model: The server's name for the model.
        raw: Whether the chat template is wanted too, for prompts in one string.
    """

    address: str
    model: str
    raw: bool = False


_known: dict[Question, Served] = {}


def known(question: Question) -> Served | None:
    """Return what was found out about a server; None if it was not asked yet."""
    return _known.get(question)


def note(question: Question, served: Served) -> None:
    """Keep what was found out about a server."""
    _known[question] = served


def entries_in(listed: object) -> list[Mapping[str, Any]]:
    """Return the entries of a server's list of models, from ``data`` (OpenAI's form) or ``models`` (Ollama's).

    Args:
        listed: The JSON that the server sent.

    Raises:
        ValueError: It is no list of models.
    """
    entries = (listed.get("data") or listed.get("models")) if isinstance(listed, dict) else None
    if not isinstance(entries, list):
        raise ValueError("no list of models")  # noqa: TRY004 - as for any other JSON that is not expected
    return [entry for entry in entries if isinstance(entry, dict)]


def entry_of(entries: list[Mapping[str, Any]], model: str) -> Mapping[str, Any]:
    """Return the entry of a model; an empty one if the list has none.

    Args:
        entries: The server's list.
        model: The name that requests have. A tag ``:latest`` may be left out.
    """
    for name in (model, f"{model}:latest"):
        for entry in entries:
            if name in (entry.get("id"), entry.get("name"), entry.get("model")):
                return entry
    return {}


def is_small(entry: Mapping[str, Any], *names: str) -> bool:
    """Tell whether a model is small.

    The first of these that is there decides: the number of weights, the size of the file, the number of weights in
    words ("1.2B"), and that in its names, as in ``SmolLM2-135M``.

    Args:
        entry: The model's entry in the server's list.
        names: The names of the model.
    """
    meta, details = _object(entry.get("meta")), _object(entry.get("details"))
    if isinstance(weights := meta.get("n_params"), int) and weights > 0:
        return weights < SMALL_WEIGHTS
    if isinstance(size := meta.get("size"), int) and size > 0:
        return size < SMALL_BYTES
    said = str(details.get("parameter_size") or "")
    weights = weights_in(said) or weights_in(" ".join([*names, str(entry.get("id")), str(entry.get("root"))]))
    return 0 < weights < SMALL_WEIGHTS


def weights_in(text: str) -> float:
    """Return the largest number of weights that a text names, as 135M, 1.2B or 0.5b; 0 if it names none."""
    found = _WEIGHTS.findall(text)
    return max((float(number) * _UNITS[unit.upper()] for number, unit in found), default=0)


_UNITS = {"M": 1e6, "B": 1e9, "T": 1e12}
_WEIGHTS = re.compile(r"(?<![a-z0-9.])(\d{1,9}(?:\.\d{1,9})?)([mbt])(?![a-z0-9])", re.IGNORECASE)


def grammar_field_of_vllm(version: object) -> GrammarField:
    """Return the field of vLLM's requests that holds a grammar.

    Args:
        version: What ``/version`` says, such as "0.11.2" or "0.12.0rc1". What is no version counts as a new one.
    """
    numbers = re.match(r"(\d{1,9})\.(\d{1,9})", str(version))
    old = numbers is not None and (int(numbers[1]), int(numbers[2])) < (0, 12)
    return "guided_grammar" if old else "structured_outputs"


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
