"""Reads the token counts that a server reports. Servers name them in several ways. Pure.

- OpenAI and most others: ``prompt_tokens``, ``completion_tokens``. The cached tokens are part of the prompt's.
- Anthropic: ``input_tokens``, ``output_tokens``, and beside the first what was read from the cache or written into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.core.usage import Count, Usage

_NOT_READ = ("miss", "write", "creation", "audio", "image")  # what is cached, but was not read from the cache as text


def usage_of(reported: Mapping[str, Any]) -> Usage | None:
    """Return the usage that a server reported; None if it has no count of the input.

    Args:
        reported: The server's object. Case and ``_`` in its keys do not matter.
    """
    counts = {_plain(key): value for key, value in reported.items()}
    prompt = counts.get("prompttokens")
    given = counts.get("inputtokens") if prompt is None else prompt
    if given is None:
        return None
    written = counts.get("completiontokens", counts.get("outputtokens"))
    cached = max(_cached(counts), default=0)
    read = count_of(given)
    if prompt is None and "cachereadinputtokens" in counts:
        read += cached + count_of(counts.get("cachecreationinputtokens"))
    return counted(max(read, cached), count_of(written), cached)


def counted(read: int, written: int, cached: int) -> Usage:
    """Return the usage with these counts, which a server reported."""
    return Usage(Count(read, "reported"), Count(written, "reported"), Count(cached, "reported"))


def count_of(value: object) -> int:
    """Return a count; 0 for everything that is none."""
    return int(value) if isinstance(value, int | float) and 0 <= value < 1e15 else 0


def _cached(counts: Mapping[str, Any]) -> Iterator[int]:
    """Every number of tokens that were read from a cache: beside the other counts, or in the details of the input."""
    for key, value in counts.items():
        if "cache" in key and "token" in key and not any(word in key for word in _NOT_READ):
            yield count_of(value)
        elif isinstance(value, dict) and key.startswith(("prompt", "input")):
            yield from _cached({_plain(inner): each for inner, each in value.items()})


def _plain(key: object) -> str:
    return str(key).replace("_", "").lower()
