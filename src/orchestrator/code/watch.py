"""Keeps an index up to date while files change. Knows the file system's events; not what an update does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.code.code_index import CodeIndex
from orchestrator.code.index.lock import IndexBusy
from orchestrator.code.index.walk import NAMES
from orchestrator.code.words import word_lists
from orchestrator.core.errors import ConfigError
from orchestrator.runtime.extras import require

if TYPE_CHECKING:
    from threading import Event

    from orchestrator.code.index.indexing import IndexReport

QUIET_MS = 400  # one save is often several writes


def watch(index: CodeIndex, stop: Event | None = None) -> Iterator[IndexReport]:
    """Update an index after each change of its folder.

    Args:
        index: The index.
        stop: Ends the watch when it is set. Without it only Ctrl-C does.

    Yields:
        The report of each update that changed the index.

    Raises:
        ConfigError: watchfiles is not installed, or the system cannot watch the folder.
    """
    require("index --watch", "code", "watchfiles")
    import watchfiles  # noqa: PLC0415 - in the extra `code`

    def concerns(_change: watchfiles.Change, path: str) -> bool:
        below = Path(path).relative_to(index.root)  # the project itself may be inside such a folder
        return not word_lists(NAMES)["never"].intersection(below.parts) and not Path(path).is_relative_to(index.folder)

    try:
        for _ in watchfiles.watch(
            index.root, watch_filter=concerns, step=QUIET_MS, stop_event=stop, raise_interrupt=True
        ):
            report = _updated(index, stop)
            if report is not None and (report.changed or report.removed):
                yield report
    except OSError as error:  # too many folders for the system's limit
        raise ConfigError(
            f"cannot watch {index.root} ({error}): run `orchestrator index` after changes instead"
        ) from error


def _updated(index: CodeIndex, stop: Event | None) -> IndexReport | None:
    """Update, and try again while another process holds the index. Otherwise the change would be missed."""
    while stop is None or not stop.is_set():
        with suppress(IndexBusy):
            return index.update()
    return None
