"""Finds calls side by side, ``[A:1] [B:2]``, so that they can run at once. Knows the scanner only.

The events do not depend on how the text is cut into chunks. Text, calls and discarded text together are the input,
character for character.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from orchestrator.core.syntax.scanner import Call, Scanner, ScannerEvent
from orchestrator.core.syntax.thinking_marks import Dress
from orchestrator.core.types import Text

MAX_BLANKS = 200  # characters between two calls; after more blanks the scan ends


class AdjacentScanner:
    """A Scanner that continues after a call as long as only blanks and complete calls follow.

    Anything else ends the scan, because the model wrote it without the results. ``discarded`` begins after the last
    call.

    Args:
        names: The names of the tools.
        multiline: The tools whose argument may contain newlines.
        mid_line: Whether the text begins inside a line, so that no code fence can begin there.
        thinking: The thinking inside which the text begins, because the prompt opened it.

    Attributes:
        ended: Whether the scan is over. Everything that comes now is discarded.
    """

    def __init__(
        self,
        names: Iterable[str],
        multiline: Collection[str] = (),
        *,
        mid_line: bool = False,
        thinking: Dress | None = None,
    ) -> None:
        self.ended = False
        self._names = frozenset(names)
        self._multiline = frozenset(multiline)
        self._scanner = Scanner(self._names, self._multiline, mid_line=mid_line, thinking=thinking)
        self._called = False
        self._blanks = ""  # blanks after the last call; kept if another call follows
        self._behind: list[str] = []  # everything after the last call

    @property
    def discarded(self) -> str:
        """The text after the last call, or after a forged result."""
        return "".join(self._behind)

    @property
    def in_argument(self) -> bool:
        """Whether a call has begun whose argument has no end yet."""
        return self._scanner.in_argument

    def feed(self, chunk: str) -> list[ScannerEvent]:
        """Scan a chunk of text, and return the events that it completes."""
        if self.ended:
            self._behind.append(chunk)
            return []
        if self._called:
            return self._follow(chunk)
        events = self._scanner.feed(chunk)
        if not self._scanner.ended:
            return events
        rest = self._scanner.discarded
        if isinstance(events[-1], Call):
            self._begin_again()
            return events + self._follow(rest)
        self._behind = [rest]
        self.ended = True
        return events

    def close(self) -> list[ScannerEvent]:
        """End the scan, and return the events for text that was held back.

        An unfinished call after a complete one is discarded.
        """
        events = [] if self._called or self.ended else self._scanner.close()
        self.ended = True
        return events

    def _follow(self, text: str) -> list[ScannerEvent]:
        """Read after a call, up to the first thing that is neither blank nor a call."""
        events: list[ScannerEvent] = []
        self._behind.append(text)
        while True:
            found = self._scanner.feed(text)
            if not all(self._may_stand_between(event) for event in found):
                self.ended = True
                return events
            if not self._scanner.ended:
                return events
            if self._blanks:
                events.append(Text(self._blanks))
            events.append(found[-1])
            text = self._scanner.discarded
            self._begin_again()
            self._behind = [text]

    def _may_stand_between(self, event: ScannerEvent) -> bool:
        if isinstance(event, Text):
            self._blanks += event.text
            return self._blanks.isspace() and len(self._blanks) <= MAX_BLANKS
        return isinstance(event, Call)

    def _begin_again(self) -> None:
        self._scanner = Scanner(self._names, self._multiline, mid_line=True)
        self._called = True
        self._blanks = ""
        self._behind = []
