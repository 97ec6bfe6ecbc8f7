"""Makes a ``Tool`` from an MCP server's description of a tool. Its JSON schema becomes one line of text.

The server's texts end up in the hidden prompt, so they are cut to one short line and made inert. Knows schemas; not
sessions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from orchestrator.core.schema import Parameters
from orchestrator.core.syntax import inert_line
from orchestrator.core.tool import Tool, ToolHints
from orchestrator.mcp._samples import examples

if TYPE_CHECKING:
    from mcp_types import Tool as ServerTool

MOST_DESCRIPTION = 200  # characters


class ArgumentReader(Parameters):
    """Reads the argument of a call by the JSON schema of a server's tool, whose texts are a stranger's.

    Args:
        schema: The JSON schema of the tool's input, an object with properties.
    """

    def __init__(self, schema: object) -> None:
        super().__init__(schema, patterns=False)
        for each in self.schema["properties"].values():
            if "description" in each:
                each["description"] = inert_line(each["description"], MOST_DESCRIPTION)

    @property
    def syntax(self) -> str:
        """How the prompt writes the argument, such as ``end=YYYY-MM-DD``, on one short line."""
        return inert_line(super().syntax, MOST_DESCRIPTION)


def as_tool(name: str, offered: ServerTool, reader: ArgumentReader, run: Callable[[str], str]) -> Tool:
    """Make the ``Tool`` for a tool of the server.

    Args:
        name: The tool's name here.
        offered: The server's description of the tool.
        reader: The reader of its arguments.
        run: Makes a call.
    """
    about = inert_line(offered.description or offered.title or offered.name.replace("_", " "), MOST_DESCRIPTION)
    made = examples(about, offered.name, reader.shown, offered.output_schema)
    return Tool(
        name,
        about,
        run,
        made,
        syntax=reader.syntax,
        multiline=True,
        hints=ToolHints(synthetic=True),
        parameters=reader.schema,
        function=offered.name,
    )
