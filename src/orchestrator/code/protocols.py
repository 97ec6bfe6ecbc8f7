"""The values and protocols of code search: Chunk, Hit, Chunker, Embedder. Knows no implementation of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole lines of one file.

    Attributes:
        path: The path relative to the indexed folder, with forward slashes.
        start_line: The first line, counted from 1.
        end_line: The last line, which is included.
        name: The qualified name of the enclosing definition, such as ``Session.send``; empty between definitions.
        text: The lines, joined by newlines.
        defines: The plain names that the chunk defines, its own first.
    """

    path: str
    start_line: int
    end_line: int
    name: str
    text: str
    defines: tuple[str, ...] = ()

    def embedded_text(self) -> str:
        """Return the text that the embedder reads: path, name and code. The code alone often lacks those words."""
        return f"{self.path}\n{self.name}\n{self.text}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that a search found.

    Attributes:
        path: The path relative to the indexed folder, with forward slashes.
        start_line: The first line, counted from 1.
        end_line: The last line, which is included.
        name: The qualified name of the enclosing definition, such as ``Session.send``; empty between definitions.
        text: The lines, joined by newlines.
        score: Higher is better. A chunk that is the first of all lists has about 1; boosts can raise it above that.
            Compare scores of one query only.
    """

    path: str
    start_line: int
    end_line: int
    name: str
    text: str
    score: float


@runtime_checkable
class Chunker(Protocol):
    """Protocol of a chunker, which cuts a file into chunks.

    A plugin of the kind ``code.chunkers`` is a file with ``create() -> Chunker``.
    """

    @property
    def name(self) -> str:
        """The name that is kept with an index. Another way to cut needs another name."""
        ...

    def chunks(self, path: str, text: str) -> list[Chunk]:
        """Cut a file. No content of a file may make it raise.

        Args:
            path: The path relative to the indexed folder. Its ending tells the language.
            text: The file's text with plain newlines.

        Returns:
            The chunks in order. Every line is in exactly one of them. A file without lines has none.
        """
        ...


@runtime_checkable
class Embedder(Protocol):
    """Protocol of an embedder, which makes a vector of each text.

    A plugin of the kind ``code.embedders`` is a file with ``create() -> Embedder``. ``name`` and ``dimension`` are kept
    with an index and compared when it is opened. An embedder that sends texts to another machine also has
    ``sends_data = True``, so that a policy judges the queries of CODE_SEARCH (``sends_data`` below).
    """

    @property
    def name(self) -> str:
        """The name of the model and its weights. Other weights need another name."""
        ...

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of texts.

        Args:
            texts: Chunks, or one query.

        Returns:
            An array of shape (texts, dimension). Each row has unit length; the row of an empty text may be zeros.

        Raises:
            ModelError: The model is remote, and its server fails.
        """
        ...


def sends_data(embedder: Embedder) -> bool:
    """Return the embedder's ``sends_data``: whether it sends texts to another machine. The default is False."""
    return bool(getattr(embedder, "sends_data", False))
