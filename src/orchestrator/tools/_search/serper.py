"""Serper, which returns Google's results: ORCHESTRATOR_SEARCH=serper and SERPER_API_KEY."""

from __future__ import annotations

from orchestrator.tools._search._http import JsonSearch, key_of

URL = "https://google.serper.dev/search"


def create(detail: str) -> JsonSearch:
    """Make the provider.

    Args:
        detail: Another address to ask; empty for Serper's own.

    Raises:
        ConfigError: SERPER_API_KEY is not set.
    """
    return JsonSearch(
        name="serper",
        method="POST",
        url=detail or URL,
        headers={"X-API-KEY": key_of("serper")},
        parameters=lambda query: {"q": query.text, "num": query.count},
        path=("organic",),
        fields=("title", "link", "snippet", "date"),
    )
