"""A search provider that answers one request with JSON, as most do. Limits time and size. Knows HTTP only."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from time import monotonic
from typing import Any, Literal

import httpx2

from orchestrator.core.citations import Citation
from orchestrator.core.errors import ConfigError
from orchestrator.core.protocols import SearchQuery
from orchestrator.runtime.settings import api_key
from orchestrator.tools._search import SearchFailed
from orchestrator.tools._unpacking import ACCEPTED, UnpackingError, unpacked

MOST_BYTES = 5_000_000
_USER_AGENT = "orchestrator"
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a pair, which cannot be printed, stored or sent
_TAG = re.compile(
    r"</?(?:a|abbr|b|body|br|center|code|div|em|font|h[1-6]|head|hr|html|i|img|li|mark|meta|ol|p|pre|small|span|strong|"
    r"style|sub|sup|table|td|th|title|tr|u|ul|wbr)(?:[\s/][^<>]*)?>",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"<(b|em|i)(?:\s+class=[^<>]*)?>([^<>]*)</\1>|</?strong>|<br\s*/?>"
)  # as search servers mark words


def key_of(provider: str) -> str:
    """Return a provider's API key, from the environment variable ``PROVIDER_API_KEY``.

    Raises:
        ConfigError: The variable is not set.
    """
    key = api_key(provider)
    if not key:
        raise ConfigError(
            f"{provider} needs a key: set {provider.upper()}_API_KEY, or choose a search that needs none with "
            "ORCHESTRATOR_SEARCH=ddgs"
        )
    return key


Fields = tuple[str, str, str, str]
"""A server's names for a result's title, address, snippet and date."""


@dataclass(frozen=True, slots=True)
class JsonSearch:
    """A search provider that answers one request with JSON.

    Attributes:
        name: The provider's name.
        method: GET sends the parameters in the address, POST sends them as JSON.
        url: The address to ask.
        headers: The request's headers, with the key.
        parameters: The parameters of a query.
        path: The keys that lead to the list of results in the answer.
        fields: The server's names for a result's title, address, snippet and date.
        html: Whether words in titles and snippets are marked with tags, and signs are entities. Else they are text.
        key_hint: What to do if the server refuses the key; "" to check the variable that holds it.
        key_words: Words in an error message that mean a wrong key, besides the statuses 401 and 403.
        why_empty: Says why there are no results, if the answer tells it; else "".
    """

    name: str
    method: Literal["GET", "POST"]
    url: str
    headers: Mapping[str, str]
    parameters: Callable[[SearchQuery], dict[str, Any]]
    path: tuple[str, ...]
    fields: Fields
    html: bool = False
    key_hint: str = ""
    key_words: tuple[str, ...] = ()
    why_empty: Callable[[Mapping[str, Any]], str] = lambda _: ""

    def search(self, query: SearchQuery) -> Sequence[Citation]:
        """Search, and return the results, best first.

        Raises:
            SearchFailed: The server gave no usable answer.
            ConfigError: The server refused the key.
        """
        sent = self.parameters(query)
        params, body = (sent, None) if self.method == "GET" else (None, sent)
        request = httpx2.Request(self.method, self.url, params=params, json=body, headers=self.headers)
        answer = self._answer(request, query.timeout)
        found = [self._citation(result) for result in _results(answer, self.path)]
        if not found and (reason := self.why_empty(answer)):
            raise SearchFailed(reason)
        return found

    def _citation(self, result: Mapping[str, Any]) -> Citation:
        title, url, text, date = (result.get(field) for field in self.fields)
        read = unmarked if self.html else plain
        return Citation(read(title) or plain(url), plain(url), read(text), plain(date))

    def _answer(self, request: httpx2.Request, timeout: float) -> Mapping[str, Any]:
        response, body = _sent(request, timeout)
        host, status = request.url.host, response.status_code
        said = without_tags(body[:20_000].decode("utf-8", "replace"))[:200]
        if status in {401, 403} or (status >= 400 and any(words in said for words in self.key_words)):
            hint = self.key_hint or f"check {self.name.upper()}_API_KEY"
            raise ConfigError(f"{host} refuses to answer {self.name} (status {status}): {hint}")
        if status == 429:
            raise SearchFailed(f"{host} asks for fewer searches (status 429)", again=True, wait=_seconds(response))
        if status != 200:
            raise SearchFailed(f"{host} answered with status {status}: {said}", again=status >= 500)
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise SearchFailed(f"{host} did not answer with a JSON object: is this the address of a search API?")
        return answer


def _sent(request: httpx2.Request, timeout: float) -> tuple[httpx2.Response, bytes]:
    """Return the response and its body. ``timeout`` is in seconds, for the whole exchange."""
    host, deadline = request.url.host, monotonic() + timeout
    request.headers.update({"User-Agent": _USER_AGENT, "Accept-Encoding": ACCEPTED})
    try:
        with httpx2.Client(timeout=timeout) as client:
            response = client.send(request, stream=True)
            try:
                packed = _body(response, deadline)
            finally:
                response.close()
    except httpx2.TimeoutException:
        raise SearchFailed(f"{host} did not answer in {timeout:g} seconds") from None
    except httpx2.HTTPError as error:
        raise SearchFailed(f"{host} cannot be reached ({_reason(error)})", again=True) from None
    try:
        return response, unpacked(packed, response.headers.get("content-encoding", ""), MOST_BYTES)
    except UnpackingError as error:
        raise SearchFailed(f"the answer of {host} is {error}") from None


def _body(response: httpx2.Response, deadline: float) -> bytes:
    pieces, size = [], 0
    for piece in response.iter_raw():
        size += len(piece)
        if size > MOST_BYTES:
            raise SearchFailed(f"{response.request.url.host} sent more than {MOST_BYTES:,} bytes")
        if monotonic() > deadline:
            raise httpx2.ReadTimeout("too slow", request=response.request)
        pieces.append(piece)
    return b"".join(pieces)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _seconds(response: httpx2.Response) -> float | None:
    try:
        return float(response.headers.get("retry-after", ""))
    except ValueError:
        return None


def _results(answer: Mapping[str, Any], path: Sequence[str]) -> list[dict[str, Any]]:
    """Return the results in the answer's list. Missing entries and entries of another type are left out."""
    value: Any = answer
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def plain(value: Any) -> str:
    """Return a server's value as text on one line, with every word as it is.

    Servers omit values, send null or a number, or send a list of passages. Anything else counts as missing.
    """
    parts = value if isinstance(value, list) else [value]
    texts = (str(each) for each in parts if isinstance(each, str | int | float) and not isinstance(each, bool))
    return " … ".join(filter(None, (" ".join(_SURROGATE.sub("\ufffd", text).split()) for text in texts)))


def without_tags(value: Any) -> str:
    """Return an error page as ``plain`` returns text. Only names of real elements are tags: ``Vec<T>`` stays."""
    return plain(unescape(_TAG.sub("", plain(value))))


def unmarked(value: Any) -> str:
    """Return a snippet as ``plain`` returns text, without the marks of found words: ``Box<I>`` and ``a<b>c`` stay."""
    return plain(unescape(_MARKED.sub(lambda mark: mark[2] or "", plain(value))))
