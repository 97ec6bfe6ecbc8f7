"""Brings an index up to date with a folder. Only files that changed are read, embedded and written.

Steps of one batch: note the ids as doubtful → write to Chroma → one transaction in the catalogue → delete the stale ids
from Chroma. After a kill at any point, the next run removes the doubtful ids that the catalogue does not have, and
continues. Knows the catalogue, the vectors and the analysed files; not how files are analysed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from orchestrator.code.index.analysis import Analysed, FileResult, Task
from orchestrator.code.index.catalogue import Catalogue, FileChange, FileRow
from orchestrator.code.index.lexical import Words
from orchestrator.code.index.vectors import USUAL_SYNC, Vectors
from orchestrator.code.index.walk import Found, Skipped, walk
from orchestrator.code.protocols import Chunk

Progress = Callable[[int, int], None]
Work = Callable[[Sequence[Task]], Iterator[Analysed]]
"""Analyses tasks in their order. It chooses the size of its batches."""

_FLUSH = 2_000  # new chunks in a batch: a kill loses no more than these
_MANY = 1_000  # new chunks after which Chroma's graph is written out at the end
_HUGE = 5_000  # files; from here on, Chroma's graph is too large to be written after every thousand rows
_HUGE_SYNC = 20_000  # rows; after a kill the next opening takes about eight seconds to add them to the graph again
_RACY_NS = 2_000_000_000  # a file this young may change again without a change of its time


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an update of an index did.

    Attributes:
        files: The number of files in the index now.
        chunks: The number of chunks in the index now.
        changed: The number of files that were new or had other bytes.
        removed: The number of files that are gone.
        added_chunks: The number of chunks that were added.
        removed_chunks: The number of chunks that were removed.
        skipped: Files and folders that are not indexed, with the reason.
        seconds: How long the update took.
    """

    files: int
    chunks: int
    changed: int
    removed: int
    added_chunks: int
    removed_chunks: int
    skipped: tuple[Skipped, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a folder when an update begins.

    Attributes:
        found: The files to index, by path.
        skipped: What is not indexed.
        begun: ``time.monotonic`` at the beginning.
    """

    found: dict[str, Found]
    skipped: tuple[Skipped, ...]
    begun: float


@dataclass(slots=True)
class _Tally:
    changed: int = 0
    added: int = 0
    removed: int = 0
    words: list[Words] = field(default_factory=list)


def listed(root: Path) -> Listing:
    """List the files of a folder as they are now."""
    begun, found, skipped = time.monotonic(), {}, []
    for each in walk(root):
        if isinstance(each, Found):
            found[each.path] = each
        else:
            skipped.append(each)
    return Listing(found, tuple(skipped), begun)


def update(
    listing: Listing, catalogue: Catalogue, vectors: Vectors, work: Work, on_progress: Progress
) -> tuple[IndexReport, list[Words]]:
    """Write the changes of a folder to the catalogue and to Chroma. The caller holds the lock of the index.

    Args:
        listing: The files as they are now.
        catalogue: The catalogue.
        vectors: The vectors.
        work: Analyses the files that changed.
        on_progress: Called with the number of files that are done and the number of files to read.

    Returns:
        The report, and the terms of the added chunks for the lexical index.

    Raises:
        ConfigError: The catalogue or the vectors cannot be written.
    """
    settle(catalogue, vectors)
    found, skipped = listing.found, list(listing.skipped)
    known = catalogue.files()
    changed = [file for file in found.values() if _differs(file, known.get(file.path))]
    tally = _Tally()
    gone = [path for path in known if path not in found]
    if gone:
        _remove(catalogue, vectors, [known[path] for path in gone], tally)
    tasks = [_task(file, known.get(file.path), catalogue) for file in changed]
    if len(tasks) > _HUGE:
        vectors.sync_every(_HUGE_SYNC)
    done = 0
    on_progress(0, len(tasks))
    for batch in _batches(work(tasks)):
        _write(catalogue, vectors, batch, found, known, tally)
        done += sum(len(each.files) for each in batch)
        on_progress(done, len(tasks))
    if tally.added > _MANY:
        vectors.flush()
    elif len(tasks) > _HUGE:
        vectors.sync_every(USUAL_SYNC)
    rows = catalogue.files().values()
    skipped += [Skipped(row.path, row.reason) for row in rows if row.reason]
    report = IndexReport(
        files=sum(not row.reason for row in rows),
        chunks=catalogue.count(),
        changed=tally.changed,
        removed=len(gone),
        added_chunks=tally.added,
        removed_chunks=tally.removed,
        skipped=tuple(skipped),
        seconds=time.monotonic() - listing.begun,
    )
    return report, tally.words


def settle(catalogue: Catalogue, vectors: Vectors) -> None:
    """Repair what a killed run left: make Chroma's ids equal to the catalogue's.

    Chunks of the catalogue that have no vector are removed, and their files are read again.
    """
    doubtful = catalogue.doubtful()
    if doubtful:
        vectors.drop(sorted(set(doubtful) - catalogue.present(doubtful)))
        catalogue.settle(doubtful)
    if vectors.count() != catalogue.count():
        here, there = catalogue.ids(), set(vectors.ids())
        vectors.drop(sorted(there - here))
        catalogue.forget(sorted(here - there))


def _differs(file: Found, row: FileRow | None) -> bool:
    return row is None or (file.mtime_ns, file.size) != (row.mtime_ns, row.size)


def _task(file: Found, row: FileRow | None, catalogue: Catalogue) -> Task:
    return Task(file.path, row.sha256, frozenset(catalogue.ids_of(row.id))) if row else Task(file.path)


def _batches(results: Iterator[Analysed]) -> Iterator[list[Analysed]]:
    """Collect results until there is enough to write."""
    batch: list[Analysed] = []
    for each in results:
        batch.append(each)
        if sum(len(one.new) for one in batch) >= _FLUSH or sum(len(one.files) for one in batch) >= _FLUSH:
            yield batch
            batch = []
    if batch:
        yield batch


def _write(
    catalogue: Catalogue,
    vectors: Vectors,
    batch: list[Analysed],
    found: dict[str, Found],
    known: dict[str, FileRow],
    tally: _Tally,
) -> None:
    young = time.time_ns() - _RACY_NS
    files = [file for each in batch for file in each.files]
    changes, restats = [], []
    for file in files:
        status = found[file.path]
        mtime = status.mtime_ns if file.sha256 and status.mtime_ns < young else 0  # 0: read it again next time
        if file.unchanged:
            restats.append((file.path, mtime, status.size))
        else:
            row = known.get(file.path)
            changes.append(
                _change(file, mtime, status.size, frozenset(catalogue.ids_of(row.id)) if row else frozenset())
            )
    new = [one for each in batch for one in each.new]
    stale = [id_ for change in changes for id_ in change.stale]
    if changes:
        catalogue.doubt([id_ for id_, _ in new] + stale)
        if new:
            _put(vectors, new, np.concatenate([each.vectors for each in batch]))
        catalogue.apply(changes)
        vectors.drop(stale)
        catalogue.settle([id_ for id_, _ in new] + stale)
    if restats:
        catalogue.restat(restats)
    tally.words += [each.words for each in batch if each.new]
    tally.changed += len(changes)
    tally.added += len(new)
    tally.removed += len(stale)


def _put(
    vectors: Vectors, new: Sequence[tuple[str, Chunk]], rows: np.ndarray[tuple[int, int], np.dtype[np.float32]]
) -> None:
    vectors.put([id_ for id_, _ in new], rows, [chunk.text for _, chunk in new], [chunk.path for _, chunk in new])


def _change(file: FileResult, mtime_ns: int, size: int, before: frozenset[str]) -> FileChange:
    now = {id_ for id_, _ in file.chunks}
    return FileChange(
        file.path,
        mtime_ns,
        size,
        file.sha256,
        file.reason,
        added=tuple((id_, chunk) for id_, chunk in file.chunks if id_ not in before),
        moved=tuple((id_, chunk.start_line, chunk.end_line) for id_, chunk in file.chunks if id_ in before),
        stale=tuple(sorted(before - now)),
    )


def _remove(catalogue: Catalogue, vectors: Vectors, rows: Iterable[FileRow], tally: _Tally) -> None:
    rows = list(rows)
    stale = [id_ for row in rows for id_ in catalogue.ids_of(row.id)]
    catalogue.doubt(stale)
    catalogue.apply((), removed=[row.path for row in rows])
    vectors.drop(stale)
    catalogue.settle(stale)
    tally.removed += len(stale)
