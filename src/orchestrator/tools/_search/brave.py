"""Brave's search index: ORCHESTRATOR_SEARCH=brave and BRAVE_API_KEY."""

from __future__ import annotations

import httpx2

from orchestrator.core.protocols import SearchQuery
from orchestrator.tools._search._http import JsonSearch, key_of

URL = "https://api.search.brave.com/res/v1/web/search"


def create(detail: str) -> JsonSearch:
    """Make the provider.

    Args:
        detail: Another address to ask; empty for Brave's own.

    Raises:
        ConfigError: BRAVE_API_KEY is not set.
    """
    headers = {"X-Subscription-Token": key_of("brave"), "Accept": "application/json"}

    def request(query: SearchQuery) -> httpx2.Request:
        return httpx2.Request("GET", detail or URL, params={"q": query.text, "count": query.count}, headers=headers)

    return JsonSearch(
        name="brave",
        request=request,
        path=("web", "results"),
        fields=("title", "url", "description", "page_age"),
        key_hint="check BRAVE_API_KEY",
        key_words=("SUBSCRIPTION_TOKEN_INVALID",),
    )
