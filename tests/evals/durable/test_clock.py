"""A SQLite before 3.42 answers NULL to ``unixepoch('subsec')``; evaluations go on all the same."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

import pytest
from dbos._migration import sqlite_migrations

from orchestrator.evals.durable.clock import ConnectionWithClock
from orchestrator.evals.durable.database import launched

TABLE = "CREATE TABLE kept (at INTEGER NOT NULL DEFAULT (unixepoch('subsec') * 1000))"


class OldSQLite(sqlite3.Connection):
    """Answers as SQLite 3.38 to 3.41 do, on every version."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.create_function("unixepoch", 1, lambda of: None)


class OldSQLiteWithClock(ConnectionWithClock, OldSQLite):
    """Old below, mended above."""


class OlderSQLiteWithClock(ConnectionWithClock):
    """SQLite before 3.38, which does not know the function."""

    def execute(self, sql, *arguments):
        if sql.startswith("SELECT unixepoch"):
            raise sqlite3.OperationalError("no such function: unixepoch")
        return super().execute(sql, *arguments)


def test_an_old_sqlite_cannot_fill_the_column():
    with closing(OldSQLite(":memory:")) as connection:
        connection.execute(TABLE)
        with pytest.raises(sqlite3.IntegrityError, match="NOT NULL constraint failed"):
            connection.execute("INSERT INTO kept DEFAULT VALUES")


@pytest.mark.parametrize("kind", [ConnectionWithClock, OldSQLiteWithClock, OlderSQLiteWithClock])
def test_with_a_clock_every_sqlite_fills_it_with_whole_milliseconds(kind):
    with closing(sqlite3.connect(":memory:", factory=kind)) as connection:
        connection.execute(TABLE)
        before = time.time_ns() // 1_000_000
        connection.execute("INSERT INTO kept DEFAULT VALUES")
        at, stored_as = connection.execute("SELECT at, typeof(at) FROM kept").fetchone()
        assert stored_as == "integer"
        assert before - 1 <= at <= time.time_ns() // 1_000_000 + 1


def test_a_sqlite_that_can_tell_the_time_is_left_alone(monkeypatch):
    if sqlite3.sqlite_version_info < (3, 42):
        pytest.skip("this SQLite cannot")
    monkeypatch.setattr("orchestrator.evals.durable.clock._unixepoch", pytest.fail)
    with closing(ConnectionWithClock(":memory:")) as connection:
        assert connection.execute("SELECT unixepoch('2001-09-09 01:46:40')").fetchone() == (1_000_000_000,)


def test_nothing_else_is_asked_of_our_clock():
    with closing(OldSQLiteWithClock(":memory:")) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("SELECT unixepoch('2001-09-09 01:46:40')")


def test_dbos_starts_on_an_old_sqlite(tmp_path, dbos_on_an_old_sqlite):
    path = tmp_path / "kept.sqlite"
    with launched(f"sqlite:///{path}", [], threads=1) as at_work:
        at_work.done = True
    assert dbos_on_an_old_sqlite  # else this shows nothing
    with closing(sqlite3.connect(path)) as connection:
        (at,) = connection.execute("SELECT version_timestamp FROM application_versions").fetchone()
        assert abs(at / 1000 - time.time()) < 600


@pytest.fixture
def dbos_on_an_old_sqlite(monkeypatch):
    """The connections to an old SQLite, in which DBOS makes the columns that it makes on Python 3.12 and later."""
    made = []
    connect = sqlite3.dbapi2.connect

    def connected(*arguments, factory=sqlite3.Connection, **options):
        old = OldSQLiteWithClock if factory is ConnectionWithClock else OldSQLite
        made.append(connect(*arguments, factory=old, **options))
        return made[-1]

    columns = [each.replace("strftime('%s','now')", "unixepoch('subsec')") for each in sqlite_migrations]
    monkeypatch.setattr("dbos._sys_db_sqlite.sqlite_migrations", columns)
    monkeypatch.setattr("sqlite3.dbapi2.connect", connected)
    return made
