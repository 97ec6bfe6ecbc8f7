"""The extras of the package: whether one is installed, and the sentence about a missing one.

Knows names of modules; imports none of them.
"""

from __future__ import annotations

import sys

from orchestrator.core.errors import ConfigError

DISTRIBUTION = "orchestrator-llm"  # the name on the package index; the import name is ``orchestrator``


def require(what: str, extra: str, *modules: str) -> None:
    """Check that the modules that a part of the library needs are installed.

    Args:
        what: The subject of the sentence in the error, such as "code search".
        extra: The extra that installs the modules.
        modules: Import names of top-level modules.

    Raises:
        ConfigError: A module is not installed.
    """
    missing = [name for name in modules if not installed(name)]
    if missing:
        raise ConfigError(f"{what} needs {', '.join(missing)}: {install(extra)}")


def installed(module: str) -> bool:
    """Tell whether a top-level module can be found, without importing it."""
    if module in sys.modules:
        return sys.modules[module] is not None
    from importlib.util import find_spec  # noqa: PLC0415 - import orchestrator does not need it

    return find_spec(module) is not None


def install(extra: str) -> str:
    """Return the command that installs an extra."""
    return f"pip install '{DISTRIBUTION}[{extra}]'"
