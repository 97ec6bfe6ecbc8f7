"""The single values of an argument: those of a JSON object, or of ``name=value, name=value``. Knows texts only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_NAMED = re.compile(r"(?:^|[,;\n])\s*\w+\s*=\s*([^,;\n]+)")


def named_values(argument: str) -> list[str]:
    """Return the values of a JSON object, or of ``name=value, name=value``; none for plain text."""
    return json_values(argument) or _NAMED.findall(argument)


def json_values(argument: str) -> list[str]:
    """Return the values of a JSON object or array, as texts; none for anything else."""
    try:
        return list(_leaves(json.loads(argument))) if argument[:1] in ("{", "[") else []
    except (ValueError, RecursionError):
        return []


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _leaves(each)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
