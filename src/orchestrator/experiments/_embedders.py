"""The embedders an experiment runs with: all that are registered and can be used here, or those asked for by name."""

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
AT_ONCE = 64  # texts, between two reports of progress


class Named:
    """An embedder and the name it is registered under. A text is embedded once, however often it is asked for.

    ``on_embedded`` is told how many texts have been embedded.
    """

    def __init__(self, name: str, embedder: Embedder, on_embedded: Callable[[int], None] = lambda _: None) -> None:
        self.name = name
        self.dimension = embedder.dimension
        self._embedder = embedder
        self._on_embedded = on_embedded
        self._known: dict[str, NDArray[np.float64]] = {}

    def fresh(self) -> Named:
        """The same embedder with nothing known yet: a model in eight bits gives a text slightly other numbers in other
        company, so a report must not depend on what was embedded before it.
        """
        return Named(self.name, self._embedder, self._on_embedded)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """One row for each text, of unit length, or of zeros where the embedder knows nothing in it."""
        import numpy as np  # noqa: PLC0415 - in the extra `code`

        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        for start in range(0, len(new), AT_ONCE):
            some = new[start : start + AT_ONCE]
            rows = np.asarray(self._embedder.encode(some), dtype=np.float64)
            self._known |= zip(some, rows, strict=True)
            self._on_embedded(len(self._known))
        return np.array([self._known[text] for text in texts]).reshape(len(texts), -1)


def needed() -> None:
    """Raise ConfigError if what the experiments need is not installed."""
    require("an experiment", "experiments", *NEEDED, "scipy", "matplotlib")


def available(
    chosen: Sequence[str] = (), on_embedded: Callable[[int], None] = lambda _: None
) -> tuple[tuple[Named, ...], tuple[str, ...]]:
    """The embedders, and a line on each that is left out. Raises ConfigError where a chosen one, or every one, is."""
    found: list[Named] = []
    left_out: list[str] = []
    for name in dict.fromkeys(chosen or names(KIND)):
        try:
            named = Named(name.strip().lower(), plugin(KIND, name)(), on_embedded)
            if not chosen:
                named.encode(["a"])  # a server that cannot be reached is better known now than in the middle
        except (ConfigError, ModelError) as error:
            if chosen:
                raise
            left_out.append(f"{name} is left out: {error}")
        else:
            found.append(named)
    if not found:
        raise ConfigError(f"no embedder can be used here: {install('code')}")
    return tuple(found), tuple(left_out)
