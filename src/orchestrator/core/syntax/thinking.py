"""Finds where thinking begins and ends in a text, and removes it. ``markup`` decides whether a mark is code.

A closing mark without an opening one ends the thinking that the prompt opened, unless the text only mentions it.
"""

from __future__ import annotations

import re

from orchestrator.core.syntax.markup import Edge, Markup
from orchestrator.core.syntax.thinking_marks import LIKE_A_MARK, Dress

_KEPT = 80  # characters before a mark; more of a sentence is not looked at
_BLANKS = " \t"
_QUOTES = "\"'“”‘’«»‹›„()"
_ENDS_A_PART = ".,;:!?)\"'”’»…"


def without_thinking(text: str, opened: Dress | None = None) -> str:
    """Return the text without its thinking. In code the marks are plain text.

    Thinking that is not closed reaches to the end. If it was closed inside, but less often than it was opened, it
    reaches to the last closing mark.

    Args:
        text: The model's text.
        opened: The thinking that the prompt opened; None if that is not known. Then a closing mark alone shows it.
    """
    if opened is None and not re.search(LIKE_A_MARK, text, re.IGNORECASE):
        return text
    reader = ThinkingReader(opened)
    kept, begin, at = "", 0, 0
    closed = False  # whether what begins at ``begin`` is no thinking, even if the thinking is still open
    while at < len(text):
        at = reader.step(text, at)
        match reader.edge:
            case "opens":
                kept, closed = kept + text[begin : at - reader.mark], False
            case "closes" | "closes_inner":
                begin, closed = at, True
            case "ends":
                kept, begin = "", at
    if reader.mark_is_last:
        return ""
    return kept + text[begin:] if closed or not reader.thinking else kept


class ThinkingReader:
    """Reads a text in pieces, and says where thinking begins and ends. The result does not depend on the pieces.

    Args:
        opened: The thinking that the prompt opened; None if that is not known.

    Attributes:
        edge: What happens at the position that the last ``step`` returned; "" if nothing.
        mark_is_last: Whether the text so far ends with a closing mark whose meaning depends on what follows. If nothing
            follows, it ends the thinking.
    """

    def __init__(self, opened: Dress | None = None) -> None:
        self.edge: Edge = ""
        self.mark_is_last = False
        self._markup = Markup(thinking=opened)
        self._before = ""
        self._blank = False  # whether there is a blank after the mark

    @property
    def mark(self) -> int:
        """The length of the mark that the last ``step`` completed."""
        return self._markup.mark

    @property
    def thinking(self) -> bool:
        """Whether the position is in thinking."""
        return self._markup.thinking

    def step(self, text: str, at: int) -> int:
        """Read a piece of text, and return the next position.

        Args:
            text: The text.
            at: The position from which to read.
        """
        self.edge = ""
        if self.mark_is_last:
            if text[at] in _BLANKS:
                self._blank = True
                return at + 1
            self.mark_is_last = False
            if not _continues(text[at], blank=self._blank, quoted=self._before[-self.mark - 1 : -self.mark]):
                self.edge = "ends"
                return at
        begin, at = at, self._markup.step(text, at)
        self._before = (self._before + text[max(begin, at - _KEPT) : at])[-_KEPT:]
        self.edge = self._markup.edge
        if self.edge == "ends" and _may_be_mentioned(self._before[: -self.mark]):
            self.edge = ""
            self.mark_is_last, self._blank = True, False
        return at


def _may_be_mentioned(before: str) -> bool:
    """Whether a mark after this text may be quoted, or a word of a sentence: "the tag </think> ends it"."""
    words = before.rstrip(_BLANKS)
    if words and words == before:
        return words[-1] in _QUOTES
    return not words or words[-1].isalnum() or words[-1] in ",;"


def _continues(character: str, *, blank: bool, quoted: str) -> bool:
    """Whether a quotation or a sentence goes on with this character after a mark."""
    if quoted and quoted in _QUOTES:
        return not blank and character in _QUOTES
    return character in _ENDS_A_PART or (blank and character.islower())
