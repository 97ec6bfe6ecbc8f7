"""Tools as functions, for servers with function calling, and function calls as text in the context. Knows values only.

A function has one parameter, ``argument``. It is the text that comes after the colon of an inline call.
"""

from __future__ import annotations

import json
from typing import Any

from orchestrator.core.tool import Tool
from orchestrator.core.types import ToolCall

PARAMETER = "argument"


def function_call(name: str, arguments: str) -> ToolCall:
    """Make a call from a function call that the model wrote.

    Small models do not always follow the schema. If the object has one value, it is the argument, whatever its key is.
    A bare value is the argument too. Several named values are passed on as JSON, for tools that read them (``@tool``).

    Args:
        name: The function's name.
        arguments: The arguments as JSON. If they cannot be read, the call's argument is empty.
    """
    return ToolCall(name, _argument(arguments).strip(), f"{name}({arguments})")


def example_call(name: str, argument: str) -> ToolCall:
    """Make the function call of a few-shot example."""
    return function_call(name, json.dumps({PARAMETER: argument}, ensure_ascii=False))


def recalled(name: str, raw: str) -> ToolCall:
    """Make the call again from its text in a stored context.

    Args:
        name: The function's name.
        raw: The text, ``NAME(arguments)``.
    """
    return function_call(name, raw[len(name) + 1 : -1])


def arguments_of(call: ToolCall) -> str:
    """Return the arguments as the model wrote them."""
    return call.raw[len(call.name) + 1 : -1]


def function_of(tool: Tool) -> dict[str, Any]:
    """Return the tool as servers expect a function: a name, a description and a JSON schema."""
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
