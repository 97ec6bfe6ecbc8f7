"""The SQLite database of an index: its settings, its files, and its chunks with their text.

It is the source of truth: the vectors in Chroma and the lexical index follow it. Ids are noted as *doubtful* before
they are written to Chroma or deleted from it. So the next run can repair what a killed run left. Knows SQLite and
chunks; not Chroma or terms.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from orchestrator.code.protocols import Chunk
from orchestrator.core.errors import ConfigError

FILE = "catalogue.sqlite"


class DamagedIndex(ConfigError):
    """A file of the index cannot be used. The next index run makes the index anew."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as it was when it was read. ``reason`` says why the file is not indexed; it is empty if the file is."""

    id: int
    path: str
    mtime_ns: int
    size: int
    sha256: bytes
    reason: str


class Place(NamedTuple):
    """A chunk's row, the number of its file, and its id. It is a tuple, as all of an index are read at once."""

    row: int
    file: int
    id: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """A changed file.

    Attributes:
        path: The path relative to the indexed folder.
        mtime_ns: The time of the last change in nanoseconds; 0 makes the next run read the file again.
        size: The size in bytes.
        sha256: The hash of its bytes.
        reason: Why the file is not indexed; empty if it is.
        added: The new chunks with their ids.
        moved: (id, first line, last line) of the chunks that stay.
        stale: The ids of the chunks that are gone.
    """

    path: str
    mtime_ns: int
    size: int
    sha256: bytes
    reason: str
    added: tuple[tuple[str, Chunk], ...] = ()
    moved: tuple[tuple[str, int, int], ...] = ()
    stale: tuple[str, ...] = ()


class Catalogue:
    """The catalogue of one index. Use it from one thread at a time. It is only read if it cannot be written.

    Every method raises ConfigError if SQLite fails, and DamagedIndex if it cannot read what is in the file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._closed = False
        with self._explained():
            if (folder / FILE).exists() and not writable(folder):
                self._db = _opened(f"{(folder / FILE).absolute().as_uri()}?immutable=1")
                return
            self._db = _opened(str(folder / FILE))
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
                self._db.executescript((files(__package__) / "catalogue.sql").read_text("utf-8"))
            except BaseException:
                self._db.close()
                raise

    def close(self) -> None:
        """Close the database."""
        self._closed = True
        self._db.close()

    def checkpoint(self) -> bool:
        """Write everything into the one file. Return whether that was done: another process may be reading."""
        ((busy, _, _),) = self._rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return not busy

    def settings(self) -> dict[str, str]:
        """Return all settings."""
        return dict(self._rows("SELECT key, value FROM settings"))

    def store(self, settings: dict[str, str]) -> None:
        """Add or replace settings."""
        if settings.items() <= self.settings().items():
            return
        with self._transaction():
            self._db.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", settings.items())

    def generation(self) -> int:
        """Return a number that grows with every change of the chunks."""
        rows = self._rows("SELECT value FROM settings WHERE key = 'generation'")
        return int(rows[0][0]) if rows else 0

    def files(self) -> dict[str, FileRow]:
        """Return all files by their paths."""
        rows = self._rows("SELECT id, path, mtime_ns, size, sha256, reason FROM files")
        return {row[1]: FileRow(*row) for row in rows}

    def ids_of(self, file: int) -> list[str]:
        """Return the ids of a file's chunks."""
        return [id_ for (id_,) in self._rows("SELECT id FROM chunks WHERE file = ?", (file,))]

    def count(self) -> int:
        """Return the number of chunks."""
        ((count,),) = self._rows("SELECT count(*) FROM chunks")
        return int(count)

    def places(self) -> list[Place]:
        """Return the places of all chunks, file by file, in the order of their lines."""
        rows = self._rows("SELECT row, file, id FROM chunks ORDER BY file, start_line")
        return list(map(Place._make, rows))

    def chunks(self, rows: Sequence[int]) -> dict[int, Chunk]:
        """Return chunks by their rows. A row that is gone is left out."""
        query = (
            "SELECT row, path, start_line, end_line, name, text, defines FROM chunks JOIN files ON files.id = file "
            "WHERE row IN (SELECT value FROM json_each(?))"
        )
        return {
            row: Chunk(path, start, end, name, text, tuple(defines.split("\n")) if defines else ())
            for row, path, start, end, name, text, defines in self._rows(query, (json.dumps(rows),))
        }

    def ids(self) -> set[str]:
        """Return the ids of all chunks."""
        return {id_ for (id_,) in self._rows("SELECT id FROM chunks")}

    def doubtful(self) -> list[str]:
        """Return the ids that are noted as doubtful."""
        return [id_ for (id_,) in self._rows("SELECT id FROM doubtful")]

    def doubt(self, ids: Iterable[str]) -> None:
        """Note ids as doubtful, because they are about to change in Chroma."""
        with self._transaction():
            self._db.executemany("INSERT OR IGNORE INTO doubtful VALUES (?)", ((id_,) for id_ in ids))

    def settle(self, ids: Iterable[str]) -> None:
        """Delete the notes that these ids are doubtful, because Chroma has them as this catalogue has."""
        with self._transaction():
            self._db.executemany("DELETE FROM doubtful WHERE id = ?", ((id_,) for id_ in ids))

    def apply(self, changes: Iterable[FileChange], removed: Iterable[str] = ()) -> None:
        """Write changed files and delete removed ones, given by their paths, in one transaction."""
        with self._transaction():
            for change in changes:
                self._apply(change)
            for path in removed:
                self._db.execute("DELETE FROM chunks WHERE file = (SELECT id FROM files WHERE path = ?)", (path,))
                self._db.execute("DELETE FROM files WHERE path = ?", (path,))
            self._next_generation()

    def restat(self, files: Iterable[tuple[str, int, int]]) -> None:
        """Write the times of files whose bytes are the same: (path, time in nanoseconds, size in bytes)."""
        with self._transaction():
            query = "UPDATE files SET mtime_ns = ?, size = ? WHERE path = ?"
            self._db.executemany(query, ((time, size, path) for path, time, size in files))

    def forget(self, ids: Sequence[str]) -> None:
        """Delete chunks whose vectors are missing, and have their files read again."""
        with self._transaction():
            given = (json.dumps(ids),)
            self._db.execute(
                "UPDATE files SET sha256 = x'', mtime_ns = 0 WHERE id IN "
                "(SELECT file FROM chunks WHERE id IN (SELECT value FROM json_each(?)))",
                given,
            )
            self._db.execute("DELETE FROM chunks WHERE id IN (SELECT value FROM json_each(?))", given)
            self._next_generation()

    def _apply(self, change: FileChange) -> None:
        self._db.execute(
            "INSERT INTO files (path, mtime_ns, size, sha256, reason) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (path) DO UPDATE SET mtime_ns = excluded.mtime_ns, size = excluded.size, "
            "sha256 = excluded.sha256, reason = excluded.reason",
            (change.path, change.mtime_ns, change.size, change.sha256, change.reason),
        )
        (file,) = self._db.execute("SELECT id FROM files WHERE path = ?", (change.path,)).fetchone()
        self._db.executemany("DELETE FROM chunks WHERE id = ?", ((id_,) for id_ in change.stale))
        self._db.executemany(
            "UPDATE chunks SET start_line = ?, end_line = ? WHERE id = ?",
            ((first, last, id_) for id_, first, last in change.moved),
        )
        self._db.executemany(
            "INSERT INTO chunks (file, id, start_line, end_line, name, defines, text) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (file, id_, each.start_line, each.end_line, each.name, "\n".join(each.defines), each.text)
                for id_, each in change.added
            ),
        )

    def _next_generation(self) -> None:
        self._db.execute(
            "INSERT INTO settings VALUES ('generation', '1') "
            "ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._explained():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._explained():
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        if self._closed:
            raise ConfigError(f"the index in {self._folder.parent} is closed: open it again with CodeIndex.open")
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            kind = DamagedIndex if _is_damage(error) else ConfigError
            raise kind(
                f"the index in {self._folder} cannot be used ({error}): make it anew with `orchestrator index PATH "
                "--fresh`, or choose another folder with --db"
            ) from error


def writable(folder: Path) -> bool:
    """Return whether the files in a folder can be written; False on read-only media, and in another user's folder.

    A link that leads nowhere is no file: it is replaced where a file is to be.
    """
    return all(os.access(each, os.W_OK) or not os.access(each, os.F_OK) for each in (folder, *folder.rglob("*")))


def _opened(place: str) -> sqlite3.Connection:
    uri = place.startswith("file:")
    return sqlite3.connect(place, timeout=30, check_same_thread=False, isolation_level=None, uri=uri)


_DAMAGE = ("no such ", "could not decode", "unable to open", "malformed")


def _is_damage(error: Exception) -> bool:
    """Whether SQLite cannot read the file, unlike a full disk or a lock that another process holds."""
    if isinstance(error, sqlite3.OperationalError):
        return any(words in str(error).lower() for words in _DAMAGE)
    return isinstance(error, sqlite3.DatabaseError)
