"""Tells which workers are alive. Each holds a lock that the system releases when the process dies, however it dies.

For SQLite it is a lock file beside the database, for Postgres an advisory lock of a connection. A process that can take
a worker's lock knows at once that the worker is dead, without clocks or heartbeats. Knows locks; not samples.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from filelock import FileLock


class Register(Protocol):
    """Protocol of the register of the workers on one database.

    Attributes:
        own: The name of this process; empty before it has joined.
    """

    own: str

    def join(self, worker: str) -> None:
        """Register this process as ``worker``, until it ends or calls ``leave``."""

    def leave(self) -> None:
        """Remove this process from the register."""
        ...

    def dead(self, worker: str) -> bool:
        """Return whether another worker is dead."""
        ...


class Files:
    """Lock files in a folder, for workers on one machine. The methods are those of ``Register``."""

    def __init__(self, folder: Path) -> None:
        self.own = ""
        self._folder = folder
        self._held: FileLock | None = None

    def join(self, worker: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self.own, self._held = worker, self._lock(worker)
        self._held.acquire(timeout=0)

    def leave(self) -> None:
        if self._held:
            self._held.release()
            with suppress(OSError):
                Path(self._held.lock_file).unlink()
            self._held = None

    def dead(self, worker: str) -> bool:
        if not (self._folder / f"{worker}.lock").exists():
            return True
        from filelock import Timeout  # noqa: PLC0415 - of the extra

        lock = self._lock(worker)
        try:
            with lock.acquire(timeout=0):
                pass
        except Timeout:
            return False
        with suppress(OSError):  # the name is not used again
            Path(lock.lock_file).unlink()
        return True

    def _lock(self, worker: str) -> FileLock:
        from filelock import FileLock  # noqa: PLC0415 - of the extra

        return FileLock(self._folder / f"{worker}.lock", thread_local=False)


class AdvisoryLocks:
    """Advisory locks of a Postgres server, for workers on many machines. The methods are those of ``Register``."""

    def __init__(self, url: str) -> None:
        self.own = ""
        self._url = url
        self._held: Any = None

    def join(self, worker: str) -> None:
        import psycopg  # noqa: PLC0415 - only for Postgres

        self.own, self._held = worker, psycopg.connect(self._url, autocommit=True)
        with suppress(psycopg.Error):  # a machine without power is noticed in a minute, not in two hours
            self._held.execute("SET tcp_keepalives_idle = 30")
            self._held.execute("SET tcp_keepalives_interval = 10")
            self._held.execute("SET tcp_keepalives_count = 3")
        self._held.execute("SELECT pg_advisory_lock(%s)", [_number(worker)])

    def leave(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    def dead(self, worker: str) -> bool:
        number = _number(worker)
        free = bool(self._held.execute("SELECT pg_try_advisory_lock(%s)", [number]).fetchone()[0])
        if free:
            self._held.execute("SELECT pg_advisory_unlock(%s)", [number])
        return free


def _number(worker: str) -> int:
    """The number of a lock for Postgres: 64 bits with a sign."""
    return int.from_bytes(sha256(worker.encode()).digest()[:8], signed=True)
