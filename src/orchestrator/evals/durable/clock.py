"""A SQLite connection with the time in milliseconds, for every version of SQLite.

On Python 3.12 and later, DBOS calls ``unixepoch('subsec')``, also for the defaults of its columns. SQLite has it since
version 3.42, and Python's version does not tell SQLite's version. An older SQLite returns NULL, or lacks the function.
So the connection is tested, and gets a function in Python only if it needs one.

Knows SQLite; not DBOS or what is stored.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any


class ConnectionWithClock(sqlite3.Connection):
    """A connection for ``sqlite3.connect(…, factory=ConnectionWithClock)``."""

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
    """The seconds since 1970, as SQLite returns them: in whole milliseconds."""
    if of != "subsec":
        raise ValueError(f"unixepoch('{of}') is not known")  # this function hides SQLite's own
    return time.time_ns() // 1_000_000 / 1000
