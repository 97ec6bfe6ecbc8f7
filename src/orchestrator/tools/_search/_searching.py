"""Asks a search provider: at most one query per second, with a small cache, and with retries if they may help.

Several threads may share one ``Searching``; they wait for their turn. Knows providers only by their protocol.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from orchestrator.core.citations import Citation
from orchestrator.core.protocols import SearchProvider, SearchQuery
from orchestrator.tools._search import SearchFailed

ATTEMPTS = 3
BACKOFF = 0.5  # seconds
KEPT_SECONDS = 600.0
KEPT = 64  # searches in the cache
LONGEST_WAIT = 15.0
"""Seconds to wait for a turn, or because a server asks for it. If more are needed, the search fails."""
_LONGEST_URL = 500  # characters; a longer address fills the context and is of no use as a source

Results = tuple[Citation, ...]


class Searching:
    """A provider with its cache and its queue. The provider is made on first use, because it may need a key.

    Args:
        provider: Makes the provider.
        results: How many results are wanted.
        per_second: Maximum number of queries per second; 0 for no limit.
        timeout: Seconds for one answer.
    """

    def __init__(
        self, provider: Callable[[], SearchProvider], *, results: int, per_second: float, timeout: float
    ) -> None:
        self._make = provider
        self._provider: SearchProvider | None = None
        self._results = results
        self._pause = 1 / per_second if per_second > 0 else 0.0
        self._timeout = timeout
        self._free_at = 0.0
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, Results]] = OrderedDict()

    @property
    def provider(self) -> SearchProvider:
        """The provider. Raises ConfigError if it cannot be made, for example without its key."""
        with self._lock:
            self._provider = self._provider or self._make()
            return self._provider

    def search(self, text: str) -> Results:
        """Search, and return the results, best first.

        Args:
            text: The query. A query that differs only in case and spaces is answered from the cache.

        Raises:
            SearchFailed: The provider gave no answer, or too many searches wait.
            ConfigError: The provider cannot be made, for example without its key.
        """
        key = " ".join(text.casefold().split())
        found = self._remembered(key)
        if found is None:
            found = self._patiently(SearchQuery(text, self._results, self._timeout))
            self._remember(key, found)
        return found

    def _patiently(self, query: SearchQuery) -> Results:
        return Retrying(
            retry=retry_if_exception(_may_work_later),
            wait=_wait,
            stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(2 * self._timeout),
            reraise=True,
        )(self._once, query)

    def _once(self, query: SearchQuery) -> Results:
        provider = self.provider
        self._wait_in_line()
        return tuple(_distinct(provider.search(query)))[: query.count]

    def _wait_in_line(self) -> None:
        with self._lock:
            now = time.monotonic()
            wait = max(0.0, self._free_at - now)
            if wait > LONGEST_WAIT:
                raise SearchFailed(f"too many searches at once: the next is due in {wait:.0f} seconds")
            self._free_at = now + wait + self._pause
        time.sleep(wait)

    def _remembered(self, key: str) -> Results | None:
        with self._lock:
            until, found = self._kept.get(key, (0.0, ()))
            return found if until > time.monotonic() else None

    def _remember(self, key: str, found: Results) -> None:
        with self._lock:
            self._kept[key] = (time.monotonic() + KEPT_SECONDS, found)
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def _may_work_later(error: BaseException) -> bool:
    return isinstance(error, SearchFailed) and error.again and (error.wait or 0.0) <= LONGEST_WAIT


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, SearchFailed) and error.wait is not None:
        return max(error.wait, 0.0)
    return wait_random_exponential(multiplier=BACKOFF, max=4.0)(state)


def _distinct(found: Iterable[Citation]) -> Iterator[Citation]:
    """Yield each http(s) address once, with its texts shortened. Results with a very long address are left out."""
    seen: set[str] = set()
    for each in found:
        if each.url.startswith(("http://", "https://")) and len(each.url) <= _LONGEST_URL and each.url not in seen:
            seen.add(each.url)
            yield replace(each, title=_short(each.title, 150), text=_short(each.text, 300), date=_short(each.date, 40))


def _short(text: str, most: int) -> str:
    """Shorten a text at a word's end."""
    return text if len(text) <= most else f"{text[:most].rpartition(' ')[0] or text[:most]} …"
