"""Calls to tools that are offered as functions: what stands for a call in the context. Knows values only.

A function has one parameter, ``argument``: the text that stands behind the colon of an inline call.
"""

from __future__ import annotations

import json
from typing import Any

from orchestrator.core.types import Tool, ToolCall

PARAMETER = "argument"


def function_call(name: str, arguments: str) -> ToolCall:
    """A call as the model wrote it. ``arguments`` is JSON; where it is not as the schema asks, the argument is empty.

    Small models take liberties: the one value of an object counts whatever its key, and a bare value as well. Several
    values by name are passed on as they are, for tools that read them (``@tool``).
    """
    return ToolCall(name, _argument(arguments).strip(), f"{name}({arguments})")


def example_call(name: str, argument: str) -> ToolCall:
    """The call that an ideal model writes."""
    return function_call(name, json.dumps({PARAMETER: argument}, ensure_ascii=False))


def recalled(name: str, raw: str) -> ToolCall:
    """The call of ``name`` that stands in a context as ``raw``."""
    return function_call(name, raw[len(name) + 1 : -1])


def arguments_of(call: ToolCall) -> str:
    """The text of the arguments, as the model wrote it."""
    return call.raw[len(call.name) + 1 : -1]


def function_of(tool: Tool) -> dict[str, Any]:
    """The tool as servers take functions: a name, a description and a JSON schema."""
    parameters = {
        "type": "object",
        "properties": {PARAMETER: {"type": "string", "description": tool.syntax}},
        "required": [PARAMETER],
        "additionalProperties": False,
    }
    return {"name": tool.name, "description": tool.description, "parameters": parameters}


def _argument(arguments: str) -> str:
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        return ""
    if isinstance(value, dict):
        value = value.get(PARAMETER, next(iter(value.values())) if len(value) == 1 else arguments if value else "")
    return value if isinstance(value, str) else json.dumps(value) if isinstance(value, int | float) else ""
