"""One query a second, a small cache, and again where that may help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from orchestrator.core.citations import Citation
from orchestrator.core.errors import ToolError
from orchestrator.core.protocols import SearchQuery
from orchestrator.tools._search import SearchFailed, _searching
from orchestrator.tools._search._searching import Searching

TEA = Citation("Tea", "https://tea.example/", "Green.")


class Provider:
    """Plays what it is given: results, or an exception to raise."""

    name = "played"

    def __init__(self, *plays: Sequence[Citation] | Exception) -> None:
        self.plays = list(plays)
        self.queries: list[SearchQuery] = []

    def search(self, query: SearchQuery) -> Sequence[Citation]:
        self.queries.append(query)
        play = self.plays.pop(0) if len(self.plays) > 1 else self.plays[0]
        if isinstance(play, Exception):
            raise play
        return play


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Time goes on only while somebody sleeps; what was slept."""
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))

    monkeypatch.setattr("orchestrator.tools._search._searching.time.monotonic", lambda: 1_000.0 + sum(slept))
    monkeypatch.setattr("orchestrator.tools._search._searching.time.sleep", sleep)
    return slept


def searching(provider: Provider, **changed: float) -> Searching:
    options = {"results": 5, "per_second": 1.0, "timeout": 10.0} | changed
    make: Callable[[], Provider] = lambda: provider  # noqa: E731
    return Searching(
        make, results=int(options["results"]), per_second=options["per_second"], timeout=options["timeout"]
    )


def test_queries_are_a_second_apart(clock):
    search = searching(Provider([TEA])).search
    for word in ("one", "two", "three"):
        assert search(word) == (TEA,)
    assert clock == [0.0, 1.0, 1.0]


def test_the_same_query_is_asked_once_however_it_is_spelt(clock):
    provider = Provider([TEA])
    search = searching(provider).search
    assert search("Green  tea") == search("green tea") == (TEA,)
    assert len(provider.queries) == 1
    clock.append(601.0)
    search("green tea")
    assert len(provider.queries) == 2


def test_the_cache_holds_the_last_few_only():
    provider = Provider([TEA])
    search = searching(provider, per_second=0).search
    for number in range(_searching.KEPT + 1):
        search(f"query {number}")
    search("query 1")
    assert len(provider.queries) == _searching.KEPT + 1
    search("query 0")
    assert len(provider.queries) == _searching.KEPT + 2


def test_what_may_go_away_is_asked_again_and_nothing_else_is():
    provider = Provider(SearchFailed("down", again=True), SearchFailed("busy", again=True, wait=2.0), [TEA])
    assert searching(provider).search("tea") == (TEA,)
    assert len(provider.queries) == 3
    for failure in (SearchFailed("blocked"), SearchFailed("busy", again=True, wait=999.0), ToolError("odd")):
        provider = Provider(failure, [TEA])
        with pytest.raises(ToolError, match=str(failure)):
            searching(provider).search("tea")
        assert len(provider.queries) == 1


def test_it_gives_up_after_three_attempts_with_the_last_reason():
    provider = Provider(SearchFailed("down", again=True))
    with pytest.raises(SearchFailed, match="down"):
        searching(provider).search("tea")
    assert len(provider.queries) == _searching.ATTEMPTS


def test_a_failure_is_not_kept():
    provider = Provider(SearchFailed("blocked"), [TEA])
    search = searching(provider).search
    with pytest.raises(SearchFailed):
        search("tea")
    assert search("tea") == (TEA,)


def test_each_address_comes_once_and_nothing_is_longer_than_it_is_worth():
    odd = [
        Citation("a " * 200, "https://long.example/", "word " * 200, "2" * 99),
        TEA,
        TEA,
        Citation("x", "javascript:alert(1)"),
        Citation("x", "https://x.example/" + "y" * 500),
        Citation("x", ""),
        Citation("two", "http://two.example/"),
        Citation("three", "http://three.example/"),
    ]
    found = searching(Provider(odd), results=3).search("x")
    assert [each.url for each in found] == ["https://long.example/", "https://tea.example/", "http://two.example/"]
    assert len(found[0].title) <= 152
    assert len(found[0].text) <= 302
    assert len(found[0].date) <= 42


def test_too_long_a_line_is_refused():
    search = searching(Provider([TEA]), per_second=0.05).search
    search("one")
    with pytest.raises(SearchFailed, match="too many searches at once: the next is due in 20 seconds"):
        search("two")


def test_threads_wait_in_line(clock):
    provider = Provider([TEA])
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(searching(provider).search, map(str, range(8)))) == [(TEA,)] * 8
    assert len(provider.queries) == 8
