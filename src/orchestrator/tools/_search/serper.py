"""Serper, which returns Google's results: ORCHESTRATOR_SEARCH=serper and SERPER_API_KEY."""

from __future__ import annotations

import httpx2

from orchestrator.core.protocols import SearchQuery
from orchestrator.tools._search._http import JsonSearch, key_of

URL = "https://google.serper.dev/search"


def create(detail: str) -> JsonSearch:
    """Make the provider.

    Args:
        detail: Another address to ask; empty for Serper's own.

    Raises:
        ConfigError: SERPER_API_KEY is not set.
    """
    headers = {"X-API-KEY": key_of("serper")}

    def request(query: SearchQuery) -> httpx2.Request:
        return httpx2.Request("POST", detail or URL, json={"q": query.text, "num": query.count}, headers=headers)

    return JsonSearch(
        name="serper",
        request=request,
        path=("organic",),
        fields=("title", "link", "snippet", "date"),
        key_hint="check SERPER_API_KEY",
    )
