"""The PYTHON tool: short Python in a sandbox. How a model counts letters, sorts, reverses and reckons with dates."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

from orchestrator.core.errors import ToolError
from orchestrator.core.types import Tool
from orchestrator.guidance.example_files import read_examples

DESCRIPTION = "runs Python, for example to count letters, sort, reverse or work with dates; shows the last line's value"

_FENCED = re.compile(r"\A(`{3,}|~{3,})\w*\n(.*?)\n?\1\Z", re.DOTALL)


def create() -> Tool:
    """The tool, ready to register."""
    return Tool(
        name="PYTHON",
        description=DESCRIPTION,
        run=run,
        examples=read_examples(Path(__file__).with_suffix(".tsv")),
        syntax="code",
        multiline=True,
    )


def run(code: str) -> str:
    """What ``code`` printed and the value of its last line. Raises ToolError, and ConfigError without the extra."""
    from orchestrator.tools._sandbox import execute  # noqa: PLC0415 - threading and a pool: only a call pays

    fenced = _FENCED.match(code.strip())
    code = dedent(fenced[2] if fenced else code).strip()
    if not code:
        raise ToolError("no code: write Python, such as 'apple'.count('p')")
    return execute(code)
