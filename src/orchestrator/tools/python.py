"""The PYTHON tool: short Python in a sandbox. A model uses it to count letters, sort, reverse and work with dates."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from orchestrator.core.tool import Tool
from orchestrator.guidance.example_files import read_examples
from orchestrator.runtime.extras import require

DESCRIPTION = "runs Python, for example to count letters, sort, reverse or work with dates; shows the last line's value"


def create() -> Tool:
    """Make the tool."""
    return Tool(
        name="PYTHON",
        description=DESCRIPTION,
        run=run,
        examples=read_examples(Path(__file__).with_suffix(".tsv")),
        syntax="code",
        multiline=True,
        check=partial(require, "the PYTHON tool", "python", "pydantic_monty"),
    )


def run(code: str) -> str:
    """Run Python code. Return what it printed, then the value of its last line.

    Args:
        code: The code. A Markdown fence around it is removed.

    Raises:
        ToolError: The code failed, was too slow, or shows nothing. The message is for the model.
        ConfigError: The extra ``python`` is missing, or the sandbox does not start.
    """
    from orchestrator.tools._sandbox import execute  # noqa: PLC0415 - threading and subprocess: only for a call

    return execute(code)
