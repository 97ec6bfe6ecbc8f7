"""Search engines, one file each, chosen by name. WEB_SEARCH is their thin face; ``_searching.py`` paces them.

Each file holds ``create(detail: str) -> SearchProvider``; ``detail`` is what stands behind the colon in
``ORCHESTRATOR_SEARCH=NAME:detail``, such as the address of a server. Knows nothing of models, runs or the protocol.
"""

from __future__ import annotations

from orchestrator.core.errors import ToolError


class SearchFailed(ToolError):
    """A search engine gave no answer. ``again`` says that it may do so in a moment, ``wait`` after how many seconds."""

    def __init__(self, message: str, *, again: bool = False, wait: float | None = None) -> None:
        super().__init__(message)
        self.again = again
        self.wait = wait
