"""Where samples are kept: a SQLite file on this machine, or a Postgres server that many machines share.

Starts and stops DBOS in this process, quietly. Knows addresses; not what is kept there.
"""

from __future__ import annotations

import logging
import os
import re
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from orchestrator.core.errors import ConfigError, OrchestratorError
from orchestrator.evals.durable.alive import AdvisoryLocks, Files, Register
from orchestrator.evals.durable.clock import ConnectionWithClock
from orchestrator.evals.durable.order import FORMAT
from orchestrator.runtime.extras import require

APPLICATION = "orchestrator-evals"
_PATIENCE = 600  # seconds that samples under way may take to end
_one_at_a_time = threading.Lock()


def url_of(place: str) -> str:
    """The address behind ``--db``: a URL as it is, anything else as the path of a SQLite file."""
    if re.match(r"postgres(ql)?://|sqlite:///", place):
        return place
    if "://" in place:
        raise ConfigError(
            f"--db takes postgresql://…, sqlite:///… or the path of a file, not {without_password(place)}"
        )
    path = Path(place).expanduser().absolute()
    return f"sqlite:///{path.as_posix()}"


def without_password(url: str) -> str:
    """The address as it may be shown."""
    url = re.sub(r"(://[^:/@]*):.*@", r"\1:…@", url)  # a password may hold an @
    return re.sub(r"([?&]password=)[^&\s]*", r"\1…", url)


@dataclass(slots=True)
class AtWork:
    """A process with DBOS in it. ``done`` says that none of its samples is under way."""

    register: Register
    done: bool = False


def needed() -> None:
    """Raise ConfigError if what keeps samples is not installed."""
    require("an evaluation with a database (--db none has none)", "evals", "dbos", "filelock")


@contextmanager
def launched(url: str, queues: list[str] | None, threads: int) -> Iterator[AtWork]:
    """DBOS at work in this process, on ``queues`` or on all of them, registered as alive.

    At the end it begins nothing new and waits for what is under way, so that nothing paid for is lost. Raises
    ConfigError where the database cannot be had, OrchestratorError where it fails later.
    """
    needed()
    from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer  # noqa: PLC0415 - with SQLAlchemy half a second

    if not _one_at_a_time.acquire(blocking=False):
        raise ConfigError("this process has a durable evaluation under way: wait for it, or use another process")
    from orchestrator.evals.durable.workflows import side_of  # noqa: PLC0415 - DBOS must know them before it starts

    side_of.cache_clear()  # the key in the environment may be another one now
    logging.getLogger("dbos").addHandler(logging.NullHandler())  # else DBOS writes to the terminal by itself
    config = DBOSConfig(
        name=APPLICATION,
        system_database_url=url,
        executor_id=f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}",
        application_version=FORMAT,  # workers of another one leave it alone
        serializer=DBOSPortableJSONSerializer(),  # not pickle: whoever can write the database must not run code here
        log_level="ERROR",
        max_executor_threads=threads,
        db_engine_kwargs={"connect_args": {"factory": ConnectionWithClock}} if _is_sqlite(url) else None,
    )
    with _failures_explained(url), ExitStack() as at_end:
        at_end.callback(_one_at_a_time.release)
        try:
            work = AtWork(_register(url))
            at_end.callback(work.register.leave)
            if not _is_sqlite(url):
                DBOS.migrate(url)  # makes a Postgres database that is not there yet, in which the lock will be
            work.register.join(str(config["executor_id"]))
            DBOS(config=config)
            at_end.callback(_stop, work)
            if queues is not None:
                DBOS.listen_queues(queues)
            DBOS.launch()
        except Exception as error:  # SQLAlchemy's, psycopg's, the system's
            why = without_password(str(error).partition("\n")[0])
            raise ConfigError(f"cannot use the database {without_password(url)}: {why}") from error
        yield work


@contextmanager
def _failures_explained(url: str) -> Iterator[None]:
    import sqlalchemy as sql  # noqa: PLC0415 - DBOS brings it

    try:
        yield
    except (sql.exc.SQLAlchemyError, sqlite3.Error) as error:  # the disk is full, say
        why = without_password(str(error).partition("\n")[0])
        raise OrchestratorError(
            f"the database {without_password(url)} failed ({why}): make room, and run the same command again"
        ) from error


def _stop(work: AtWork) -> None:
    from dbos import DBOS  # noqa: PLC0415 - launched by now

    DBOS.destroy(workflow_completion_timeout_sec=0 if work.done else _PATIENCE)


def _register(url: str) -> Register:
    if not _is_sqlite(url):
        return AdvisoryLocks(url)
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # kept in the file: readers and the writer do not wait
    return Files(path.with_name(f"{path.name}-workers"))


def _is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")
