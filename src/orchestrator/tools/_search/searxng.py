"""SearXNG, a search server that you run yourself: ORCHESTRATOR_SEARCH=searxng:http://localhost:8888.

Its settings.yml must allow the JSON format (``search: formats: [html, json]``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.core.errors import ConfigError
from orchestrator.tools._search._http import JsonSearch, plain


def create(detail: str) -> JsonSearch:
    """Make the provider.

    Args:
        detail: The server's address.

    Raises:
        ConfigError: ``detail`` is not an address.
    """
    if not detail.startswith(("http://", "https://")):
        raise ConfigError("searxng needs its address: ORCHESTRATOR_SEARCH=searxng:http://localhost:8888")
    return JsonSearch(
        name="searxng",
        method="GET",
        url=f"{detail.rstrip('/')}/search",
        headers={},
        parameters=lambda query: {"q": query.text, "format": "json"},
        path=("results",),
        fields=("title", "url", "content", "publishedDate"),
        key_hint="allow JSON in the server's settings.yml, search: formats: [html, json]",
        why_empty=why_empty,
    )


def why_empty(answer: Mapping[str, Any]) -> str:
    """Name the engines that did not answer the server, each with its reason; "" if all answered."""
    engines = answer.get("unresponsive_engines")
    if not isinstance(engines, list) or not engines:
        return ""
    said = ", ".join(": ".join(map(plain, each)) if isinstance(each, list) else plain(each) for each in engines)
    return f"the engines behind the server did not answer ({said[:300]})"
