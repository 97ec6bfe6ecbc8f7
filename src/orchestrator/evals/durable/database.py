"""The database of the samples: a SQLite file on this machine, or a Postgres server that many machines share.

It starts and stops DBOS in this process, without output. Knows addresses; not what is stored.
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
from orchestrator.evals.durable.spec import FORMAT
from orchestrator.runtime.extras import require

APPLICATION = "orchestrator-evals"
_PATIENCE = 600  # seconds; samples under way have so long to end
_one_at_a_time = threading.Lock()


def url_of(place: str) -> str:
    """Return the URL of a database. A URL stays as it is; anything else is the path of a SQLite file.

    Raises:
        ConfigError: It is a URL of another kind.
    """
    if re.match(r"postgres(ql)?://|sqlite:///", place):
        return place
    if "://" in place:
        raise ConfigError(
            f"--db takes postgresql://…, sqlite:///… or the path of a file, not {without_password(place)}"
        )
    path = Path(place).expanduser().absolute()
    return f"sqlite:///{path.as_posix()}"


def without_password(url: str) -> str:
    """Return a URL without its password, to be shown."""
    url = re.sub(r"(://[^:/@]*):.*@", r"\1:…@", url)  # a password may hold an @
    return re.sub(r"([?&]password=)[^&\s]*", r"\1…", url)


@dataclass(slots=True)
class AtWork:
    """A process in which DBOS runs.

    Attributes:
        register: The register of the workers.
        done: No sample is under way, so that the end need not wait.
    """

    register: Register
    done: bool = False


def needed() -> None:
    """Do nothing if DBOS and filelock are installed.

    Raises:
        ConfigError: One of them is missing. The message has the line that installs it.
    """
    require("an evaluation with a database (--db none has none)", "evals", "dbos", "filelock")


@contextmanager
def launched(url: str, queues: list[str] | None, threads: int) -> Iterator[AtWork]:
    """Run DBOS in this process during a block, and register the process as alive.

    At the end it begins no new sample, and waits for those under way, so that no paid sample is lost.

    Args:
        url: The database.
        queues: The queues whose samples this process makes; None means all queues.
        threads: How many workflows run at the same time.

    Raises:
        ConfigError: The database cannot be used, the extra is missing, or DBOS runs in this process already.
        OrchestratorError: The database fails later.
    """
    needed()
    from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer  # noqa: PLC0415 - with SQLAlchemy half a second

    if not _one_at_a_time.acquire(blocking=False):
        raise ConfigError("this process has a durable evaluation under way: wait for it, or use another process")
    from orchestrator.evals.durable.workflows import orchestrator_of  # noqa: PLC0415 - DBOS must know them before it starts

    orchestrator_of.cache_clear()  # the environment may have another key now
    logging.getLogger("dbos").addHandler(logging.NullHandler())  # otherwise DBOS writes to the terminal
    config = DBOSConfig(
        name=APPLICATION,
        system_database_url=url,
        executor_id=f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}",
        application_version=FORMAT,  # workers of another version ignore the samples
        serializer=DBOSPortableJSONSerializer(),  # not pickle: a writer of the database must not run code here
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
                DBOS.migrate(url)  # makes the Postgres database, which the lock needs
            work.register.join(str(config["executor_id"]))
            DBOS(config=config)
            at_end.callback(lambda: DBOS.destroy(workflow_completion_timeout_sec=0 if work.done else _PATIENCE))
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
    except (sql.exc.SQLAlchemyError, sqlite3.Error) as error:  # such as a full disk
        why = without_password(str(error).partition("\n")[0])
        raise OrchestratorError(
            f"the database {without_password(url)} failed ({why}): make room, and run the same command again"
        ) from error


def _register(url: str) -> Register:
    if not _is_sqlite(url):
        return AdvisoryLocks(url)
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        # Stored in the file. Readers and the writer then do not wait for each other.
        connection.execute("PRAGMA journal_mode = WAL")
    return Files(path.with_name(f"{path.name}-workers"))


def _is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")
