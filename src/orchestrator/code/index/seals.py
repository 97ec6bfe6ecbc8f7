"""The seal of a folder of an index, the CRC-32 of its files: tells damage before anything reads it.

Chroma's graph is read by C++ that trusts it: flipped bytes end the process, or lead to wrong neighbours without an
error. So the files are compared with the seal before they are opened. A writer removes the seal first and writes it
last. If there is none, a run was stopped half-way. CRC-32 finds damage, and is no defence against people;
it reads 6 GB/s.
Knows files; not what is in them.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import time
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from orchestrator.code.index import removal

FILE = "seal.json"
_DATABASE = ".sqlite"  # the ending of a database that this process may have open
_AT_ONCE = 1 << 20  # bytes
_RACY_NS = 2_000_000_000  # a file this young may change again without a change of its time


@dataclass(frozen=True, slots=True)
class _Sum:
    """The size in bytes, the time of the last change in nanoseconds, and the CRC-32 of one file."""

    size: int
    mtime_ns: int
    crc: int


def sealed(folder: Path) -> bool:
    """Return whether a folder has a seal. While somebody writes there, and after a killed run, it has none."""
    return (folder / FILE).exists()


def damage(folder: Path, under: str = "", *, changed_only: bool = False) -> str:
    """Compare the files of a folder with its seal.

    Args:
        folder: The folder.
        under: Only files whose path in the folder begins with this.
        changed_only: Read only the files whose time or size is another than in the seal.

    Returns:
        What is wrong with the first damaged file; empty if nothing is, or if there is no seal.
    """
    file = folder / FILE
    if not sealed(folder):
        return ""
    try:
        before = file.read_bytes()
        sums = _parsed(before)
    except (OSError, ValueError, TypeError):
        return "" if not sealed(folder) else f"{FILE} cannot be read"
    for name, known in sums.items():
        if name.startswith(under) and (wrong := _wrong(folder / name, known, changed_only=changed_only)):
            with suppress(OSError):  # if another process has begun to write, the files may well differ
                return f"{name} {wrong}" if file.read_bytes() == before else ""
            return ""
    return ""


def unseal(folder: Path) -> None:
    """Remove the seal, before something is written."""
    removal.remove(folder / FILE)


def seal(folder: Path, names: Collection[str]) -> None:
    """Write the seal of files and folders. Files that did not change since the last time are not read.

    Args:
        folder: The folder that gets the seal.
        names: The names of the files and folders in it.

    Raises:
        OSError: A file cannot be read, or the seal cannot be written.
    """
    _write(folder, _renewed(folder, names, _known(folder)))


@contextmanager
def sealed_again(folder: Path, names: Collection[str], under: str) -> Iterator[None]:
    """Allow a block to change files of a sealed folder, as Chroma does when it is only read.

    If the process is killed in the block, the files that it may have changed are no part of the seal.

    Args:
        folder: The folder.
        names: What is sealed in it.
        under: The block changes files whose path in the folder begins with this.
    """
    known = _known(folder)
    if known:
        _write(folder, {name: each for name, each in known.items() if not name.startswith(under)})
    yield
    if known:
        _write(folder, _renewed(folder, names, known))


def _wrong(file: Path, known: _Sum, *, changed_only: bool) -> str:
    try:
        status = file.stat()
        if not file.is_file():
            return "is no file"
        if status.st_size != known.size:
            return f"has {status.st_size:,} bytes instead of {known.size:,}"
        if changed_only and status.st_mtime_ns == known.mtime_ns:
            return ""
        return "" if _crc(file) == known.crc else "was changed by something else"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def _renewed(folder: Path, names: Collection[str], known: Mapping[str, _Sum]) -> dict[str, _Sum]:
    return {
        file.relative_to(folder).as_posix(): _sum(file, known.get(file.relative_to(folder).as_posix()))
        for name in sorted(names)
        for file in _files(folder / name)
    }


def _files(place: Path) -> list[Path]:
    return sorted(each for each in (place, *place.rglob("*")) if each.is_file())


def _sum(file: Path, known: _Sum | None) -> _Sum:
    status = file.stat()
    if known and (known.size, known.mtime_ns) == (status.st_size, status.st_mtime_ns):
        return known
    young = status.st_mtime_ns > time.time_ns() - _RACY_NS
    return _Sum(status.st_size, 0 if young else status.st_mtime_ns, _crc(file))  # 0: read it again next time


def _crc(file: Path) -> int:
    if file.suffix == _DATABASE:
        return zlib.crc32(_database(file))
    crc = 0
    with file.open("rb") as opened:
        while part := opened.read(_AT_ONCE):
            crc = zlib.crc32(part, crc)
    return crc


def _database(file: Path) -> bytes:
    """The bytes of a database, read by SQLite: to close its file would give up the locks that SQLite has on it."""
    how = "mode=rw" if os.access(file, os.W_OK) and os.access(file.parent, os.W_OK) else "immutable=1"
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True)) as database:
            return database.serialize()
    except sqlite3.Error as error:
        raise OSError(errno.EIO, str(error)) from error


def _known(folder: Path) -> dict[str, _Sum]:
    with suppress(OSError, ValueError, TypeError):
        return _parsed((folder / FILE).read_bytes())
    return {}


def _parsed(data: bytes) -> dict[str, _Sum]:
    return {str(name): _Sum(*map(int, values)) for name, values in dict(json.loads(data)).items()}


def _write(folder: Path, sums: Mapping[str, _Sum]) -> None:
    work = folder / f"{FILE}.new"
    removal.remove_folder(work)
    work.write_text(json.dumps({name: (each.size, each.mtime_ns, each.crc) for name, each in sums.items()}), "utf-8")
    removal.remove_folder(folder / FILE)
    work.replace(folder / FILE)
