"""Writes a grammar into a request. Servers agree on the format (GBNF) but not on the field that holds it."""

from __future__ import annotations

from orchestrator.core.protocols import GrammarField


def grammar_in(field: GrammarField, grammar: str) -> dict[str, object]:
    """Return the fields that a grammar adds to a request's body; no field if the grammar is empty.

    Args:
        field: The field that the server reads.
        grammar: The grammar in GBNF.
    """
    if not grammar:
        return {}
    return {field: {"grammar": grammar} if field == "structured_outputs" else grammar}
