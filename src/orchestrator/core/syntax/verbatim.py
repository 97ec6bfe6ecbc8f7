"""The scanner of the native protocol: calls come as functions, so nothing in the text is one."""

from __future__ import annotations

from orchestrator.core.syntax.scanner import ScannerEvent
from orchestrator.core.types import Text


class Verbatim:
    """Every text is text."""

    ended = False

    def feed(self, text: str) -> list[ScannerEvent]:
        return [Text(text)]

    def close(self) -> list[ScannerEvent]:
        return []
