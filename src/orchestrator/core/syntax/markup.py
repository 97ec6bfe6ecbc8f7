"""Tells where in a text a call may begin: not in code, not in a think block, not after a backslash.

It is a state machine. The method in ``self._read`` takes a text and a position, consumes what belongs to its state, and
returns the next position. The result does not depend on how the text is cut into chunks.
Knows Markdown's fences and inline code, and the ``<think>`` tag; not what a call looks like.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Reader = Callable[[str, int], int]

_SPECIAL = re.compile(r"[\[`\\<\n]")  # what can end ordinary text
_CODE_END = re.compile(r"[`\n]")
_INDENT = re.compile(r"[ \t>]*")
_LIST_INDENT = re.compile(r"[ \t>*+\-0-9.)]*")  # a fence may begin in a list or in a quotation


class Markup:
    """The state of the markup at the end of the text that was read so far.

    Args:
        mid_line: Whether the text begins inside a line, so that no code fence can begin there.
    """

    def __init__(self, *, mid_line: bool = False) -> None:
        self._read: Reader = self._read_plain if mid_line else self._read_line_start
        self._marker = ""  # the character of the run that opens or closes code
        self._run = 0  # the length so far of the run that is being read
        self._opened = 0  # the length of the run that opened the code
        self._tail = ""  # the last characters, which may be the beginning of a tag

    @property
    def inert(self) -> bool:
        """Whether a call at this position would not run."""
        return self._read not in (self._read_plain, self._read_line_start, self._read_tag)

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

    @property
    def thinking(self) -> bool:
        """Whether the position is in a think block."""
        return self._read == self._read_thinking

    def step(self, text: str, at: int) -> int:
        """Read a piece of text, and return the next position. A ``[`` is treated as ordinary text.

        Args:
            text: The text.
            at: The position from which to read.
        """
        if text[at] == "[" and not self.inert:
            self.pass_bracket()
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
        elif special == "<":
            self._tail = "<"
            self._read = self._read_tag
            return at + 1
        return at

    def _read_escaped(self, text: str, start: int) -> int:
        """The character after a backslash is literal. A newline still ends the line."""
        self._read = self._read_plain
        return start if text[start] == "\n" else start + 1

    def _read_tag(self, text: str, start: int) -> int:
        self._tail += text[start]
        if not "<think>".startswith(self._tail):
            self._read = self._read_plain
            return start
        if self._tail == "<think>":
            self._tail = ""
            self._read = self._read_thinking
        return start + 1

    def _read_thinking(self, text: str, start: int) -> int:
        window = self._tail + text[start:]
        found = window.find("</think>")
        if found < 0:
            self._tail = window[-len("/think>") :]
            return len(text)
        self._read = self._read_line_start
        return start + found + len("</think>") - len(self._tail)

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
