"""The WEB_SEARCH tool: the results of a search provider, with numbers that the model can cite."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.core.citations import Found
from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.core.protocols import SearchProvider
from orchestrator.core.tool import Tool
from orchestrator.guidance.example_files import read_examples
from orchestrator.runtime.registry import names, plugin
from orchestrator.runtime.settings import Settings

if TYPE_CHECKING:
    from orchestrator.tools._search._searching import Searching

DESCRIPTION = "searches the web for news and facts you do not know; cite the results by number, like [1]"
PROVIDERS = "tools._search"
LONGEST_QUERY = 400  # characters; Brave accepts no more


def create() -> Tool:
    """Make the tool with the provider that ORCHESTRATOR_SEARCH names.

    There is one such tool for the whole program, because a program may make an orchestrator for each question. So all
    of them share one queue and one cache.
    """
    return _shared(Settings.from_environment().search)


@cache
def _shared(search: str) -> Tool:
    return web_search(search)


def web_search(
    provider: SearchProvider | str | None = None, *, results: int = 5, per_second: float = 1.0, timeout: float = 10.0
) -> Tool:
    """Make the WEB_SEARCH tool with a provider of your choice.

    Queries wait for their turn, and results are kept for ten minutes.

    Args:
        provider: A provider's name, such as "brave", optionally with a detail after a colon, such as
            "searxng:http://localhost:8888"; or your own object. None takes the provider that ORCHESTRATOR_SEARCH names.
        results: Maximum number of results of one search.
        per_second: Maximum number of queries per second; 0 for no limit.
        timeout: Seconds for one answer of the provider.

    Returns:
        The tool. The provider is made when an orchestrator gets the tool, or on first use. Then a missing key or extra
        raises ConfigError.

    Raises:
        ConfigError: A limit is not positive.
    """
    if not (results > 0 and per_second >= 0 and timeout > 0):
        raise ConfigError("WEB_SEARCH needs limits above 0: results and timeout; per_second may be 0")
    from orchestrator.tools._search._searching import Searching  # noqa: PLC0415 - threading and tenacity: only here

    searching = Searching(partial(_chosen, provider), results=results, per_second=per_second, timeout=timeout)
    return Tool(
        name="WEB_SEARCH",
        description=DESCRIPTION,
        run=partial(_search, searching),
        examples=read_examples(Path(__file__).with_suffix(".tsv")),
        syntax="query",
        untrusted=True,
        sends_data=True,
        check=lambda: searching.provider,
    )


def _chosen(provider: SearchProvider | str | None) -> SearchProvider:
    if provider is not None and not isinstance(provider, str):
        return provider
    name, _, detail = (provider or Settings.from_environment().search).partition(":")
    made: SearchProvider = plugin(PROVIDERS, name)(detail.strip())
    return made


def _search(searching: Searching, query: str) -> Found:
    if len(query) > LONGEST_QUERY:
        raise ToolError(f"the query is too long: write at most {LONGEST_QUERY} characters")
    name = searching.provider.name
    try:
        found = searching.search(query.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    except ToolError as error:
        raise ToolError(
            f"the search with {name} failed: {error}; answer without it, or let the user check the network or choose "
            f"another search with ORCHESTRATOR_SEARCH ({', '.join(names(PROVIDERS))})"
        ) from error
    return Found(found, "" if found else "no results; try other or fewer words")
