"""The extra ``code``: whether what code search needs is installed."""

from __future__ import annotations

from orchestrator.runtime.extras import require

NEEDED = ("numpy", "chromadb", "snowballstemmer", "pathspec", "filelock", "tree_sitter")


def needed() -> None:
    """Raises ConfigError with the line that installs what is missing."""
    require("code search", "code", *NEEDED)
