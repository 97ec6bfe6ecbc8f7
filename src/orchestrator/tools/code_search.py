"""The CODE_SEARCH tool over the current folder. ``orchestrator.code.code_search("path")`` makes it for another."""

from __future__ import annotations

from orchestrator.code.tool import code_search
from orchestrator.core.types import Tool


def create() -> Tool:
    """The tool, ready to register. The folder is indexed when it is first searched."""
    return code_search()
