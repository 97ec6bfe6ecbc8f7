"""The parameters of a Python function: their JSON schema by pydantic, and the values as the annotations want them.

``core.schema`` reads the argument of a call by that schema, as it does for every tool; pydantic then makes dates, enums
and models of the values, and applies what a schema cannot say. Knows signatures and pydantic; not tools.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticInvalidForJsonSchema

from orchestrator.core.errors import ToolError
from orchestrator.core.schema import Parameters, inlined


class FunctionParameters(Parameters):
    """The parameters of a function.

    Args:
        signature: The function's signature.
        hints: The types of the parameters, by name. A parameter without a type is text.
        about: Descriptions of parameters, by name.

    Raises:
        PydanticUserError: Pydantic cannot check a type.
    """

    def __init__(self, signature: inspect.Signature, hints: Mapping[str, Any], about: Mapping[str, str]) -> None:
        defaults = {name: each.default for name, each in signature.parameters.items()}
        self._adapters: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(hints.get(name, str)) for name in defaults}
        properties = {
            name: ({"description": about[name]} if name in about else {}) | _schema(adapter, defaults[name])
            for name, adapter in self._adapters.items()
        }
        required = [name for name, default in defaults.items() if default is inspect.Parameter.empty]
        super().__init__({"properties": properties, "required": required})

    def read(self, argument: str) -> dict[str, Any]:
        """Read the argument of a call.

        Args:
            argument: What the model wrote.

        Returns:
            The values by name, in the annotated types. A parameter that is left out has no value.

        Raises:
            ToolError: A value is missing or not valid. The message tells the model how to write the argument.
        """
        values, wrong = super().read(argument), []
        for name, value in values.items():
            try:
                values[name] = self._adapters[name].validate_python(value)
            except ValidationError as error:
                wrong.append(f"{name}: {_reasons(error)}")
        if wrong:
            raise ToolError(f"{'; '.join(wrong[:3])}; write {self.syntax}")
        return values


def _schema(adapter: TypeAdapter[Any], default: object) -> dict[str, Any]:
    """Return the JSON schema of a type; any value if it has none."""
    try:
        schema = inlined(adapter.json_schema())
    except PydanticInvalidForJsonSchema:
        return {}
    if default is not inspect.Parameter.empty:
        with suppress(Exception):  # a default that JSON cannot hold is not shown
            schema["default"] = adapter.dump_python(default, mode="json")
    return schema


def _reasons(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return ", ".join(": ".join([*map(str, each["loc"]), each["msg"]]) for each in found[:3])
