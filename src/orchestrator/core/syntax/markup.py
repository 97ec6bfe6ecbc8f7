"""Tells where in a text a call may begin: not in code, not in a think block, not after a backslash.

It is a state machine. The method in ``self._read`` takes a text and a position, consumes what belongs to its state, and
returns the next position. The result does not depend on how the text is cut into chunks.
Knows Markdown's fences and inline code; not what a call looks like, nor what marks thinking (``thinking_marks``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from orchestrator.core.syntax.thinking_marks import (
    BEGINNINGS,
    ENDING,
    IN_CAPITALS,
    LONGEST,
    OPENING,
    Dress,
    begins_a_tag,
    plain_mark,
)

Reader = Callable[[str, int], int]
Edge = Literal["", "opens", "closes", "closes_inner", "ends"]
"""What a mark does.

- ``opens``: thinking begins.
- ``closes``: it ends.
- ``closes_inner``: thinking inside thinking ends.
- ``ends``: all text before it was thinking. It is a closing mark without an opening one, if the prompt opened the
  thinking, or the header of the final channel.
"""

_SPECIAL = re.compile(r"[\[`\\<\n◁]")  # what can end ordinary text
_CODE_END = re.compile(r"[`\n]")
_INDENT = re.compile(r"[ \t>]*")
_LIST_INDENT = re.compile(r"[ \t>*+\-0-9.)]*")  # a fence may begin in a list or in a quotation


class Markup:
    """The state of the markup at the end of the text that was read so far.

    Args:
        mid_line: Whether the text begins inside a line, so that no code fence can begin there.
        thinking: The thinking inside which the text begins; None if it begins outside.

    Attributes:
        edge: What the mark does that the last ``step`` completed; "" if it completed none.
        mark: The length of the last mark that opens or ends thinking.
    """

    def __init__(self, *, mid_line: bool = False, thinking: Dress | None = None) -> None:
        self.edge: Edge = ""
        self.mark = 0
        self._read: Reader = self._read_plain if mid_line else self._read_line_start
        self._marker = ""  # the character of the run that opens or closes code
        self._run = 0  # the length so far of the run that is being read
        self._opened = 0  # the length of the run that opened the code
        self._tail = ""  # the last characters, which may be the beginning of a mark
        self._depth = 0  # of thinking inside thinking
        self._dress: Dress
        if thinking:
            self._open(thinking)

    @property
    def inert(self) -> bool:
        """Whether a call at this position would not run."""
        return self._read not in (self._read_plain, self._read_line_start, self._read_mark)

    def advance(self, text: str, start: int) -> int:
        """Read up to the next ``[`` at which a call may begin.

        Args:
            text: The text.
            start: The position from which to read.

        Returns:
            The position of the ``[``, or the length of the text.
        """
        at = start
        while at < len(text):
            if text[at] == "[" and not self.inert:
                return at
            at = self._read(text, at)
        return at

    def pass_bracket(self) -> None:
        """Treat the ``[`` at which ``advance`` stopped as read.

        The caller may have read more text without markup after it.
        """
        self._read = self._read_plain

    def pass_name(self, name: str) -> None:
        """Treat the ``[`` at which ``advance`` stopped, and the word after it, as read. ``[THINK`` may begin a mark."""
        tail = f"[{name}"
        if tail.lower() in BEGINNINGS:
            self._tail, self._read = tail, self._read_mark

    @property
    def thinking(self) -> bool:
        """Whether the position is in a think block."""
        return self._read in (self._read_thinking, self._read_thinking_start)

    def step(self, text: str, at: int) -> int:
        """Read a piece of text, and return the next position. A ``[`` is treated as ordinary text.

        Args:
            text: The text.
            at: The position from which to read.
        """
        self.edge = ""
        if text[at] == "[" and not self.inert:
            self._tail, self._read = "[", self._read_mark
            return at + 1
        return self._read(text, at)

    # --- Plain text ---

    def _read_line_start(self, text: str, start: int) -> int:
        at = _skip(_LIST_INDENT, text, start)
        if at < len(text):
            self._read = self._begin_run(text[at], self._read_fence_marker) if text[at] in "`~" else self._read_plain
        return at

    def _read_plain(self, text: str, start: int) -> int:
        found = _SPECIAL.search(text, start)
        if found is None:
            return len(text)
        at = found.start()
        special = text[at]
        if special == "`":
            self._read = self._begin_run("`", self._read_inline_marker)
        elif special == "\n":
            self._read = self._read_line_start
            return at + 1
        elif special == "\\":
            self._read = self._read_escaped
            return at + 1
        elif special in "<◁":
            self._tail = special
            self._read = self._read_mark
            return at + 1
        return at

    def _read_escaped(self, text: str, start: int) -> int:
        """The character after a backslash is literal. A newline still ends the line."""
        self._read = self._read_plain
        return start if text[start] == "\n" else start + 1

    # --- Thinking ---

    def _read_mark(self, text: str, start: int) -> int:
        tail = self._tail + text[start]
        mark = tail.lower()
        if mark in BEGINNINGS:
            self._tail = tail
        elif mark in OPENING or mark in ENDING or tail in IN_CAPITALS:
            self._take_outer(mark, tail)
        elif len(tail) > 2 and begins_a_tag(mark):
            self._tail = tail
        elif len(tail) > 2 and (mark := plain_mark(mark)):
            self._take_outer(mark, tail)
        else:
            self._read = self._read_plain
            return start
        return start + 1

    def _take_outer(self, mark: str, written: str) -> None:
        """Go on after a mark outside thinking."""
        self.mark = len(written)
        if mark in ENDING:
            self.edge, self._read = "ends", self._read_line_start
        else:
            self.edge = "opens"
            self._open(OPENING.get(mark) or IN_CAPITALS[written])

    def _open(self, dress: Dress) -> None:
        self._dress, self._depth, self._tail = dress, 1, ""
        self._read = self._read_thinking_start

    def _read_thinking_start(self, text: str, start: int) -> int:
        """Read the opening mark once more, if it is there: models repeat the one that ends their prompt."""
        if not self._tail and text[start].isspace():
            return start + 1
        tail = self._tail + text[start].lower()
        if tail in self._dress.opens:
            self._tail, self._read = "", self._read_thinking
        elif tail in BEGINNINGS:
            self._tail = tail
        else:
            self._read = self._read_thinking
            return start
        return start + 1

    def _read_thinking(self, text: str, start: int) -> int:
        search, tail = self._dress.marks.search, len(self._tail)
        match = search(self._tail + text[start : start + LONGEST]) if tail else None
        at = start - tail
        if match is None or match.start() >= tail:
            match = search(text, start)
            at = 0
        if match is None:
            self._tail = (self._tail + text[max(start, len(text) - LONGEST) :])[1 - LONGEST :]
            return len(text)
        self._tail = ""
        self._take_mark("".join(match[0].lower().split()), len(match[0]))
        return at + match.end()

    def _take_mark(self, mark: str, length: int) -> None:
        """Go on after a mark inside thinking."""
        opens = mark in self._dress.opens
        self._depth += 1 if opens else -1
        if not self._depth:
            self.edge, self.mark = "ends" if mark in ENDING and not self._dress.nests else "closes", length
            self._read = self._read_line_start
        elif not opens:
            self.edge = "closes_inner"

    # --- Code: inline to the end of its line, fenced over many ---

    def _begin_run(self, marker: str, reader: Reader) -> Reader:
        self._marker, self._run = marker, 0
        return reader

    def _count_run(self, text: str, start: int) -> int:
        """Count the marker's run. Its length is known if the returned position is before the end of the text."""
        at = start
        while at < len(text) and text[at] == self._marker:
            at += 1
        self._run += at - start
        return at

    def _read_fence_marker(self, text: str, start: int) -> int:
        at = self._count_run(text, start)
        if at < len(text):
            self._opened = self._run
            inline = self._read_inline if self._marker == "`" else self._read_plain
            self._read = self._read_fence_info if self._run >= 3 else inline
        return at

    def _read_fence_info(self, text: str, start: int) -> int:
        """Read the rest of the line that opens a fence.

        If it contains a backtick, a run of backticks is inline code instead.
        """
        found = _CODE_END.search(text, start)
        if found is None:
            return len(text)
        at = found.start()
        if text[at] == "\n":
            self._read = self._read_fence_line_start
        elif self._marker == "`":
            self._read = self._begin_run("`", self._read_inline_end)
            return at
        return at + 1

    def _read_fence_line_start(self, text: str, start: int) -> int:
        at = _skip(_INDENT, text, start)
        if at < len(text):
            may_end = text[at] == self._marker
            self._read = self._begin_run(self._marker, self._read_fence_end) if may_end else self._read_fence_line
        return at

    def _read_fence_line(self, text: str, start: int) -> int:
        newline = text.find("\n", start)
        if newline < 0:
            return len(text)
        self._read = self._read_fence_line_start
        return newline + 1

    def _read_fence_end(self, text: str, start: int) -> int:
        at = self._count_run(text, start)
        if at < len(text):
            self._read = self._read_fence_end_line if self._run >= self._opened else self._read_fence_line
        return at

    def _read_fence_end_line(self, text: str, start: int) -> int:
        """Only blanks may follow the run that closes a fence."""
        if text[start] == "\n":
            self._read = self._read_plain
        elif not text[start].isspace():
            self._read = self._read_fence_line
        else:
            return start + 1
        return start

    def _read_inline_marker(self, text: str, start: int) -> int:
        at = self._count_run(text, start)
        if at < len(text):
            self._opened = self._run
            self._read = self._read_inline
        return at

    def _read_inline(self, text: str, start: int) -> int:
        found = _CODE_END.search(text, start)
        if found is None:
            return len(text)
        at = found.start()
        self._read = self._begin_run("`", self._read_inline_end) if text[at] == "`" else self._read_plain
        return at

    def _read_inline_end(self, text: str, start: int) -> int:
        at = self._count_run(text, start)
        if at < len(text):
            self._read = self._read_plain if self._run == self._opened else self._read_inline
        return at


def _skip(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start
