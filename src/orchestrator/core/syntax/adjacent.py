"""Finds calls that stand side by side, ``[A:1] [B:2]``, to be run together. Knows the scanner only.

It keeps the scanner's laws: the events do not depend on how the text was cut into chunks, and text, calls and what was
discarded are the input, character for character.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from orchestrator.core.syntax.scanner import Call, Scanner, ScannerEvent
from orchestrator.core.types import Text

MAX_BLANKS = 200  # characters between two calls; more of them lead nowhere


class AdjacentScanner:
    """A Scanner that goes on behind a call for as long as blanks and complete calls follow.

    Whatever else follows ends the scan: it was written without the results. ``discarded`` begins behind the last call.
    """

    def __init__(self, names: Iterable[str], multiline: Collection[str] = (), *, mid_line: bool = False) -> None:
        self.ended = False
        self._names = frozenset(names)
        self._multiline = frozenset(multiline)
        self._scanner = Scanner(self._names, self._multiline, mid_line=mid_line)
        self._called = False
        self._blanks = ""  # read behind the last call; kept if one more call follows
        self._behind: list[str] = []  # all that was read behind the last call

    @property
    def discarded(self) -> str:
        """What came behind the last call, or behind a forged result."""
        return "".join(self._behind)

    def feed(self, chunk: str) -> list[ScannerEvent]:
        """The events that ``chunk`` completes."""
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
        """What was held back when the stream ended. A call that was begun behind another never happened."""
        events = [] if self._called or self.ended else self._scanner.close()
        self.ended = True
        return events

    def _follow(self, text: str) -> list[ScannerEvent]:
        """Read behind a call, up to the first thing that is neither blank nor a call."""
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
