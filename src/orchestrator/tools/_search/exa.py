"""Exa, a search by meaning: ORCHESTRATOR_SEARCH=exa and EXA_API_KEY."""

from __future__ import annotations

import httpx2

from orchestrator.core.protocols import SearchQuery
from orchestrator.tools._search._http import JsonSearch, key_of

URL = "https://api.exa.ai/search"


def create(detail: str) -> JsonSearch:
    """Make the provider.

    Args:
        detail: Another address to ask; empty for Exa's own.

    Raises:
        ConfigError: EXA_API_KEY is not set.
    """
    headers = {"x-api-key": key_of("exa")}

    def request(query: SearchQuery) -> httpx2.Request:
        wanted = {"query": query.text, "numResults": query.count, "contents": {"highlights": True}}
        return httpx2.Request("POST", detail or URL, json=wanted, headers=headers)

    return JsonSearch(
        name="exa",
        request=request,
        path=("results",),
        fields=("title", "url", "highlights", "publishedDate"),
        key_hint="check EXA_API_KEY",
    )
