"""Exa, a search by meaning: ORCHESTRATOR_SEARCH=exa and EXA_API_KEY."""

from __future__ import annotations

from orchestrator.tools._search._http import JsonSearch, key_of

URL = "https://api.exa.ai/search"


def create(detail: str) -> JsonSearch:
    """Make the provider.

    Args:
        detail: Another address to ask; empty for Exa's own.

    Raises:
        ConfigError: EXA_API_KEY is not set.
    """
    return JsonSearch(
        name="exa",
        method="POST",
        url=detail or URL,
        headers={"x-api-key": key_of("exa")},
        parameters=lambda query: {"query": query.text, "numResults": query.count, "contents": {"highlights": True}},
        path=("results",),
        fields=("title", "url", "highlights", "publishedDate"),
    )
