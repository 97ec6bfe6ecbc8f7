"""Makes a ``Tool`` from an MCP server's description of a tool. Its JSON schema becomes one line of text.

The server's texts end up in the hidden prompt, so they are cut to one short line and made inert. Knows schemas; not
sessions.
"""

from __future__ import annotations

import inspect
import keyword
import re
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Literal

from orchestrator.core.tool import Tool, ToolHints
from orchestrator.mcp._samples import NOTHING, choices, examples, line, listed
from orchestrator.runtime.arguments import Reader

if TYPE_CHECKING:
    from mcp_types import Tool as ServerTool

MOST_DESCRIPTION = 200  # characters
_OMITTED = object()
_TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "array": list[Any],
    "object": dict[str, Any],
}


class ArgumentReader:
    """Reads the argument of a call by a JSON schema: one value, several as ``name=value, …``, or a JSON object.

    Args:
        schema: The JSON schema of the tool's input, an object with properties.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        properties = schema.get("properties")
        self._properties: dict[str, Any] = properties if isinstance(properties, dict) else {}
        self._required = [name for name in self._properties if name in listed(schema.get("required"))]
        self._names: dict[str, str] = {}
        for name in sorted(self._properties, key=lambda each: each not in self._required):
            self._names[_identifier(name, self._names)] = name
        parameters = [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if theirs in self._required else _OMITTED,
            )
            for name, theirs in self._names.items()
        ]
        hints = {name: _type(self._properties[theirs]) for name, theirs in self._names.items()}
        self._reader = Reader(inspect.Signature(parameters), hints) if parameters else None

    @property
    def syntax(self) -> str:
        """How the prompt writes the argument, such as ``end=YYYY-MM-DD``."""
        return line(self._reader.syntax, MOST_DESCRIPTION) if self._reader else NOTHING

    @property
    def shown(self) -> dict[str, Any]:
        """The schemas of the properties that an example gives: the required ones, or else the first."""
        names = [name for name, theirs in self._names.items() if theirs in self._required] or list(self._names)[:1]
        return {name: self._properties[self._names[name]] for name in names}

    def read(self, argument: str) -> dict[str, Any]:
        """Read the argument of a call.

        Args:
            argument: What the model wrote.

        Returns:
            The values by the server's property names.

        Raises:
            ToolError: The values do not fit the schema. The message says how to write them.
        """
        if self._reader is None:
            return {}
        given = self._reader.read(argument).arguments
        return {self._names[name]: value for name, value in given.items() if value is not _OMITTED}


def as_tool(name: str, offered: ServerTool, reader: ArgumentReader, run: Callable[[str], str]) -> Tool:
    """Make the ``Tool`` for a tool of the server.

    Args:
        name: The tool's name here.
        offered: The server's description of the tool.
        reader: The reader of its arguments.
        run: Makes a call.
    """
    about = line(offered.description or offered.title or offered.name.replace("_", " "), MOST_DESCRIPTION)
    made = examples(about, offered.name, reader.shown, offered.output_schema)
    return Tool(name, about, run, made, syntax=reader.syntax, multiline=True, hints=ToolHints(synthetic=True))


def _type(schema: object) -> Any:
    """Return the Python annotation for a property's schema; Any if the schema is not a simple one."""
    if not isinstance(schema, dict):
        return Any
    if values := choices(schema):
        return Literal[tuple(values)]
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), None)
    if isinstance(kind, str):
        return _TYPES.get(kind, Any)
    options = [*listed(schema.get("anyOf")), *listed(schema.get("oneOf"))]
    plain = [each for each in options if isinstance(each, dict) and each.get("type") != "null"]
    return _type(plain[0]) if len(plain) == 1 else Any


def _identifier(name: str, taken: Collection[str]) -> str:
    """Return the property's name in a form that can be written in ``name=value``, and that is not taken."""
    plain = re.sub(r"\W", "_", name, flags=re.ASCII)[:60]
    plain = plain if plain.isidentifier() else f"_{plain}"
    while plain in taken or keyword.iskeyword(plain):
        plain += "_"
    return plain
