"""Finds where thinking begins and ends in a text, and removes it. ``markup`` decides whether a mark is code.

A closing mark without an opening one ends the thinking that the prompt opened, unless the text only mentions it.
"""

from __future__ import annotations

import re

from orchestrator.core.syntax.markup import Edge, Markup
from orchestrator.core.syntax.thinking_marks import LIKE_A_MARK, Dress, last_closing

_KEPT = 80  # characters before a mark; more of a sentence is not looked at
_BLANKS = " \t"
_QUOTES = "\"'“”‘’«»‹›„()"
_ENDS_A_PART = ".,;:!?)\"'”’»…"
_ANSWER = "(?:response|answer|solution)"
_ANSWER_BEGINS = re.compile(rf"\A\s*<\|(?:start|begin|begin_of)_{_ANSWER}\|>", re.IGNORECASE)
_ANSWER_ENDS = re.compile(rf"<\|(?:end|end_of)_{_ANSWER}\|>\s*\Z", re.IGNORECASE)


def without_thinking(text: str, opened: Dress | None = None) -> str:
    """Return the text without its thinking, and without the marks around an answer.

    In code the marks are plain text, as they are as words of a sentence. Thinking that is not closed reaches to the
    end. If it was closed inside, but less often than it was opened, it reaches to the last closing mark. If it was
    closed only with the marks of another dress, it reaches to the last of these.

    Args:
        text: The model's text.
        opened: The thinking that the prompt opened; None if that is not known. Then a closing mark alone shows it.
    """
    if opened is None and not re.search(LIKE_A_MARK, text, re.IGNORECASE):
        return text
    reader = ThinkingReader(opened)
    kept, begin, at = "", 0, 0
    mentioned: str | None = None  # what was kept when a sentence mentioned an opening mark
    closed = False  # whether what begins at ``begin`` is no thinking, even if the thinking is still open
    while at < len(text):
        at = reader.step(text, at)
        match reader.edge:
            case "opens" if _is_word(text, at - reader.mark, at):
                mentioned = kept + text[begin : at - reader.mark]
                reader.pass_mark()
            case "opens":
                kept, begin, closed, mentioned = kept + text[begin : at - reader.mark], at, False, None
            case "closes" | "closes_inner":
                begin, closed = at, True
            case "ends":
                kept, begin, mentioned = mentioned or "", at, None
    if reader.mark_is_last and mentioned is None:
        return ""
    if closed or not reader.thinking:
        return kept + _unwrapped(text[begin:])
    return kept + _unwrapped(_behind_another_mark(text[begin:]))


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether the opening mark between two positions is quoted, or a word of a sentence: "use <think> first"."""
    before = text[max(0, start - _KEPT) : start]
    behind = text[end : end + _KEPT].lstrip(_BLANKS)
    inside = before.rstrip(_BLANKS)[-1:] not in ("", "\n")
    blank = text[end : end + 1] in _BLANKS
    return (
        inside and behind != "" and _may_be_mentioned(before) and _continues(behind[0], blank=blank, quoted=before[-1])
    )


def _behind_another_mark(thinking: str) -> str:
    """Return what comes after the last closing mark in thinking that its own mark has not closed."""
    closing = last_closing(thinking)
    return thinking[closing.end() :] if closing else ""


def _unwrapped(answer: str) -> str:
    """Return an answer without the marks of the chat template around it."""
    return _ANSWER_ENDS.sub("", _ANSWER_BEGINS.sub("", answer))


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

    def pass_mark(self) -> None:
        """Treat the opening mark that the last ``step`` completed as plain text."""
        self._markup = Markup(mid_line=True)

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
