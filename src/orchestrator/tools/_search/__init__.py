"""The search providers, one file each, chosen by name. WEB_SEARCH uses them through ``_searching.py``.

Each file holds ``create(detail: str) -> SearchProvider``. ``detail`` is the text after the colon in
``ORCHESTRATOR_SEARCH=NAME:detail``, such as a server's address. Knows nothing of models, runs or the protocol.
"""

from __future__ import annotations

from orchestrator.core.errors import ToolError


class SearchFailed(ToolError):
    """A search provider gave no answer.

    Args:
        message: What happened, for the model.
        again: Whether the same search may succeed soon.
        wait: Seconds to wait before, if the provider says so.
    """

    def __init__(self, message: str, *, again: bool = False, wait: float | None = None) -> None:
        super().__init__(message)
        self.again = again
        self.wait = wait
