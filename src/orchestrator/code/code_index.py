"""An index of a folder's code: build it, bring it up to date, search it.

    folder/current                  the name of the set in use: chunker, embedder, dimension, version
    folder/SET/catalogue.sqlite     the files and chunks with their text (``index/catalogue.py``)
    folder/SET/lexical-N            the lexical index of generation N (``index/lexical.py``)
    folder/SET/chroma               the vectors (``index/vectors.py``), unless they are on a server
    folder/SET/seal.json            tells damage, and whether the last run was stopped half-way (``index/seals.py``)

Another chunker or embedder makes another set beside the first. The first is used until the new one is complete. Knows
the index and the ranking; not the command line or the tool.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from orchestrator.code.index import lexical, probe, seals, sets
from orchestrator.code.index.catalogue import Catalogue, DamagedIndex, writable
from orchestrator.code.index.indexing import IndexReport, Progress, listed, update
from orchestrator.code.index.lexical import Lexical, Words
from orchestrator.code.index.location import index_folder, project_folder
from orchestrator.code.index.lock import WAIT_SECONDS, IndexBusy, IndexLock
from orchestrator.code.index.sets import SEALED, VECTORS, IndexConfig
from orchestrator.code.index.vectors import DamagedVectors, UnwritableVectors, Vectors
from orchestrator.code.index.workers import Analyser
from orchestrator.code.protocols import Chunker, Embedder, Hit
from orchestrator.code.ranking.fusion import DEPTH
from orchestrator.code.ranking.ranking import FITTING, covered, rank
from orchestrator.code.ranking.weights import Ranking
from orchestrator.core.errors import ConfigError

USUAL = Ranking()
LONGEST_QUERY = 2_000  # characters; the rest of a query is ignored


class CodeIndex:
    """An index of the code in one folder.

    ``build`` and ``open`` make it. It may be used from several threads. Close it, or use it as a context manager.

    Attributes:
        folder: The folder of the index.
        setup: How the index was made: root, chunker, embedder and Chroma server.
        report: What the last ``update`` of this object did; None before the first.
        read_only: The index cannot be written, as it is on read-only media or in another user's folder. It can be
            searched, as it was when it was opened.
        notice: What the last search had to do without, why, and the next step; empty if nothing was missing.
    """

    def __init__(self, folder: Path, setup: IndexConfig, *, wait: float = WAIT_SECONDS) -> None:
        self.folder: Path = folder
        self.setup: IndexConfig = setup
        self.report: IndexReport | None = None
        self.notice: str = ""
        self._wait = wait
        self._thread = threading.RLock()
        self._lock = IndexLock(folder)
        self._set = folder / setup.key
        self.read_only: bool = self._set.exists() and not (writable(folder) and writable(self._set))
        self._copy: TemporaryDirectory[str] | None = None  # of the vectors, if their folder cannot be written
        self._healed: tuple[str, ...] = ()
        self._checked = False  # whether this object has compared the whole files with the seal
        self._vectors: Vectors | None = None
        self._lexical: Lexical | None = None
        self._generation = -1  # the catalogue's generation that the lexical index has
        self._seen = -1  # the one that the open Chroma client has
        if not self._set.exists():
            self._set.mkdir()
        self._logged = ""  # the last notice in the log
        self._catalogue = Catalogue(self._set)

    @classmethod
    def build(  # noqa: PLR0913 - each is a choice of the user's, by name and with a default
        cls,
        path: str | Path,
        db: str | Path | None = None,
        *,
        chroma: str | None = None,
        chunker: str | Chunker | None = None,
        embedder: str | Embedder | None = None,
        fresh: bool = False,
        on_progress: Progress | None = None,
        wait: float = WAIT_SECONDS,
    ) -> Self:
        """Index a folder, or bring its index up to date, and open the index.

        Args:
            path: The folder of the code.
            db: The folder of the index. The default is a folder in the user's cache.
            chroma: The address of a Chroma server that keeps the vectors, such as ``http://localhost:8000``. An empty
                string keeps them in the folder of the index. The default is what the index has already.
            chunker: A registered name or a Chunker. The default is what the index has already, or ``function``.
            embedder: A registered name or an Embedder. The default is what the index has already, or ``static``.
            fresh: Delete the set with this chunker and embedder first, and index everything again. This is also done
                if its files are damaged; ``report.healed`` says so.
            on_progress: Called with the number of files that are done and the number of files to read.
            wait: How many seconds to wait for another process that uses the index.

        Returns:
            The open index. Its ``report`` says what was done.

        Raises:
            ConfigError: The folder does not exist, the index cannot be written, a name is not registered, an extra is
                missing, or the Chroma server does not answer. ``IndexBusy``, a ConfigError, means that another process
                holds the index.
        """
        root = project_folder(path)
        folder = index_folder(root, db)
        harm = sets.lost(folder)
        sets.prepare(folder)
        setup = sets.configure(folder, root, chroma=chroma, chunker=chunker, embedder=embedder)
        if fresh:
            with IndexLock(folder).held("clearing the index", wait), _written(folder):
                sets.begin_anew(folder, setup)
        index = cls._made(folder, setup, wait, harm)
        try:
            index.update(on_progress)
        except BaseException:
            index.close()
            raise
        return index

    @classmethod
    def _made(cls, folder: Path, setup: IndexConfig, wait: float, harm: str) -> Self:
        """The index before it is brought up to date. A catalogue that cannot be opened is made anew."""
        with _written(folder):
            try:
                index = cls(folder, setup, wait=wait)
            except DamagedIndex as error:
                with IndexLock(folder).held("clearing the index", wait):
                    sets.begin_anew(folder, setup)
                index = cls(folder, setup, wait=wait)
                harm = str(error)
            index._healed = (harm,) if harm else ()
            return index

    @classmethod
    def open(
        cls,
        db: str | Path | None = None,
        *,
        chunker: Chunker | None = None,
        embedder: Embedder | None = None,
        wait: float = WAIT_SECONDS,
    ) -> Self:
        """Open an index that was built before. Nothing is read or indexed.

        Args:
            db: The folder of the index; or the folder of the code, or one in it, if the index is in the user's cache.
                The default is the current folder.
            chunker: The Chunker of the index. It is needed if the index was built with an object, not with a name.
            embedder: The Embedder of the index. It is needed if the index was built with an object, not with a name.
            wait: How many seconds to wait for another process that uses the index.

        Raises:
            ConfigError: There is no finished index, or this version, chunker or embedder cannot read it.
        """
        folder = sets.find(Path(db or ".").expanduser())
        return cls(folder, sets.load(folder, chunker=chunker, embedder=embedder), wait=wait)

    @property
    def root(self) -> Path:
        """The folder of the code."""
        return self.setup.root

    def update(self, on_progress: Progress | None = None) -> IndexReport:
        """Bring the index up to date. Only files that changed since the last time are read.

        Args:
            on_progress: Called with the number of files that are done and the number of files to read.

        Returns:
            What the update did.

        Raises:
            ConfigError: The folder is gone, another process holds the index (``IndexBusy``), or the index cannot be
                written. Damaged files are made anew.
        """
        project_folder(self.root)
        if self.read_only:
            raise ConfigError(f"the index in {self.folder} cannot be written: choose a folder of yours with --db")
        with self._thread, self._lock.held("indexing", self._wait), _written(self.folder):
            self._heal()
            try:
                self.report = self._updated(on_progress)
            except DamagedIndex as error:
                self._begin_anew(str(error))
                self.report = self._updated(on_progress)
            return self.report

    def _updated(self, on_progress: Progress | None) -> IndexReport:
        listing = listed(self.root)
        with Analyser(self.setup).expecting(len(listing.found) - len(self._catalogue.files())) as work:
            seals.unseal(self._set)
            vectors = self._current_vectors()
            self._catalogue.store(self.setup.settings())
            report, words = update(listing, self._catalogue, vectors, work, on_progress or (lambda _done, _total: None))
            vectors.check(self.setup.embedder.dimension)  # now Chroma writes what it has put off
        self._seen = self._catalogue.generation()
        self._current_lexical(words, save=True)
        if self._catalogue.checkpoint():
            seals.seal(self._set, SEALED if not self.setup.chroma else SEALED[:1])
        sets.activate(self.folder, self.setup)
        healed, self._healed, self._checked = self._healed, (), True
        return replace(report, healed=healed)

    def _heal(self) -> None:
        """Begin anew if a file is damaged, or if a killed run has left vectors that Chroma cannot open."""
        harm = seals.damage(self._set, changed_only=self._checked)
        if not harm and not seals.sealed(self._set) and not self.setup.chroma and self._vectors is None:
            harm = probe.damage(self._set / VECTORS, self.setup.collection, self.setup.embedder.dimension)
        if harm:
            self._begin_anew(harm)

    def _begin_anew(self, harm: str) -> None:
        self._healed = (*self._healed, harm)
        self.close()
        sets.begin_anew(self.folder, self.setup)
        self._lexical = None
        self._catalogue = Catalogue(self._set)

    def search(self, query: str, k: int = 5, *, ranking: Ranking = USUAL) -> list[Hit]:
        """Return the best chunks for a query.

        If the vectors cannot be used, because they are damaged or a run was stopped half-way, the search uses the
        lexical index alone, logs a warning, and says so in ``notice``.

        Args:
            query: A question, a description, a topic or a name. Only the first 2,000 characters are used.
            k: How many chunks to return at most.
            ranking: The weights of the ranking.

        Returns:
            The hits, the best first. The list is empty if the query is empty or nothing is similar.

        Raises:
            ConfigError: The index is closed or damaged, another process holds it (``IndexBusy``), or the Chroma server
                does not answer.
            ModelError: The embedder is a remote model, and its server fails.
        """
        query = " ".join(query[:LONGEST_QUERY].split())
        if k < 1 or not query:
            return []
        with self._thread:
            self.notice = ""
            found = self._dense(query, max(DEPTH, 5 * k)) if ranking.dense else []
            index = self._current_lexical()
            docs = index.docs_of([id_ for id_, _ in found]).tolist()
            near = [(doc, cosine) for doc, (_, cosine) in zip(docs, found, strict=True) if doc >= 0]
            best = rank(index, query, near, k, ranking, self._catalogue.chunks)
            chunks = self._catalogue.chunks([int(index.rows[each.doc]) for each in best])
            if not self.notice and self._stopped():
                self.notice = f"{_STOPPED}: {self._next_step()}"
        return [
            Hit(chunk.path, chunk.start_line, chunk.end_line, chunk.name, chunk.text, each.score)
            for each in best
            if (chunk := chunks.get(int(index.rows[each.doc])))
        ]

    def fits(self, query: str, hit: Hit) -> bool:
        """Return whether a hit covers enough of a query to be shown to a model.

        It does if the query's terms in it have at least a quarter of the idf of all terms in the query.
        """
        with self._thread:
            return covered(self._current_lexical(), query[:LONGEST_QUERY], hit) >= FITTING

    def __len__(self) -> int:
        """The number of chunks."""
        with self._thread:
            return self._catalogue.count()

    def close(self) -> None:
        """Close the index and its files. The index cannot be used after that."""
        with self._thread:
            self._close_vectors()
            self._catalogue.close()
            copy, self._copy = self._copy, None
            if copy is not None:
                copy.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _dense(self, query: str, count: int) -> list[tuple[str, float]]:
        """The ids and cosines of the chunks with the nearest vectors. There are none if the vectors cannot be used."""
        vector = self.setup.embedder.encode([query])[0]
        if not vector.any():  # the query has no terms
            return []
        try:
            with self._lock.held(seconds=self._wait) if self._shares_files else nullcontext():
                return self._usable_vectors().nearest(vector, count)
        except (DamagedVectors, UnwritableVectors, OSError) as error:
            why = str(error) if isinstance(error, ConfigError) else f"the vectors cannot be read ({error})"
            self.notice = f"searching by words alone: {why}"
            if self.notice != self._logged:
                logging.getLogger("orchestrator").warning(self.notice)
            self._logged = self.notice
            self._close_vectors()
            return []

    def _usable_vectors(self) -> Vectors:
        if not self.setup.chroma and self._stopped():
            raise DamagedVectors(f"{_STOPPED}: {self._next_step()}")
        return self._current_vectors()

    @property
    def _shares_files(self) -> bool:
        """Whether another process can change the files that are read here."""
        return not self.setup.chroma and not self.read_only

    def _stopped(self) -> bool:
        """Whether the last index run did not finish, and none is at work now."""
        if seals.sealed(self._set):
            return False
        if self.read_only:
            return True
        with suppress(IndexBusy), self._lock.held(seconds=0):
            return not seals.sealed(self._set)
        return False

    def _next_step(self) -> str:
        return f"run `{sets.command(self.folder, self.setup.settings())}`"

    def _current_lexical(self, words: Sequence[Words] = (), *, save: bool = False) -> Lexical:
        """The lexical index of the catalogue's generation. ``words`` are the terms of chunks that were just added."""
        generation = self._catalogue.generation()
        if self._lexical is None or self._generation != generation or save:
            ready, harm = Lexical.load(self._set, generation)
            if ready is None:
                paths = {row.id: row.path for row in self._catalogue.files().values()}
                old = self._lexical or Lexical.newest(self._set)
                ready = lexical.build(self._catalogue.places(), paths.__getitem__, self._catalogue.chunks, old, words)
                if save:
                    ready.save(self._set, generation)
            if harm and save:
                self._healed = (*self._healed, harm)
            elif harm and not self.notice:
                self.notice = f"the words were read again, because {harm}: {self._next_step()}"
            self._lexical, self._generation = ready, generation
        return self._lexical

    def _current_vectors(self) -> Vectors:
        """The vectors, opened again if another process has written: an open client in a folder does not see that."""
        generation = self._catalogue.generation()
        if self._seen != generation and not self.setup.chroma:
            self._close_vectors()
        self._seen = generation
        if self._vectors is None:
            self._vectors = self.setup.vectors(self.folder) if self.setup.chroma else self._opened()
        return self._vectors

    def _opened(self) -> Vectors:
        """The vectors in a folder, after a comparison of their files with the seal."""
        folder = self._folder_to_open()
        set_ = folder / self.setup.key
        if harm := seals.damage(set_, VECTORS):
            raise DamagedVectors(f"the vectors are damaged ({harm}): {self._next_step()}")
        with seals.sealed_again(set_, SEALED, VECTORS):
            vectors = self.setup.vectors(folder)
            try:
                vectors.check(self.setup.embedder.dimension)
            except BaseException:
                vectors.close()
                raise
        return vectors

    def _folder_to_open(self) -> Path:
        """The folder of the index, or of a copy with the vectors: Chroma writes even if it only reads."""
        if not self.read_only:
            return self.folder
        if self._copy is None:
            self._copy = TemporaryDirectory(prefix="orchestrator-index-")
            _copy(self._set, Path(self._copy.name, self.setup.key))
        return Path(self._copy.name)

    def _close_vectors(self) -> None:
        vectors, self._vectors = self._vectors, None
        if vectors is not None:
            vectors.close()


_STOPPED = "the last index run was stopped half-way"


def _copy(set_: Path, target: Path) -> None:
    """Copy the vectors of a set and its seal, but not who may write them."""
    for file in (set_ / seals.FILE, *(set_ / VECTORS).rglob("*")):
        if file.is_file():
            copy = target / file.relative_to(set_)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Turn an error of the operating system, such as a full disk, into one that says where it is and what to do."""
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"the index in {folder} cannot be written ({error}): make that possible, then run `orchestrator index` "
            "again, which goes on from here"
        ) from error
