"""Makes valid tool names from a server's names. Servers name tools as they like; here a name is ``[A-Z][A-Z0-9_]*``."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.core.tool import token_name


def tool_names(theirs: Iterable[str], prefix: str = "") -> dict[str, str]:
    """Return a valid name for each of the server's names. No name occurs twice.

    Args:
        theirs: The server's names.
        prefix: Put before each name.

    Returns:
        The server's name by the valid name.
    """
    names: dict[str, str] = {}
    for each in theirs:
        name = base = token_name(f"{prefix}_{each}" if prefix else each)
        count = 1
        while name in names:
            count += 1
            name = f"{base}_{count}"
        names[name] = each
    return names
