"""How a grammar is written into a request: servers agree on GBNF, but not on the field it stands in."""

from __future__ import annotations

from typing import get_args

from orchestrator.core.errors import ConfigError
from orchestrator.core.protocols import GrammarField


def checked_field(field: GrammarField | None) -> GrammarField | None:
    if field is not None and field not in get_args(GrammarField):
        raise ConfigError(f"grammars is {', '.join(get_args(GrammarField))} or nothing, not {field!r}")
    return field


def grammar_in(field: GrammarField, grammar: str) -> dict[str, object]:
    """What goes into the request's body; nothing where there is no grammar."""
    if not grammar:
        return {}
    return {field: {"grammar": grammar} if field == "structured_outputs" else grammar}
