"""The vectors of an index, in Chroma: in a folder or on a server. Knows ids, vectors and texts; not files.

Chroma gets no embedding function, so it never downloads a model. Its default distance is l2, and its default HNSW graph
finds 88 % of the true ten nearest among 20,000. The settings here find 99 %.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orchestrator.code.index.catalogue import DamagedIndex
from orchestrator.core.errors import ConfigError
from orchestrator.runtime.extras import require

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateHNSWConfiguration, UpdateHNSWConfiguration
    from chromadb.api.models.Collection import Collection
    from numpy.typing import NDArray

# Adding vectors to the graph is most of the time of indexing. A wider search (ef_search) is cheaper than a finer graph
# (ef_construction): 200 and 200 took twice as long for each chunk and found 97.8 % among 20,000.
NARROWEST, WIDEST = 300, 2_000
HNSW: CreateHNSWConfiguration = {
    "space": "cosine", "ef_construction": 100, "ef_search": NARROWEST, "max_neighbors": 32,
}  # fmt: skip
USUAL_SYNC = 1_000  # rows; Chroma's default
AT_ONCE = 5_000  # rows in one call; Chroma takes 5,461
SENT = 1_000  # rows in one request to a server


class DamagedVectors(DamagedIndex):
    """Chroma cannot read what is in its folder."""


class UnwritableVectors(ConfigError):
    """Chroma cannot write to its folder, for example because the disk is full. It writes even if it only reads."""


class Vectors:
    """One Chroma collection. Use it from one thread at a time.

    Every method raises ConfigError if Chroma fails: DamagedVectors if its folder cannot be read, and UnwritableVectors
    if it cannot be written.

    Args:
        place: The folder, or a server's address as a text.
        name: The name of the collection. Characters that Chroma does not allow become hyphens.
    """

    def __init__(self, place: Path | str, name: str) -> None:
        self._place, self.name = place, re.sub(r"[^a-zA-Z0-9._-]+", "-", name).strip("-._")
        self._open()

    def _open(self) -> None:
        with self._explained():
            self._client = _client(self._place)
            try:
                self._collection = self._collection_of(self._client)
            except BaseException:
                self.close()
                raise

    def _collection_of(self, client: ClientAPI) -> Collection:
        """The collection, made if there is none. An existing one keeps its changed configuration."""
        from chromadb.errors import NotFoundError  # noqa: PLC0415 - loaded with the client

        try:
            return client.get_collection(self.name, embedding_function=None)
        except NotFoundError:
            return client.get_or_create_collection(self.name, embedding_function=None, configuration={"hnsw": HNSW})

    def close(self) -> None:
        """Close the client and its connections."""
        self._client.close()  # type: ignore[attr-defined]  # it is a Client
        for client in (self._client, getattr(self._client, "_admin_client", None)):
            session = getattr(getattr(client, "_server", None), "_session", None)
            if session is not None:  # Chroma 1.5 leaves its connections to a server open
                session.close()

    def count(self) -> int:
        """Return the number of vectors."""
        with self._explained():
            return self._collection.count()

    def ids(self) -> Iterator[str]:
        """Yield all ids. The repair after a killed run needs them."""
        for start in range(0, self.count(), AT_ONCE):
            with self._explained():
                some = self._collection.get(limit=AT_ONCE, offset=start, include=[])["ids"]
            yield from some

    def put(
        self, ids: Sequence[str], vectors: NDArray[np.float32], documents: Sequence[str], paths: Sequence[str]
    ) -> None:
        """Add or replace chunks.

        A server gets text and path as well, for other readers of the collection. For a folder the catalogue has them,
        and Chroma's full-text index of them would take longer than everything else.

        Args:
            ids: The ids of the chunks.
            vectors: Their vectors, shape (chunks, dimension).
            documents: Their texts.
            paths: The paths of their files.
        """
        shared = isinstance(self._place, str)
        count = SENT if shared else AT_ONCE
        for start in range(0, len(ids), count):
            some = slice(start, start + count)
            with self._explained(writing=True):
                self._collection.upsert(
                    ids=list(ids[some]),
                    embeddings=vectors[some],
                    documents=list(documents[some]) if shared else None,
                    metadatas=[{"path": path} for path in paths[some]] if shared else None,
                )

    def sync_every(self, rows: int) -> None:
        """Have Chroma write its graph to disk after every ``rows`` new rows. It writes the whole graph each time."""
        if not isinstance(self._place, str):
            self._configure({"sync_threshold": rows})

    def _configure(self, changed: UpdateHNSWConfiguration) -> None:
        with self._explained(writing=True), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # about the missing embedding function
            self._collection.modify(configuration={"hnsw": changed})

    def flush(self) -> None:
        """Write the whole graph to disk, and set the width of the search for its size.

        Rows that are not in the graph on disk are added to the graph again at every later opening. Chroma writes when
        the number of new rows passes a threshold, and it reads a new threshold when it is opened.
        """
        if isinstance(self._place, str):
            return
        self._configure({"sync_threshold": 2, "ef_search": width(self.count())})
        self.close()
        self._open()
        with self._explained(writing=True):
            some = self._collection.get(limit=3, include=["embeddings"])
            if some["ids"] and some["embeddings"] is not None:
                self._collection.upsert(ids=some["ids"], embeddings=some["embeddings"])
        self.sync_every(USUAL_SYNC)

    def drop(self, ids: Sequence[str]) -> None:
        """Delete chunks by their ids."""
        for start in range(0, len(ids), SENT):
            with self._explained(writing=True):
                self._collection.delete(ids=list(ids[start : start + SENT]))

    def nearest(self, vector: NDArray[np.float32], count: int) -> list[tuple[str, float]]:
        """Return the ids and the cosines of the nearest chunks, the nearest first.

        Args:
            vector: The query's vector, shape (dimension,).
            count: How many chunks to return at most.
        """
        with self._explained():
            found = self._collection.query(query_embeddings=vector[None, :], n_results=count, include=["distances"])
        distances = found["distances"] or [[]]
        return [(id_, 1.0 - distance) for id_, distance in zip(found["ids"][0], distances[0], strict=True)]

    def check(self, dimension: int) -> None:
        """Search once, to find damage that a process left that was killed while Chroma wrote its graph.

        Raises:
            DamagedVectors: The graph cannot be read.
        """
        with self._explained():
            self._collection.query(query_embeddings=[1.0] * dimension, n_results=1, include=[])

    def remove(self) -> None:
        """Delete the whole collection."""
        with self._explained():
            self._client.delete_collection(self.name)

    @contextmanager
    def _explained(self, *, writing: bool = False) -> Iterator[None]:
        """Turn every error of Chroma and its parts into a ConfigError that says where it is and what to do."""
        try:
            yield
        except ConfigError:
            raise
        except BaseException as error:
            if not isinstance(error, Exception) and type(error).__name__ != _PANIC:
                raise
            if isinstance(self._place, str):
                raise ConfigError(
                    f"Chroma at {self._place} does not answer as it should ({error}): start it with "
                    "`chroma run`, or check the address"
                ) from error
            if writing or any(words in str(error).lower() for words in _UNWRITABLE):
                raise UnwritableVectors(
                    f"the vectors in {self._place} cannot be written ({error}): make that possible, then run "
                    "`orchestrator index` again, which goes on from here"
                ) from error
            raise DamagedVectors(
                f"the vectors in {self._place} cannot be used ({error}): `orchestrator index PATH --fresh` makes them "
                "anew"
            ) from error


_UNWRITABLE = ("disk i/o", "is full", "no space left", "too large", "readonly", "read-only", "permission", "locked")
_PANIC = "PanicException"  # of Chroma's Rust core; it is a BaseException, and has no name to import


def width(rows: int) -> int:
    """Return the width of the search (ef_search) for a collection of so many rows.

    Among 17,810 chunks of real code, 300 candidates find 99.9 % of the ten nearest. Among 780,000 chunks, many of them
    nearly alike, 500 find 96 % and 2,000 find 98 %, in 8 ms.
    """
    return max(NARROWEST, min(WIDEST, rows // 250))


def _client(place: Path | str) -> ClientAPI:
    require("code search", "code", "chromadb")
    import chromadb  # noqa: PLC0415 - takes 1.3 s and is in an extra
    import chromadb.config  # noqa: PLC0415
    from chromadb.api.shared_system_client import SharedSystemClient  # noqa: PLC0415

    settings = chromadb.config.Settings(anonymized_telemetry=False)
    if not isinstance(place, str):
        try:
            return chromadb.PersistentClient(str(place), settings=settings)
        except BaseException:  # Chroma 1.5 keeps what it could not open, and would give it to the next client
            SharedSystemClient._identifier_to_system.pop(str(place), None)  # noqa: SLF001 - no other way
            raise
    address = urlsplit(place if "//" in place else f"//{place}")
    try:
        host, port, secure = address.hostname, address.port, address.scheme == "https"
    except ValueError:
        host, port, secure = None, None, False
    if not host:
        raise ConfigError(f"{place} is no address of a Chroma server: write it as http://localhost:8000")
    return chromadb.HttpClient(host, port or (443 if secure else 8000), ssl=secure, settings=settings)
