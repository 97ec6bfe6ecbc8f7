"""The embedders of an experiment: all that are registered and work here, or the named ones. Knows no experiment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from orchestrator.code.extra import NEEDED
from orchestrator.core.errors import ConfigError, ModelError
from orchestrator.runtime.extras import install, require
from orchestrator.runtime.registry import names, plugin

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from orchestrator.code.protocols import Embedder

KIND = "code.embedders"
AT_ONCE = 64  # texts between two reports of progress


class Named:
    """An embedder with its registered name and a cache: each text is embedded once.

    Args:
        name: The registered name.
        embedder: The embedder.
        on_embedded: Called with the number of texts that have been embedded.
    """

    def __init__(self, name: str, embedder: Embedder, on_embedded: Callable[[int], None] = lambda _: None) -> None:
        self.name = name
        self.dimension = embedder.dimension
        self._embedder = embedder
        self._on_embedded = on_embedded
        self._known: dict[str, NDArray[np.float64]] = {}

    def fresh(self) -> Named:
        """Return the same embedder with an empty cache.

        The vector of a text from an eight-bit model depends slightly on the other texts in the batch. So a report must
        not depend on what was embedded before.
        """
        return Named(self.name, self._embedder, self._on_embedded)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return a row of unit length for each text; zeros if the embedder knows no word of it."""
        import numpy as np  # noqa: PLC0415 - in the extra `code`

        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        for start in range(0, len(new), AT_ONCE):
            some = new[start : start + AT_ONCE]
            rows = np.asarray(self._embedder.encode(some), dtype=np.float64)
            self._known |= zip(some, rows, strict=True)
            self._on_embedded(len(self._known))
        return np.array([self._known[text] for text in texts]).reshape(len(texts), -1)


def needed() -> None:
    """Do nothing if the extra ``experiments`` is installed.

    Raises:
        ConfigError: A package is missing. The message has the line that installs it.
    """
    require("an experiment", "experiments", *NEEDED, "scipy", "matplotlib", "markdown_it")


def available(
    chosen: Sequence[str] = (), on_embedded: Callable[[int], None] = lambda _: None
) -> tuple[tuple[Named, ...], tuple[str, ...]]:
    """Return the embedders to use, and one line for each that is left out.

    Args:
        chosen: The registered names. Empty means all that work here.
        on_embedded: Called with the number of texts that an embedder has embedded.

    Raises:
        ConfigError: A chosen embedder does not work, or none does.
        ModelError: The server of a chosen embedder fails.
    """
    found: list[Named] = []
    left_out: list[str] = []
    for name in dict.fromkeys(chosen or names(KIND)):
        try:
            named = Named(name.strip().lower(), plugin(KIND, name)(), on_embedded)
            if not chosen:
                named.encode(["a"])  # finds out now whether a server can be reached
        except (ConfigError, ModelError) as error:
            if chosen:
                raise
            left_out.append(f"{name} is left out: {error}")
        else:
            found.append(named)
    if not found:
        raise ConfigError(f"no embedder can be used here: {install('code')}")
    return tuple(found), tuple(left_out)
