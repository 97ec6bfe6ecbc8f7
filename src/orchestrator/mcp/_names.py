"""Makes valid tool names from a server's names. Servers name tools as they like; here a name is ``[A-Z][A-Z0-9_]*``."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST = 60  # characters; a name may have 64, and a number may be added


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
        name = base = _valid(f"{prefix}_{each}" if prefix else each)
        count = 1
        while name in names:
            count += 1
            name = f"{base}_{count}"
        names[name] = each
    return names


def _valid(text: str) -> str:
    """Return the name in capitals: ``getWeather-v2`` is GET_WEATHER_V2."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    name = re.sub(r"[^A-Z0-9]+", "_", words.upper()).strip("_")
    if not name[:1].isalpha():
        name = f"TOOL_{name}".rstrip("_")
    name = name[:MOST].rstrip("_")
    return f"{name[: MOST - 5]}_TOOL" if name.endswith(("_RESULT", "_ERROR")) else name
