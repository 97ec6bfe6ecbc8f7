"""The lock of an index folder: one process at a time uses it.

Two processes must not write Chroma's embedded store, and none must read it while another writes. The lock is the
operating system's lock on a file, so a killed process does not keep it. A file beside it says which process holds it.
Knows files and processes; not what an index holds.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.core.errors import ConfigError

if TYPE_CHECKING:
    from filelock import BaseFileLock

WAIT_SECONDS = 10.0
LOCK = "lock"


class IndexBusy(ConfigError):
    """Another process holds the index. The message says which one, and what to do."""


class IndexLock:
    """The lock of one index folder: only the process that holds it may write the index.

    Use it from one thread at a time. A holder may take it again.
    """

    def __init__(self, folder: Path) -> None:
        from filelock import FileLock  # noqa: PLC0415 - in the extra `code`

        self._lock: BaseFileLock = FileLock(folder / LOCK, thread_local=False)
        self._owner = folder / "lock.owner"

    @contextmanager
    def held(self, doing: str = "", seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """Hold the lock during a block.

        Args:
            doing: What the block does. The error of other processes that wait shows it.
            seconds: How long to wait for the lock.

        Raises:
            IndexBusy: Another process holds the lock.
            ConfigError: The lock file cannot be written.
        """
        from filelock import Timeout  # noqa: PLC0415

        try:
            self._lock.acquire(timeout=seconds)
        except Timeout:
            raise IndexBusy(
                f"the index is in use: {self._who()}. Wait for it and try again; or keep the vectors on a server, "
                "which many processes may use: `chroma run`, then `orchestrator index PATH --chroma http://localhost:8000`"
            ) from None
        except OSError as error:
            raise ConfigError(
                f"cannot lock the index in {self._owner.parent} ({error.strerror}): choose a folder of yours with "
                "--db, or repair it with `orchestrator index PATH`"
            ) from error
        try:
            if doing:
                with suppress(OSError):  # then others are not told who holds it
                    self._owner.write_text(_owner_line(doing), "utf-8")
            yield
        finally:
            if doing:
                with suppress(OSError):
                    self._owner.unlink()
            self._lock.release()

    def _who(self) -> str:
        try:
            owner = json.loads(self._owner.read_text("utf-8"))
            return f"process {owner['pid']} has been {owner['doing']} for {time.time() - owner['since']:.0f} s"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process is reading it"


def _owner_line(doing: str) -> str:
    return json.dumps({"pid": os.getpid(), "doing": doing, "since": time.time()})
