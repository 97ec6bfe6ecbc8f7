"""Tavily, a search for language models: ORCHESTRATOR_SEARCH=tavily and TAVILY_API_KEY."""

from __future__ import annotations

from orchestrator.tools._search._http import JsonSearch, key_of

URL = "https://api.tavily.com/search"


def create(detail: str) -> JsonSearch:
    """Make the provider.

    Args:
        detail: Another address to ask; empty for Tavily's own.

    Raises:
        ConfigError: TAVILY_API_KEY is not set.
    """
    return JsonSearch(
        name="tavily",
        method="POST",
        url=detail or URL,
        headers={"Authorization": f"Bearer {key_of('tavily')}"},
        parameters=lambda query: {"query": query.text, "max_results": query.count},
        path=("results",),
        fields=("title", "url", "content", "published_date"),
    )
