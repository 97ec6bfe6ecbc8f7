"""The library ddgs: reads the pages of several search engines, without a key. It is the default.

ORCHESTRATOR_SEARCH=ddgs:brave,mojeek chooses its engines. They are asked one after the other, in the given order, until
one has results. ``DDGS.text`` cannot be used: it says "No results found" also if it is blocked, and asks other engines
if it does not know a name. So the engines are asked directly, and the status of their answers is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from orchestrator.core.citations import Citation
from orchestrator.core.errors import ConfigError
from orchestrator.core.protocols import SearchQuery
from orchestrator.runtime.extras import require
from orchestrator.tools._search import SearchFailed
from orchestrator.tools._search._http import plain

if TYPE_CHECKING:
    from ddgs.base import BaseSearchEngine

ENGINES = ("duckduckgo", "brave", "mojeek")
_BLOCKED = {202, 403, 418, 429}  # with 202, DuckDuckGo shows a puzzle
_PUZZLES = ("captcha", "anomaly-modal", "unusual traffic", "not a robot", "are you human", "verify you are human")


def create(detail: str) -> Ddgs:
    """Make the provider.

    Args:
        detail: Engines of the library, separated by commas; empty for ``ENGINES``.

    Raises:
        ConfigError: The extra ``search`` is missing, or ddgs has no such engine.
    """
    return Ddgs(tuple(name.strip().lower() for name in detail.split(",") if name.strip()) or ENGINES)


class Ddgs:
    """A search provider that asks engines of ddgs.

    Args:
        engines: The engines' names, in the order in which they are asked.
    """

    name = "ddgs"

    def __init__(self, engines: Sequence[str]) -> None:
        require("web search", "search", "ddgs")
        from ddgs.engines import ENGINES as KNOWN  # noqa: PLC0415 - from an extra; takes 130 ms

        for engine in engines:
            if engine not in KNOWN["text"]:
                raise ConfigError(f"ddgs has no engine {engine!r}; it has {', '.join(sorted(KNOWN['text']))}")
        self._engines = {engine: _verbatim(KNOWN["text"][engine]) for engine in engines}

    def search(self, query: SearchQuery) -> Sequence[Citation]:
        """Search, and return the results of the first engine that has some.

        Raises:
            SearchFailed: Every engine failed. If one answered without results, the result is empty instead.
        """
        failures: dict[str, list[str]] = {}
        again = True
        share = max(3, round(query.timeout / len(self._engines)))
        for name, kind in self._engines.items():
            try:
                found = _ask(kind(timeout=share), query.text)
            except SearchFailed as failure:
                failures.setdefault(str(failure), []).append(name)
                again = again and failure.again
                continue
            if found:
                return found
        if sum(map(len, failures.values())) < len(self._engines):  # an engine answered: there are no results
            return ()
        said = "; ".join(f"{', '.join(engines)}: {why}" for why, engines in failures.items())
        raise SearchFailed(said, again=again)


def _verbatim(engine: type[BaseSearchEngine[Any]]) -> type[BaseSearchEngine[Any]]:
    """Return an engine whose results keep every word.

    The engines read the text of elements. Then ddgs takes out of it what looks like a tag, such as ``<T>``.
    """
    from ddgs.results import TextResult  # noqa: PLC0415

    class Result(TextResult):
        _normalizers = {"href": TextResult._normalizers["href"]}  # noqa: RUF012, SLF001 - ddgs has no other seam

    return type(engine.__name__, (engine,), {"result_type": Result})


def _ask(engine: BaseSearchEngine[Any], query: str) -> list[Citation]:
    from ddgs.exceptions import TimeoutException  # noqa: PLC0415

    answers: list[Any] = []
    _watch(engine, answers)
    try:
        found = engine.search(query)
    except TimeoutException:
        raise SearchFailed("no answer in time") from None
    except Exception as error:  # noqa: BLE001 - ddgs raises any error of its HTTP client and of lxml
        if answers and answers[-1].status_code == 200:
            raise SearchFailed("a page that cannot be read") from None
        raise SearchFailed(f"cannot be reached ({str(error).partition(':')[0][:80]})", again=True) from None
    if found:
        return [Citation(plain(each.title) or each.href, plain(each.href), plain(each.body)) for each in found]
    _explain(answers)
    return []


def _watch(engine: BaseSearchEngine[Any], answers: list[Any]) -> None:
    """Keep the engine's HTTP responses: the engine itself returns the same for a refusal and for an empty page."""
    send = engine.http_client.request

    def request(*arguments: Any, **options: Any) -> Any:  # as ddgs passes them on
        answers.append(send(*arguments, **options))
        return answers[-1]

    engine.http_client.request = request  # type: ignore[method-assign]


def _explain(answers: Sequence[Any]) -> None:
    """Raise SearchFailed, unless the last response was a page without results."""
    status, text = (answers[-1].status_code, answers[-1].text.lower()) if answers else (0, "")
    if status in _BLOCKED or any(puzzle in text for puzzle in _PUZZLES):
        raise SearchFailed(f"refuses searches from this address for now (status {status})")
    if status != 200:
        raise SearchFailed(f"answered with status {status}", again=status >= 500)
