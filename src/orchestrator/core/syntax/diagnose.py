"""Explains why text that looks like a call did nothing. Reads text that the scanner has passed as ordinary text."""

from __future__ import annotations

import re
from collections.abc import Collection

from orchestrator.core.syntax.escape import without_invisible
from orchestrator.core.types import Diagnostic

_BRACKETS = r"\[［【〔〖⟦❲⁅「﹝︹"  # opening brackets of all kinds
_COLONS = ":：﹕︓∶꞉ː"
_LIKE_A_CALL = re.compile(rf"[{_BRACKETS}]([^\]{_BRACKETS}{_COLONS}\n]{{1,80}})[{_COLONS}]")
_NAME = re.compile(r"[^\W\d_][\w -]{1,63}")
_AT_MOST = 20  # diagnostics for one text; a model may repeat its mistake for pages


def diagnose(text: str, names: Collection[str]) -> list[Diagnostic]:
    """Return a diagnostic for each distinct near-miss in a text.

    A near-miss is a misspelt tool, a call in characters that only look like those of a call, or a call where calls do
    not run.

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
    from unicodedata import normalize  # noqa: PLC0415 - only if something looks like a call

    plain = normalize("NFKC", without_invisible(written)).strip()
    nearest = _nearest(plain.upper(), names) if _NAME.fullmatch(plain) else None
    if nearest is None:
        return None
    if opening.isascii():
        return Diagnostic("unknown_tool", opening, f"{opening}…] is not a tool; the nearest is [{nearest}:…]")
    shown = opening.encode("ascii", "backslashreplace").decode()
    return Diagnostic("unknown_tool", opening, f"{shown}… has other characters than [{nearest}:…]: not run")


def _nearest(written: str, names: Collection[str]) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415 - only if something looks like a call

    letters = re.sub("[ _-]", "", written)
    for name in names:
        if _looks_like(letters, name.replace("_", "")):
            return name
    matches = get_close_matches(re.sub("[ -]", "_", written), names, n=1, cutoff=0.75)
    return matches[0] if matches else None


def _looks_like(written: str, name: str) -> bool:
    """Whether the letters are the same, apart from letters of another script. No word mixes scripts by itself."""
    return (
        len(written) == len(name)
        and any(letter.isascii() for letter in written)
        and all(letter in (own, own.upper()) or not letter.isascii() for letter, own in zip(written, name, strict=True))
    )
