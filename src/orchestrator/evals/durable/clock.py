"""A SQLite connection that can tell the time in milliseconds, whatever SQLite's version.

On Python 3.12 and later, DBOS asks SQLite for ``unixepoch('subsec')``, as the default of its columns too. SQLite knows
it from version 3.42, and which SQLite is there does not hang on Python's version: an older one answers NULL, or that
there is no such function. The connection is asked, and only where it cannot tell is the time Python's.

Knows SQLite; not DBOS, nor what is kept.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any


class ConnectionWithClock(sqlite3.Connection):
    """For ``sqlite3.connect(…, factory=ConnectionWithClock)``."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not _tells_milliseconds(self):
            self.create_function("unixepoch", 1, _unixepoch)


def _tells_milliseconds(connection: sqlite3.Connection) -> bool:
    try:
        (now,) = connection.execute("SELECT unixepoch('subsec')").fetchone()
    except sqlite3.OperationalError:  # before 3.38 there is no such function
        return False
    return now is not None


def _unixepoch(of: str) -> float:
    """As SQLite reckons it, in whole milliseconds: a thousand times it is an integer."""
    if of != "subsec":
        raise ValueError(f"unixepoch('{of}') is not known")  # SQLite's own is hidden by this one
    return time.time_ns() // 1_000_000 / 1000
