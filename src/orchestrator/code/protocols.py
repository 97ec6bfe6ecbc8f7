"""The values and seams of code retrieval: what a chunk and a hit are, what a chunker and an embedder must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a file: whole lines, ``start_line`` to ``end_line``, both counted from 1 and both in it.

    ``path`` is relative to the root and posix. ``name`` is the qualified name of what encloses the chunk, such as
    ``Session.send``; empty between functions. ``defines`` are the plain names that are defined here.
    """

    path: str
    start_line: int
    end_line: int
    name: str
    text: str
    defines: tuple[str, ...] = ()

    def embedded_text(self) -> str:
        """What an embedder reads: the path and the name say what the code often does not."""
        return f"{self.path}\n{self.name}\n{self.text}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that was found. A higher ``score`` is better; 1 is a chunk that leads every list."""

    path: str
    start_line: int
    end_line: int
    name: str
    text: str
    score: float


@runtime_checkable
class Chunker(Protocol):
    """Cuts a file into chunks. A plugin of the kind ``code.chunkers``: ``create() -> Chunker``.

    Every line of ``text`` is in exactly one chunk, in order; a file of no lines has no chunk. ``path`` tells the
    language. Never raises for what a file holds.
    """

    @property
    def name(self) -> str: ...

    def chunks(self, path: str, text: str) -> list[Chunk]: ...


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors. A plugin of the kind ``code.embedders``: ``create() -> Embedder``.

    ``name`` and ``dimension`` are kept with an index and checked when it is opened, so another model, or other weights,
    need another name.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of unit length for each text, (n, dimension). An empty text may be a row of zeros."""
        ...
