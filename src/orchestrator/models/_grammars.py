"""Writes a grammar into a request. Servers agree on the format (GBNF) but not on the field that holds it."""

from __future__ import annotations

from typing import get_args

from orchestrator.core.errors import ConfigError
from orchestrator.core.protocols import GrammarField


def checked_field(field: GrammarField | None) -> GrammarField | None:
    """Check the name of the field that holds a grammar, and return it.

    Raises:
        ConfigError: The field is none of ``GrammarField``.
    """
    if field is not None and field not in get_args(GrammarField):
        raise ConfigError(f"grammars is {', '.join(get_args(GrammarField))} or nothing, not {field!r}")
    return field


def grammar_in(field: GrammarField, grammar: str) -> dict[str, object]:
    """Return the fields that a grammar adds to a request's body; no field if the grammar is empty.

    Args:
        field: The field that the server reads.
        grammar: The grammar in GBNF.
    """
    if not grammar:
        return {}
    return {field: {"grammar": grammar} if field == "structured_outputs" else grammar}
