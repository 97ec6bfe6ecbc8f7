"""The extra ``code``: whether what code search needs is installed."""

from __future__ import annotations

from importlib.util import find_spec

from orchestrator.core.errors import ConfigError

_NEEDED = ("numpy", "chromadb", "snowballstemmer", "pathspec", "filelock", "tree_sitter")


def needed() -> None:
    """Raises ConfigError with the line that installs what is missing."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise ConfigError(f"code search needs {', '.join(missing)}: pip install 'orchestrator[code]'")
