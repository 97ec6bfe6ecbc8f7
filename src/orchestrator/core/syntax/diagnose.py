"""Explains why text that looks like a call did nothing. Reads text that the scanner has passed as ordinary text."""

from __future__ import annotations

import re
from collections.abc import Collection

from orchestrator.core.types import Diagnostic

_LIKE_A_CALL = re.compile(r"\[ ?([A-Za-z][A-Za-z0-9_ -]{1,63}?) ?:")
_AT_MOST = 20  # diagnostics for one text; a model may repeat its mistake for pages


def diagnose(text: str, names: Collection[str]) -> list[Diagnostic]:
    """Return a diagnostic for each distinct near-miss in a text: a misspelt tool, or a call where calls do not run.

    Args:
        text: Text that the scanner has passed.
        names: The names of the tools.

    Returns:
        At most 20 diagnostics, in the order of the text.
    """
    found: dict[str, Diagnostic] = {}
    for match in _LIKE_A_CALL.finditer(text):
        if len(found) == _AT_MOST:
            break
        if match[0] not in found and (diagnostic := _explain(match[0], match[1], names)):
            found[match[0]] = diagnostic
    return list(found.values())


def _explain(opening: str, written: str, names: Collection[str]) -> Diagnostic | None:
    if opening == f"[{written}:" and written in names:
        return Diagnostic("not_run", opening, f"{opening}…] is in code, in thinking or after a backslash: not run")
    nearest = _nearest(written, names)
    if nearest is None:
        return None
    return Diagnostic("unknown_tool", opening, f"{opening}…] is not a tool; the nearest is [{nearest}:…]")


def _nearest(written: str, names: Collection[str]) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415 - only if something looks like a call

    name = re.sub("[ -]", "_", written.strip().upper())
    matches = get_close_matches(name, names, n=1, cutoff=0.75)
    return matches[0] if matches else None
