"""The lexical index: five inverted indexes over the chunks and files, kept as numpy arrays in a folder.

It is a snapshot of the catalogue at one generation. A new one is made from the last one and the changes; it can also be
made from the catalogue alone. Its folder appears in one step, so a killed process leaves the old one or the new one.
Knows terms and postings; not vectors.

A chunk has four numbers. Its ``id`` is the hash of its text and place. Its *key* is the first 64 bits of the id, as ids
are too long for arrays. Its *row* is its number in the catalogue. Its *doc* is its position in the snapshot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orchestrator.code.identifiers import terms
from orchestrator.code.index import removal, seals
from orchestrator.code.index.catalogue import Place
from orchestrator.code.index.paths import STANDINGS, standings
from orchestrator.code.index.postings import Postings, Triples, hashes, mapped
from orchestrator.code.protocols import Chunk

_OVER_CHUNKS = ("body", "names", "symbols")
_OVER_FILES = ("file", "path")
_ARRAYS = ("rows", "keys", "files", "first", "order", "paths", "standings")
_AT_ONCE = 1_000  # chunks that are read from the catalogue at a time

DocsOf = Callable[[NDArray[np.int64]], NDArray[np.int64]]
"""Returns the docs of chunks by their keys; -1 for a key that is not there."""


def keys_of(ids: Iterable[str]) -> NDArray[np.int64]:
    """Return ids as numbers for arrays: the first 16 hexadecimal digits of each."""
    return np.frombuffer(bytes.fromhex("".join([id_[:16] for id_ in ids])), "<i8").astype(np.int64)


@dataclass(frozen=True, slots=True)
class Words:
    """The terms of some chunks that are not in the lexical index yet. The ``docs`` of the triples are keys of chunks.

    Attributes:
        keys: The keys of the chunks (``keys_of``).
        body: The terms of name and text.
        names: The terms of the name and of the names that the chunk defines.
        symbols: Those names as a whole.
    """

    keys: NDArray[np.int64]
    body: Triples
    names: Triples
    symbols: Triples

    @staticmethod
    def of(chunks: Sequence[tuple[str, Chunk]]) -> Words:
        """Make them of chunks with their ids."""
        keys = keys_of(id_ for id_, _ in chunks)
        body = _counted(keys, (terms(f"{chunk.name}\n{chunk.text}") for _, chunk in chunks))
        names = _counted(keys, (terms(" ".join((chunk.name, *chunk.defines))) for _, chunk in chunks))
        return Words(keys, body, names, _counted(keys, (_symbols(chunk) for _, chunk in chunks)))


def _counted(docs: NDArray[np.int64], found: Iterable[list[str]]) -> Triples:
    parts = [np.empty(0, np.uint64), *map(hashes, found)]
    return Triples.counted(np.concatenate(parts), np.repeat(docs, [len(part) for part in parts[1:]]))


def _symbols(chunk: Chunk) -> list[str]:
    """The names as a whole: as written, in lower case after a ``~``, and the chunk's own name after an ``=``.

    The own name is also there with the names around it, such as ``Session.send``.
    """
    own = [name for name in chunk.defines[:1] if chunk.name.rpartition(".")[2] == name.rpartition(".")[2]]
    parts = chunk.name.split(".") if own else []
    names = {*chunk.defines, *(".".join(parts[at:]) for at in range(len(parts)))}
    return [*names, *{f"~{name.lower()}" for name in names}, *(f"={name}" for name in own)]


@dataclass(frozen=True, slots=True)
class Lexical:
    """The lexical index. Chunks are sorted by file, and within a file by line.

    Attributes:
        rows: Each chunk's row in the catalogue, shape (chunks,).
        keys: Each chunk's key (``keys_of``), shape (chunks,).
        files: Each chunk's file, numbered from 0, shape (chunks,).
        first: The first chunk of each file, and at the end the number of chunks, shape (files + 1,).
        order: The order that sorts ``keys``, shape (chunks,).
        paths: The path of each file, shape (files,).
        standings: The kind of each file, as a position in ``STANDINGS``, shape (files,).
        body: Postings over chunks: terms of name and text.
        names: Postings over chunks: terms of the name and of the names that a chunk defines.
        symbols: Postings over chunks: those names as a whole.
        file: Postings over files: ``body`` of all chunks of a file.
        path: Postings over files: terms of the path.
    """

    rows: NDArray[np.int64]
    keys: NDArray[np.int64]
    files: NDArray[np.int32]
    first: NDArray[np.int64]
    order: NDArray[np.int64]
    paths: NDArray[np.str_]
    standings: NDArray[np.uint8]
    body: Postings = field(repr=False)
    names: Postings = field(repr=False)
    symbols: Postings = field(repr=False)
    file: Postings = field(repr=False)
    path: Postings = field(repr=False)

    def docs_of(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the positions of chunks by their ids; -1 for an id that is not here."""
        return _docs(self.keys, self.order, keys_of(ids))

    def save(self, folder: Path, generation: int) -> None:
        """Write the snapshot to a folder, and delete the older ones there."""
        target, work = _place(folder, generation), folder / f"lexical-{generation}.new"
        removal.remove(work)
        removal.remove(target)
        work.mkdir()
        for part in _ARRAYS:
            np.save(work / f"{part}.npy", getattr(self, part))
        for part in (*_OVER_CHUNKS, *_OVER_FILES):
            getattr(self, part).save(work, part)
        seals.seal(work, [each.name for each in work.iterdir()])
        work.rename(target)
        for old in folder.glob("lexical-*"):
            if old != target:
                removal.remove(old)  # Windows does not delete what another process has mapped

    @staticmethod
    def load(folder: Path, generation: int) -> tuple[Lexical | None, str]:
        """Return the snapshot of this generation, and what is wrong with it. It is None if something is wrong."""
        here = _place(folder, generation)
        if not here.exists():
            return None, ""
        if not seals.sealed(here):
            return None, f"{here.name} has no seal"
        if harm := seals.damage(here):
            return None, f"{here.name}/{harm}"
        arrays = [mapped(here / f"{part}.npy") for part in _ARRAYS]
        return Lexical(*arrays, *(Postings.load(here, part) for part in (*_OVER_CHUNKS, *_OVER_FILES))), ""

    @staticmethod
    def newest(folder: Path) -> Lexical | None:
        """Return the newest snapshot; None if there is none that can be read."""
        found = (_SNAPSHOT.fullmatch(each.name) for each in folder.glob("lexical-*"))
        generations = [int(each[1]) for each in found if each]
        return Lexical.load(folder, max(generations))[0] if generations else None


_SNAPSHOT = re.compile(r"lexical-([0-9]{1,18})")


def _place(folder: Path, generation: int) -> Path:
    return folder / f"lexical-{generation}"


def build(
    places: Sequence[Place],
    path_of: Callable[[int], str],
    read: Callable[[Sequence[int]], dict[int, Chunk]],
    old: Lexical | None,
    words: Sequence[Words],
) -> Lexical:
    """Make the lexical index of a catalogue.

    Args:
        places: All chunks, file by file, in the order of their lines.
        path_of: Returns the path of a file by its number in the catalogue.
        read: Reads chunks by their rows. It is used for chunks that are neither in ``old`` nor in ``words``.
        old: An earlier snapshot.
        words: The terms of chunks that were added since.
    """
    keys = keys_of(place.id for place in places)
    order = np.argsort(keys, kind="stable")
    docs_of = partial(_docs, keys, order)
    moved = _moved(docs_of, old, words)
    missing = np.ones(len(keys) + 1, bool)  # the last one is for chunks that are gone, whose doc is -1
    for known in (moved, *(docs_of(part.keys) for part in words)):
        missing[known] = False
    words = [*words, *_read_again([places[doc] for doc in np.flatnonzero(missing[:-1]).tolist()], read)]
    numbers, in_file = np.unique(np.array([place.file for place in places], np.int64), return_inverse=True)
    files = in_file.astype(np.int32)
    paths = [path_of(int(number)) for number in numbers]
    over_chunks = {name: _postings(name, docs_of, len(keys), old, moved, words) for name in _OVER_CHUNKS}
    same = old if old is not None and old.paths.tolist() == paths else None
    return Lexical(
        rows=np.array([place.row for place in places], np.int64),
        keys=keys,
        files=files,
        first=np.searchsorted(files, np.arange(len(numbers) + 1)),
        order=order,
        paths=np.array(paths or [""], np.str_)[: len(paths)],
        standings=same.standings if same else np.array([STANDINGS.index(each) for each in standings(paths)], np.uint8),
        **over_chunks,
        file=over_chunks["body"].over(files, len(numbers)),
        path=same.path if same else Postings.made(_counted(np.arange(len(paths)), map(terms, paths)), len(numbers)),
    )


def _moved(docs_of: DocsOf, old: Lexical | None, words: Sequence[Words]) -> NDArray[np.int64]:
    """The doc of each chunk of ``old`` now; -1 for one that is gone or is in ``words`` again."""
    if old is None:
        return np.empty(0, np.int64)
    moved = docs_of(np.asarray(old.keys))
    for part in words:
        again = _docs(old.keys, old.order, part.keys)
        moved[again[again >= 0]] = -1
    return moved


def _read_again(places: list[Place], read: Callable[[Sequence[int]], dict[int, Chunk]]) -> Iterable[Words]:
    for start in range(0, len(places), _AT_ONCE):
        some = places[start : start + _AT_ONCE]
        found = read([place.row for place in some])
        yield Words.of([(place.id, found[place.row]) for place in some if place.row in found])


def _postings(
    name: str, docs_of: DocsOf, size: int, old: Lexical | None, moved: NDArray[np.int64], words: Sequence[Words]
) -> Postings:
    """The postings of one field over all chunks, made from the old ones and the new terms."""
    found = Triples.joined([getattr(part, name) for part in words])
    docs = docs_of(found.docs)
    added = Triples(found.terms[docs >= 0], docs[docs >= 0], found.counts[docs >= 0])
    if old is None:
        return Postings.made(added, size)
    before: Postings = getattr(old, name)
    return before.changed(moved, added, size)


def _docs(keys: NDArray[np.int64], order: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """The position of each wanted key in ``keys``, which ``order`` sorts; -1 if it is not there."""
    if not len(keys):
        return np.full(len(wanted), -1, np.int64)
    at = np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)
    docs = np.asarray(order)[at]
    return np.where(np.asarray(keys)[docs] == wanted, docs, -1)
