"""An index of a folder's code: build it, bring it up to date, search it.

    folder/current                  the name of the set in use: chunker, embedder, dimension, version
    folder/SET/catalogue.sqlite     the files and chunks with their text (``index/catalogue.py``)
    folder/SET/lexical-N            the lexical index of generation N (``index/lexical.py``)
    folder/SET/chroma               the vectors (``index/vectors.py``), unless they are on a server

Another chunker or embedder makes another set beside the first. The first is used until the new one is complete. Knows
the index and the ranking; not the command line or the tool.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from types import TracebackType
from typing import Self

from orchestrator.code.index import lexical, sets
from orchestrator.code.index.catalogue import Catalogue
from orchestrator.code.index.indexing import IndexReport, Progress, listed, update
from orchestrator.code.index.lexical import Lexical, Words
from orchestrator.code.index.location import index_folder, project_folder
from orchestrator.code.index.lock import WAIT_SECONDS, IndexLock
from orchestrator.code.index.sets import IndexConfig
from orchestrator.code.index.vectors import DamagedVectors, Vectors
from orchestrator.code.index.workers import Analyser
from orchestrator.code.protocols import Chunker, Embedder, Hit
from orchestrator.code.ranking.fusion import DEPTH
from orchestrator.code.ranking.ranking import FITTING, covered, rank
from orchestrator.code.ranking.weights import Ranking

USUAL = Ranking()
LONGEST_QUERY = 2_000  # characters; the rest of a query is ignored


class CodeIndex:
    """An index of the code in one folder.

    ``build`` and ``open`` make it. It may be used from several threads. Close it, or use it as a context manager.

    Attributes:
        folder: The folder of the index.
        setup: How the index was made: root, chunker, embedder and Chroma server.
        report: What the last ``update`` of this object did; None before the first.
    """

    def __init__(self, folder: Path, setup: IndexConfig, *, wait: float = WAIT_SECONDS) -> None:
        self.folder: Path = folder
        self.setup: IndexConfig = setup
        self.report: IndexReport | None = None
        self._wait = wait
        self._thread = threading.RLock()
        self._lock = IndexLock(folder)
        self._set = folder / setup.key
        self._set.mkdir(parents=True, exist_ok=True)
        self._catalogue = Catalogue(self._set)
        self._vectors: Vectors | None = None
        self._lexical: Lexical | None = None
        self._generation = -1  # the catalogue's generation that the lexical index has
        self._seen = -1  # the one that the open Chroma client has

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
            fresh: Delete the set with this chunker and embedder first, and index everything again.
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
        sets.prepare(folder)
        setup = sets.configure(folder, root, chroma=chroma, chunker=chunker, embedder=embedder)
        try:
            return cls._built(folder, setup, on_progress, wait, fresh=fresh)
        except DamagedVectors:  # index again from scratch: the vectors hold nothing that the code does not
            if fresh:
                raise
            return cls._built(folder, setup, on_progress, wait, fresh=True)

    @classmethod
    def _built(
        cls, folder: Path, setup: IndexConfig, on_progress: Progress | None, wait: float, *, fresh: bool
    ) -> Self:
        if fresh:
            with IndexLock(folder).held("clearing the index", wait):
                sets.delete(folder, setup)
        index = cls(folder, setup, wait=wait)
        try:
            index.update(on_progress)
        except BaseException:
            index.close()
            raise
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
                written.
        """
        project_folder(self.root)
        with self._thread, self._lock.held("indexing", self._wait):
            listing = listed(self.root)
            with Analyser(self.setup).expecting(len(listing.found) - len(self._catalogue.files())) as work:
                vectors = self._current_vectors()
                vectors.check(self.setup.embedder.dimension)
                self._catalogue.store(self.setup.settings())
                self.report, words = update(
                    listing, self._catalogue, vectors, work, on_progress or (lambda _done, _total: None)
                )
            self._seen = self._catalogue.generation()
            self._current_lexical(words, save=True)
            sets.activate(self.folder, self.setup)
            return self.report

    def search(self, query: str, k: int = 5, *, ranking: Ranking = USUAL) -> list[Hit]:
        """Return the best chunks for a query.

        If Chroma's folder is damaged, the search uses the lexical index alone and logs a warning.

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
            found = self._dense(query, max(DEPTH, 5 * k)) if ranking.dense else []
            index = self._current_lexical()
            docs = index.docs_of([id_ for id_, _ in found]).tolist()
            near = [(doc, cosine) for doc, (_, cosine) in zip(docs, found, strict=True) if doc >= 0]
            best = rank(index, query, near, k, ranking, self._catalogue.chunks)
            chunks = self._catalogue.chunks([int(index.rows[each.doc]) for each in best])
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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _dense(self, query: str, count: int) -> list[tuple[str, float]]:
        """The ids and cosines of the chunks with the nearest vectors.

        There are none if a killed process left Chroma's graph half written. The lexical index still works.
        """
        vector = self.setup.embedder.encode([query])[0]
        if not vector.any():  # the query has no terms
            return []
        try:
            with nullcontext() if self.setup.chroma else self._lock.held(seconds=self._wait):
                return self._current_vectors().nearest(vector, count)
        except DamagedVectors as error:
            logging.getLogger("orchestrator").warning("searching by words alone, until indexed again: %s", error)
            self._close_vectors()
            return []

    def _current_lexical(self, words: Sequence[Words] = (), *, save: bool = False) -> Lexical:
        """The lexical index of the catalogue's generation. ``words`` are the terms of chunks that were just added."""
        generation = self._catalogue.generation()
        if self._lexical is None or self._generation != generation or save:
            ready = Lexical.load(self._set, generation)
            if ready is None:
                paths = {row.id: row.path for row in self._catalogue.files().values()}
                old = self._lexical or Lexical.newest(self._set)
                ready = lexical.build(self._catalogue.places(), paths.__getitem__, self._catalogue.chunks, old, words)
                if save:
                    ready.save(self._set, generation)
            self._lexical, self._generation = ready, generation
        return self._lexical

    def _current_vectors(self) -> Vectors:
        """The vectors, opened again if another process has written: an open client in a folder does not see that."""
        generation = self._catalogue.generation()
        if self._seen != generation and not self.setup.chroma:
            self._close_vectors()
        self._seen = generation
        if self._vectors is None:
            self._vectors = self.setup.vectors(self.folder)
        return self._vectors

    def _close_vectors(self) -> None:
        vectors, self._vectors = self._vectors, None
        if vectors is not None:
            vectors.close()
