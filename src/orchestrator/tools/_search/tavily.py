"""Tavily, a search for language models: ORCHESTRATOR_SEARCH=tavily and TAVILY_API_KEY."""

from __future__ import annotations

import httpx2

from orchestrator.core.protocols import SearchQuery
from orchestrator.tools._search._http import JsonSearch, key_of

URL = "https://api.tavily.com/search"


def create(detail: str) -> JsonSearch:
    """Make the provider.

    Args:
        detail: Another address to ask; empty for Tavily's own.

    Raises:
        ConfigError: TAVILY_API_KEY is not set.
    """
    headers = {"Authorization": f"Bearer {key_of('tavily')}"}

    def request(query: SearchQuery) -> httpx2.Request:
        wanted = {"query": query.text, "max_results": query.count}
        return httpx2.Request("POST", detail or URL, json=wanted, headers=headers)

    return JsonSearch(
        name="tavily",
        request=request,
        path=("results",),
        fields=("title", "url", "content", "published_date"),
        key_hint="check TAVILY_API_KEY",
    )
