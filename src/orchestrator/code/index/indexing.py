"""Brings an index up to date with a folder. Only files that changed are read, embedded and written.

Steps of one batch: note the ids as doubtful → write to Chroma → one transaction in the catalogue → delete the stale ids
from Chroma. After a kill at any point, the next run removes the doubtful ids that the catalogue does not have, and
continues. Knows the catalogue, the vectors and the analysed files; not how files are analysed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from orchestrator.code.index.analysis import Analysed, FileResult, Task
from orchestrator.code.index.catalogue import Catalogue, FileChange, FileRow
from orchestrator.code.index.lexical import Words
from orchestrator.code.index.vectors import USUAL_SYNC, Vectors
from orchestrator.code.index.walk import Found, Skipped, walk

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
        healed: What was damaged, and was made anew.
    """

    files: int
    chunks: int
    changed: int
    removed: int
    added_chunks: int
    removed_chunks: int
    skipped: tuple[Skipped, ...]
    seconds: float
    healed: tuple[str, ...] = ()


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


def listed(root: Path) -> Listing:
    """List the files of a folder as they are now."""
    begun, entries = time.monotonic(), list(walk(root))
    found = {each.path: each for each in entries if isinstance(each, Found)}
    return Listing(found, tuple(each for each in entries if isinstance(each, Skipped)), begun)


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
    writer = _Writer(catalogue, vectors, listing.found, catalogue.files())
    gone = [row for row in writer.known.values() if row.path not in listing.found]
    if gone:
        writer.remove(gone)
    tasks = writer.tasks()
    if len(tasks) > _HUGE:
        vectors.sync_every(_HUGE_SYNC)
    done = 0
    on_progress(0, len(tasks))
    for batch in _batches(work(tasks)):
        writer.write(batch)
        done += sum(len(each.files) for each in batch)
        on_progress(done, len(tasks))
    if writer.added > _MANY:
        vectors.flush()
    elif len(tasks) > _HUGE:
        vectors.sync_every(USUAL_SYNC)
    rows = catalogue.files().values()
    report = IndexReport(
        files=sum(not row.reason for row in rows),
        chunks=catalogue.count(),
        changed=writer.changed,
        removed=len(gone),
        added_chunks=writer.added,
        removed_chunks=writer.removed,
        skipped=(*listing.skipped, *(Skipped(row.path, row.reason) for row in rows if row.reason)),
        seconds=time.monotonic() - listing.begun,
    )
    return report, writer.words


def settle(catalogue: Catalogue, vectors: Vectors) -> None:
    """Repair what a killed run left: make Chroma's ids equal to the catalogue's.

    Chunks of the catalogue that have no vector are removed, and their files are read again.
    """
    doubtful = catalogue.doubtful()
    if doubtful:
        vectors.drop(sorted(set(doubtful) - catalogue.ids()))
        catalogue.settle(doubtful)
    if vectors.count() != catalogue.count():
        here, there = catalogue.ids(), set(vectors.ids())
        vectors.drop(sorted(there - here))
        catalogue.forget(sorted(here - there))


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


@dataclass(slots=True)
class _Writer:
    """Writes one update to the catalogue and to Chroma, and counts what it changes.

    Attributes:
        found: The files as they are now, by path.
        known: The files as the catalogue had them before, by path.
        changed: The number of files that were new or had other bytes.
        added: The number of chunks that were added.
        removed: The number of chunks that were removed.
        words: The terms of the added chunks.
    """

    catalogue: Catalogue
    vectors: Vectors
    found: dict[str, Found]
    known: dict[str, FileRow]
    changed: int = 0
    added: int = 0
    removed: int = 0
    words: list[Words] = field(default_factory=list)

    def tasks(self) -> list[Task]:
        """The files that are new, or whose time or size is another."""
        tasks = []
        for path, file in self.found.items():
            row = self.known.get(path)
            if row is None:
                tasks.append(Task(path))
            elif (file.mtime_ns, file.size) != (row.mtime_ns, row.size):
                tasks.append(Task(path, row.sha256, self._ids_before(path)))
        return tasks

    def remove(self, rows: list[FileRow]) -> None:
        """Remove files that are gone."""
        stale = [id_ for row in rows for id_ in self.catalogue.ids_of(row.id)]
        self.catalogue.doubt(stale)
        self.catalogue.apply((), removed=[row.path for row in rows])
        self._drop(stale)

    def write(self, batch: list[Analysed]) -> None:
        """Write the results for some files."""
        young = time.time_ns() - _RACY_NS
        changes, restats = [], []
        for file in (file for each in batch for file in each.files):
            status = self.found[file.path]
            mtime = status.mtime_ns if file.sha256 and status.mtime_ns < young else 0  # 0: read it again next time
            if file.unchanged:
                restats.append((file.path, mtime, status.size))
            else:
                changes.append(_change(file, mtime, status.size, self._ids_before(file.path)))
        new = [one for each in batch for one in each.new]
        ids, stale = [id_ for id_, _ in new], [id_ for change in changes for id_ in change.stale]
        if changes:
            self.catalogue.doubt(ids + stale)
            if new:
                rows = np.concatenate([each.vectors for each in batch])
                self.vectors.put(ids, rows, [chunk.text for _, chunk in new], [chunk.path for _, chunk in new])
            self.catalogue.apply(changes)
            self._drop(stale, settled=ids)
        if restats:
            self.catalogue.restat(restats)
        self.words += [each.words for each in batch if each.new]
        self.changed += len(changes)
        self.added += len(new)

    def _drop(self, stale: list[str], settled: Sequence[str] = ()) -> None:
        self.vectors.drop(stale)
        self.catalogue.settle([*settled, *stale])
        self.removed += len(stale)

    def _ids_before(self, path: str) -> frozenset[str]:
        row = self.known.get(path)
        return frozenset(self.catalogue.ids_of(row.id)) if row else frozenset()


def _change(file: FileResult, mtime_ns: int, size: int, before: frozenset[str]) -> FileChange:
    added = tuple((id_, chunk) for id_, chunk in file.chunks if id_ not in before)
    moved = tuple((id_, chunk.start_line, chunk.end_line) for id_, chunk in file.chunks if id_ in before)
    stale = tuple(sorted(before - {id_ for id_, _ in file.chunks}))
    return FileChange(file.path, mtime_ns, size, file.sha256, file.reason, added, moved, stale)
