"""The grammar of a model that was trained to call tools: it chooses whether to call, and writes what the schema allows.

Nothing is decided here about the question. A call, once begun, is held to its tool's schema, and an answer to what the
guide allows after the results so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.core.schema.resolved import inlined
from orchestrator.guidance.literals import quoted
from orchestrator.guidance.schema_grammar import Anything, Rules, schema_rules

ROOT = "root ::= "


class Written(Anything):
    """Any texts and numbers. In a list of numbers, each has a decimal point, as in an argument that is copied."""

    def listed(self, rules: Rules, items: Mapping[str, Any]) -> str | None:  # type: ignore[override]
        """Return the expression for a list of numbers; None for any other list."""
        if items.keys() - {"description"} != {"type"} or items["type"] != "number":
            return None
        number = rules.add('"-"? ("0" | [1-9] [0-9]{0,17}) "." [0-9]{1,15}')
        return rules.add(f'"[" {number} (", " {number})* "]"')


def call_or(tools: Mapping[str, Mapping[str, Any]], otherwise: str) -> str:
    """Return the grammar of a call of one of the tools, or of something else.

    Args:
        tools: The tools' names, and the schemas of their arguments.
        otherwise: The grammar of what may be written instead; its first rule is ``root``.
    """
    if not tools:
        return otherwise
    choices = [f'{quoted(f"[{name}:")} call{at} "]"' for at, name in enumerate(tools)]
    rules = [
        rule
        for at, schema in enumerate(tools.values())
        for rule in schema_rules(inlined(schema, endless=False), Written(brackets=False), f"call{at}")
    ]
    instead = f"otherwise ::= {otherwise.removeprefix(ROOT)}"
    return "\n".join([f"{ROOT}{' | '.join(choices)} | otherwise", instead, *rules])
