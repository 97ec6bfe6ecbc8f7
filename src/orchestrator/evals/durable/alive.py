"""Which workers are alive. Each holds a lock that its system gives back when the process dies, however it dies.

On SQLite it is a file beside the database, on Postgres an advisory lock of a connection. Whoever can take a worker's
lock knows that it is dead, at once and without clocks or heartbeats.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from filelock import FileLock


class Register(Protocol):
    """Who is at work on one database. ``own`` is this process's name, "" before it has joined."""

    own: str

    def join(self, worker: str) -> None:
        """Say that ``worker`` is alive, until this process ends or ``leave`` is called."""

    def leave(self) -> None: ...

    def dead(self, worker: str) -> bool: ...


class Files:
    """Lock files in ``folder``: for workers on one machine."""

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
        with suppress(OSError):  # its name never comes again
            Path(lock.lock_file).unlink()
        return True

    def _lock(self, worker: str) -> FileLock:
        from filelock import FileLock  # noqa: PLC0415 - of the extra

        return FileLock(self._folder / f"{worker}.lock", thread_local=False)


class AdvisoryLocks:
    """Advisory locks of a Postgres server: for workers on many machines."""

    def __init__(self, url: str) -> None:
        self.own = ""
        self._url = url
        self._held: Any = None

    def join(self, worker: str) -> None:
        import psycopg  # noqa: PLC0415 - only for Postgres

        self.own, self._held = worker, psycopg.connect(self._url, autocommit=True)
        with suppress(psycopg.Error):  # a machine that loses its power is noticed in a minute instead of in two hours
            self._held.execute("SET tcp_keepalives_idle = 30")
            self._held.execute("SET tcp_keepalives_interval = 10")
            self._held.execute("SET tcp_keepalives_count = 3")
        self._held.execute("SELECT pg_advisory_lock(%s)", [_number(worker)])

    def leave(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    def dead(self, worker: str) -> bool:
        with self._taken(_number(worker)) as free:
            return free

    @contextmanager
    def _taken(self, number: int) -> Iterator[bool]:
        free = bool(self._held.execute("SELECT pg_try_advisory_lock(%s)", [number]).fetchone()[0])
        try:
            yield free
        finally:
            if free:
                self._held.execute("SELECT pg_advisory_unlock(%s)", [number])


def _number(worker: str) -> int:
    """A lock's name as Postgres wants it: 64 bits with a sign."""
    return int.from_bytes(sha256(worker.encode()).digest()[:8], signed=True)
