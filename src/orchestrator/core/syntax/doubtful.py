"""Scans a text that may begin inside thinking. The chat template of a server may have opened it in the prompt.

Whether it did shows only later: a closing mark alone, such as ``</think>``, ends the thinking. So a call is held back
until then, and the model writes on meanwhile. Text before the first call is passed on at once.
Knows the scanner and where thinking ends; not servers.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from orchestrator.core.syntax.adjacent import AdjacentScanner
from orchestrator.core.syntax.markup import Edge
from orchestrator.core.syntax.scanner import Scanner, ScannerEvent
from orchestrator.core.syntax.thinking import ThinkingReader
from orchestrator.core.types import Text

ROOM = 1_000
"""Characters that are read after a call, if nothing is known of the server. About 250 tokens, once for each server."""


class Doubtful:
    """A scanner that makes a call only when it is known that the call is not in thinking. Else the call is text.

    It is known, and from then on the text is scanned as usual,
    - after a closing mark alone: it ends the thinking;
    - after thinking that the text itself opens and closes;
    - when ``ROOM`` characters have come after the call without such a mark;
    - when ``settle`` is called.

    Args:
        scanner: Makes a scanner. It takes ``mid_line``.
        thinks: Whether the server is known to open thinking. Then all that follows a call is read, and a stream that
            breaks off makes no call. Else at most ``ROOM`` characters are read.
    """

    def __init__(self, scanner: Callable[..., Scanner | AdjacentScanner], *, thinks: bool) -> None:
        self._new = scanner
        self._scanner = scanner(mid_line=False)
        self._thinks = thinks
        self._room = inf if thinks else ROOM
        self._reader = ThinkingReader()
        self._settled = False
        self._pending = ""  # read by the scanner, but not yet in an event
        self._held: list[str] = []  # from the first call on
        self._length = 0  # of what is held

    @property
    def ended(self) -> bool:
        """Whether the scan is over. Everything that comes now is discarded."""
        return self._settled and self._scanner.ended

    @property
    def in_argument(self) -> bool:
        """Whether a call has begun whose argument has no end yet."""
        return self._scanner.in_argument and not self._held

    def feed(self, chunk: str) -> list[ScannerEvent]:
        """Scan a chunk of text, and return the events that it completes."""
        if self._settled:
            return self._scanner.feed(chunk)
        if self._held:
            return self._hold(chunk, 0)
        text = self._pending + chunk
        events = self._scanner.feed(chunk)
        passed = _text_before_a_call(events)
        held = text[len(passed) :]
        call = next((event for event in events if not isinstance(event, Text)), None)
        before = max(0, len(chunk) - len(held)) if call else len(chunk)
        edge, at = self._read(chunk[:before])
        if edge == "ends":
            return self._go_on(text[: len(text) - len(chunk) + at], chunk[at:])
        if edge == "closes":  # the text opens its thinking itself, so the prompt did not
            self._settled = True
            return events
        shown: list[ScannerEvent] = [Text(passed)] if passed else []
        if call is None:
            self._pending = held
            return shown
        self._room += len(call.raw)
        begun = held[: len(held) - len(chunk) + before]  # what earlier chunks had of the call
        self._held, self._length = [begun], len(begun)
        return shown + self._hold(chunk, before)

    def settle(self) -> list[ScannerEvent]:
        """Scan as usual from now on, because the model has stopped, or the server separates thinking from text.

        Returns:
            The events for text that was held back.
        """
        if self._settled:
            return []
        if self._held and self._reader.mark_is_last:
            return self._go_on("".join(self._held), "")
        return self._not_thinking()

    def close(self) -> list[ScannerEvent]:
        """End the scan of a stream that broke off, and return the events for text that was held back."""
        if self._settled or not self._held:
            return self._scanner.close()
        if not self._thinks:
            events = self._not_thinking()
            return events if self.ended else [*events, *self._scanner.close()]
        held, self._held = "".join(self._held), []
        return [Text(held)]

    def _hold(self, chunk: str, start: int) -> list[ScannerEvent]:
        """Hold back a chunk from ``start`` on, and look for the end of thinking in it."""
        limit = start + int(min(len(chunk), max(0, self._room - self._length)))
        edge, at = "", start
        while edge != "ends" and at < min(limit, len(chunk)):
            edge, length = self._read(chunk[at:limit])
            at += length
        if edge == "ends":
            return self._go_on("".join([*self._held, chunk[start:at]]), chunk[at:])
        self._held.append(chunk[start:])
        self._length += len(chunk) - start
        return self._not_thinking() if self._length > self._room else []

    def _read(self, text: str) -> tuple[Edge, int]:
        """Read up to the next position where thinking ends, and say how."""
        at = 0
        while at < len(text):
            at = self._reader.step(text, at)
            if self._reader.edge in ("ends", "closes"):
                return self._reader.edge, at
        return "", at

    def _go_on(self, thinking: str, rest: str) -> list[ScannerEvent]:
        self._settled = True
        self._scanner = self._new(mid_line=False)
        events = self._scanner.feed(rest)
        return [Text(thinking), *events] if thinking else events

    def _not_thinking(self) -> list[ScannerEvent]:
        self._settled = True
        if not self._held:
            return []
        self._scanner = self._new(mid_line=True)
        return self._scanner.feed("".join(self._held))


def _text_before_a_call(events: list[ScannerEvent]) -> str:
    texts = []
    for event in events:
        if not isinstance(event, Text):
            break
        texts.append(event.text)
    return "".join(texts)
