"""Tools as functions, for servers with function calling, and function calls as text in the context. Knows values only.

A tool with a JSON schema is a function with that schema. Any other tool is a function with one parameter: the text that
comes after the colon of an inline call.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from orchestrator.core.errors import ToolError
from orchestrator.core.schema import Parameters
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


def example_call(tool: Tool, argument: str) -> ToolCall:
    """Make the function call of a few-shot example.

    Args:
        tool: The tool.
        argument: The example's argument, which fits the tool.
    """
    given: Mapping[str, Any] = {parameter_of(tool): argument}
    if tool.parameters is not None:
        with suppress(ToolError):  # a made-up example of somebody else's tool may not fit
            given = Parameters(tool.parameters).read(argument)
    return function_call(tool.name, json.dumps(given, ensure_ascii=False))


def as_written(call: ToolCall, tool: Tool) -> ToolCall:
    """Return a function call with the argument that its tool reads: the whole object, or its one text.

    Args:
        call: The call, as ``function_call`` makes it.
        tool: The tool that it calls.
    """
    given = arguments_of(call)
    return replace(call, argument=(_argument(given, parameter_of(tool)) if tool.parameters is None else given).strip())


def parameter_of(tool: Tool) -> str:
    """Return the name of the parameter of a tool that takes one text: its syntax, if that is a name."""
    return tool.syntax if tool.syntax.isidentifier() else PARAMETER


def text_of(value: object) -> str:
    """Return a value of a function call as the argument of a tool that takes one text; "" if it is no plain value."""
    return value if isinstance(value, str) else json.dumps(value) if isinstance(value, int | float) else ""


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
    name = parameter_of(tool)
    parameters = tool.parameters or {
        "type": "object",
        "properties": {name: {"type": "string", "description": tool.syntax}},
        "required": [name],
        "additionalProperties": False,
    }
    return {"name": tool.name, "description": tool.description, "parameters": parameters}


def _argument(arguments: str, parameter: str = PARAMETER) -> str:
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        return ""
    if isinstance(value, dict):
        only = next(iter(value.values())) if len(value) == 1 else arguments if value else ""
        value = value.get(parameter, value.get(PARAMETER, only))
    return text_of(value)
