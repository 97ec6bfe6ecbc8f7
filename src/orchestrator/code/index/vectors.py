"""The vectors of an index, in Chroma: a folder of its own, or a server. Knows ids, vectors and documents; not files.

Chroma never gets an embedding function, so it never downloads a model. Its default space is l2, and its default graph
finds 88 % of the true ten nearest among 20,000; with the settings here it is 99 %.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from orchestrator.core.errors import ConfigError
from orchestrator.runtime.extras import require

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateHNSWConfiguration, UpdateHNSWConfiguration
    from chromadb.api.models.Collection import Collection
    from numpy.typing import NDArray

# Putting a vector into the graph is most of the time of indexing, and looking wider in it is cheaper than building it
# finer: a construction of 200 and a search of 200 took twice as long a chunk and found 97.8 % among 20,000.
NARROWEST, WIDEST = 300, 2_000
HNSW: CreateHNSWConfiguration = {
    "space": "cosine", "ef_construction": 100, "ef_search": NARROWEST, "max_neighbors": 32,
}  # fmt: skip
USUAL_REST = 1_000  # Chroma's own
AT_ONCE = 5_000  # rows in one call; Chroma takes 5,461
SENT = 1_000  # rows in one request to a server


class DamagedVectors(ConfigError):
    """Chroma cannot read what is in its folder."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a collection lives: a folder of ours, or a server's address."""

    folder: Path | None = None
    url: str | None = None

    def __str__(self) -> str:
        return self.url or str(self.folder)


class Vectors:
    """One collection. Use it from one thread at a time."""

    def __init__(self, place: Where, name: str) -> None:
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
        """Made where there is none; one that is there keeps what ``rest`` changed of its configuration."""
        from chromadb.errors import NotFoundError  # noqa: PLC0415 - loaded with the client

        try:
            return client.get_collection(self.name, embedding_function=None)
        except NotFoundError:
            return client.get_or_create_collection(self.name, embedding_function=None, configuration={"hnsw": HNSW})

    def close(self) -> None:
        self._client.close()  # type: ignore[attr-defined]  # it is a Client
        for client in (self._client, getattr(self._client, "_admin_client", None)):
            session = getattr(getattr(client, "_server", None), "_session", None)
            if session is not None:  # Chroma 1.5 leaves its connections to a server open
                session.close()

    def count(self) -> int:
        with self._explained():
            return self._collection.count()

    def ids(self) -> Iterator[str]:
        """All ids, for putting right what a killed run left."""
        at = 0
        while True:
            with self._explained():
                some = self._collection.get(limit=AT_ONCE, offset=at, include=[])["ids"]
            yield from some
            at += len(some)
            if len(some) < AT_ONCE:
                return

    def put(
        self, ids: Sequence[str], vectors: NDArray[np.float32], documents: Sequence[str], paths: Sequence[str]
    ) -> None:
        """Add or replace. A server gets code and path as well, for whoever else reads the collection there; in a folder
        the catalogue beside it has them, and Chroma's own full-text index of them would take longer than all the rest.
        """
        shared = self._place.url is not None
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

    def rest(self, rows: int) -> None:
        """Let Chroma write its graph to disk every ``rows`` new rows. It writes all of it each time."""
        if self._place.url is None:
            self._configure({"sync_threshold": rows})

    def _configure(self, changed: UpdateHNSWConfiguration) -> None:
        with self._explained(writing=True), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that there is no embedding function
            self._collection.modify(configuration={"hnsw": changed})

    def flush(self) -> None:
        """Have the whole graph on disk: what is not, every later opening puts into the graph again. And search it as
        widely as its size asks for.

        Chroma writes when the threshold is passed, and takes a new threshold when it is opened.
        """
        if self._place.url is not None:
            return
        self._configure({"sync_threshold": 2, "ef_search": width(self.count())})
        self.close()
        self._open()
        with self._explained(writing=True):
            some = self._collection.get(limit=3, include=["embeddings"])
            if some["ids"] and some["embeddings"] is not None:
                self._collection.upsert(ids=some["ids"], embeddings=some["embeddings"])
        self.rest(USUAL_REST)

    def drop(self, ids: Sequence[str]) -> None:
        for start in range(0, len(ids), SENT):
            with self._explained(writing=True):
                self._collection.delete(ids=list(ids[start : start + SENT]))

    def nearest(self, vector: NDArray[np.float32], count: int) -> tuple[list[str], list[float]]:
        """The ids of the nearest and their cosines, the nearest first."""
        with self._explained():
            found = self._collection.query(query_embeddings=vector[None, :], n_results=count, include=["distances"])
        distances = found["distances"] or [[]]
        return found["ids"][0], [1.0 - distance for distance in distances[0]]

    def check(self, dimension: int) -> None:
        """Raise DamagedVectors where a process was killed while Chroma wrote its graph."""
        with self._explained():
            self._collection.query(query_embeddings=[1.0] * dimension, n_results=1, include=[])

    def remove(self) -> None:
        """Delete the whole collection."""
        with self._explained():
            self._client.delete_collection(self.name)

    @contextmanager
    def _explained(self, *, writing: bool = False) -> Iterator[None]:
        """Chroma raises what its parts raise; the message says where and what to do."""
        try:
            yield
        except (ConfigError, KeyboardInterrupt):
            raise
        except Exception as error:
            if self._place.url:
                raise ConfigError(
                    f"Chroma at {self._place.url} does not answer as it should ({error}): start it with "
                    "`chroma run`, or check the address"
                ) from error
            folder = self._place.folder
            if writing:  # a full disk, say
                raise ConfigError(
                    f"the vectors in {folder} cannot be written ({error}): make that possible, then run "
                    "`orchestrator index` again, which goes on from here"
                ) from error
            raise DamagedVectors(
                f"the vectors in {folder} cannot be used ({error}): `orchestrator index PATH --fresh` makes them anew"
            ) from error


def width(rows: int) -> int:
    """How many candidates a search of so many rows keeps. Among 17,810 chunks of real code 300 find 99.9 % of the ten
    nearest; among 780,000, many of them nearly alike, 500 find 96 % and 2,000 find 98 %, in 8 ms.
    """
    return max(NARROWEST, min(WIDEST, rows // 250))


def _client(place: Where) -> ClientAPI:
    chromadb = _chromadb()
    settings = chromadb.config.Settings(anonymized_telemetry=False)
    if place.url is None:
        client: ClientAPI = chromadb.PersistentClient(str(place.folder), settings=settings)
        return client
    address = urlsplit(place.url if "//" in place.url else f"//{place.url}")
    try:
        host, port, secure = address.hostname, address.port, address.scheme == "https"
    except ValueError:
        host, port, secure = None, None, False
    if not host:
        raise ConfigError(f"{place.url} is no address of a Chroma server: write it as http://localhost:8000")
    server: ClientAPI = chromadb.HttpClient(host, port or (443 if secure else 8000), ssl=secure, settings=settings)
    return server


def _chromadb() -> Any:
    require("code search", "code", "chromadb")
    import chromadb  # noqa: PLC0415 - 1.3 s and in an extra: only where vectors are used
    import chromadb.config  # noqa: PLC0415

    return chromadb
