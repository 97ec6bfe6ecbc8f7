"""Keeps the last lines that a server's process writes to standard error. Knows a pipe; nothing of MCP."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from threading import Thread
from typing import TextIO

from orchestrator.core.syntax import inert_line

MOST_BYTES = 16_000  # that are kept of a server that writes for days
MOST_LINES = 5
MOST_LINE = 300  # characters
LEAST_SECRET = 4  # characters; a shorter value of a variable, such as "1", is no secret
LAST_BYTES_SECONDS = 1.0  # the wait for what a process wrote just before it ended

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class LastLines:
    """The end of a process's standard error. A thread empties the pipe, so that the process never waits for it.

    Attributes:
        file: What the process gets as standard error. Close it here when the process has it.
    """

    def __init__(self) -> None:
        source, target = os.pipe()
        self.file: TextIO = os.fdopen(target, "w", encoding="utf-8")
        self._kept = b""
        self._cut = False
        self._thread = Thread(target=self._read, args=(source,), name="stderr of an MCP server", daemon=True)
        self._thread.start()

    def said(self, secrets: Collection[str] = ()) -> str:
        """Return the last line and the few before it, in one inert line; "" if there is none.

        Args:
            secrets: Values that are replaced by "…".
        """
        self.file.close()  # if the process could not be started
        self._thread.join(LAST_BYTES_SECONDS)
        text = self._kept.decode("utf-8", "replace")
        if self._cut:
            text = text.partition("\n")[2]  # the first line is not whole, and half a secret would not be found
        for secret in sorted(secrets, key=len, reverse=True):
            if len(secret) >= LEAST_SECRET:
                text = text.replace(secret, "…")
        lines = [inert_line(each, MOST_LINE) for each in _CONTROL.sub("", text).splitlines() if each.strip()]
        *before, last = lines[-MOST_LINES:] or [""]
        return f"{last} (before that: {' | '.join(before)})" if before else last

    def _read(self, source: int) -> None:
        with open(source, "rb", buffering=0) as pipe:
            while chunk := pipe.read(MOST_BYTES):
                whole = self._kept + chunk
                self._cut = self._cut or len(whole) > MOST_BYTES
                self._kept = whole[-MOST_BYTES:]
