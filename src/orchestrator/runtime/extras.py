"""The extras of the package: is one installed, and the sentence that names the one that is missing.

Knows names of modules; imports none of them.
"""

from __future__ import annotations

import sys

from orchestrator.core.errors import ConfigError

DISTRIBUTION = "orchestrator-llm"  # the name on the package index; the import name is ``orchestrator``


def require(what: str, extra: str, *modules: str) -> None:
    """Raise ConfigError if a module that ``what`` needs is not installed.

    Args:
        what: The subject of the sentence, such as "code search".
        extra: The extra that installs the modules.
        modules: Import names of top-level modules.

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
    """Give the command that installs an extra."""
    return f"pip install '{DISTRIBUTION}[{extra}]'"
