"""Checks that the extra ``code`` is installed."""

from __future__ import annotations

from orchestrator.runtime.extras import require

NEEDED = ("numpy", "chromadb", "snowballstemmer", "filelock", "tree_sitter")


def needed() -> None:
    """Do nothing if the extra is installed.

    Raises:
        ConfigError: A package is missing. The message has the line that installs it.
    """
    require("code search", "code", *NEEDED)
