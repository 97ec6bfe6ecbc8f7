"""Brave's search index: ORCHESTRATOR_SEARCH=brave and BRAVE_API_KEY."""

from __future__ import annotations

from orchestrator.tools._search._http import JsonSearch, key_of

URL = "https://api.search.brave.com/res/v1/web/search"


def create(detail: str) -> JsonSearch:
    """Make the provider.

    Args:
        detail: Another address to ask; empty for Brave's own.

    Raises:
        ConfigError: BRAVE_API_KEY is not set.
    """
    return JsonSearch(
        name="brave",
        method="GET",
        url=detail or URL,
        headers={"X-Subscription-Token": key_of("brave"), "Accept": "application/json"},
        parameters=lambda query: {"q": query.text, "count": query.count},
        path=("web", "results"),
        fields=("title", "url", "description", "page_age"),
        html=True,
        key_words=("SUBSCRIPTION_TOKEN_INVALID",),
    )
