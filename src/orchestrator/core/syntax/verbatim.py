"""The scanner of the native protocol. Calls come as function calls, so the text contains none."""

from __future__ import annotations

from orchestrator.core.syntax.scanner import ScannerEvent
from orchestrator.core.types import Text


class Verbatim:
    """A scanner that finds no calls. It has ``Scanner``'s methods ``feed`` and ``close``.

    Attributes:
        ended: Always False.
        in_argument: Always False.
    """

    ended = False
    in_argument = False

    def feed(self, text: str) -> list[ScannerEvent]:
        """Return the chunk as text."""
        return [Text(text)]

    def close(self) -> list[ScannerEvent]:
        """Return no events."""
        return []
