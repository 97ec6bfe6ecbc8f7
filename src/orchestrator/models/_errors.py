"""Turns a server's failures into the errors of this package, with the next step. No I/O; never shows the API key.

There are two kinds of failure: an exception of the HTTP client, and an error object in the middle of a stream.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.core.errors import (
    ModelBadResponse,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnreachable,
)

if TYPE_CHECKING:
    import httpx2

LONGEST_QUOTE = 300  # characters quoted from a server's message


@dataclass(frozen=True, slots=True)
class Server:
    """What error messages say about a server.

    Attributes:
        url: The server's address, without user name and password.
        model: The server's name for the model.
        key_hint: How to set the API key.
        secret: The API key. It is replaced by ``…`` in the server's messages.
    """

    url: str
    model: str
    key_hint: str
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """A server's error object, whatever its form.

    Attributes:
        text: The message.
        kind: The error's code or type, such as ``context_length_exceeded``.
        param: The request's field that the error is about.
    """

    text: str
    kind: str = ""
    param: str = ""


def connection_error(error: httpx2.RequestError, server: Server, timeout: float) -> ModelError:
    """Make the error for a request that got no response.

    Args:
        error: The HTTP client's exception.
        server: The server that was asked.
        timeout: The request's time limit in seconds.
    """
    import httpx2  # noqa: PLC0415 - takes 0.2 s to load; a caller that has its error has loaded it

    words = _quote(str(error), server)
    if isinstance(error, httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return ModelUnreachable(f"no connection to {server.url} in time: is the server running, and the address right?")
    if isinstance(error, httpx2.TimeoutException):
        return timeout_error(server, timeout)
    if isinstance(error, httpx2.ConnectError):
        return ModelUnreachable(f"no connection to {server.url}{words}: is the server running, and the address right?")
    if isinstance(error, httpx2.DecodingError):
        return ModelBadResponse(f"{server.url} sent a body that cannot be unpacked{words}: check the base URL")
    return ModelUnreachable(f"the connection to {server.url} broke before any text came{words}: try again")


def timeout_error(server: Server, timeout: float) -> ModelTimeout:
    """Make the error for a server that wrote nothing within ``timeout`` seconds."""
    return ModelTimeout(f"{server.url} wrote nothing in {timeout:g} s: allow more time, or ask for fewer tokens")


def status_error(response: httpx2.Response, server: Server, known: Sequence[str]) -> ModelError:
    """Make the error for an error status.

    Args:
        response: The response. Its body must have been read.
        server: The server that was asked.
        known: Names of models that the server has, for the message after a status 404.
    """
    status = response.status_code
    complaint = complaint_of(response)
    words = _quote(complaint.text, server)
    if status == 401 or complaint.kind == "invalid_api_key":
        # The server's message is not quoted: it repeats parts of the key.
        return ModelRefused(f"{server.url} does not accept the key: {server.key_hint}")
    if status == 429:
        return _rate_limited(complaint, server, words)
    if status == 413 or _too_long(complaint):
        return _prompt_too_long(words)
    if status in {408, 504}:
        return ModelTimeout(f"{server.url} gave up ({status}){words}: try again, or ask for fewer tokens")
    return ModelRefused(_refusal(status, server, known, words))


def stream_error(event: dict[str, Any]) -> ModelError:
    """Make the error for an error object that came in the stream."""
    complaint = _complaint(event)
    words = _shorten(complaint.text) or "an error without a message"
    if _too_long(complaint):
        return _prompt_too_long(f" ({words})")
    if "rate_limit" in complaint.kind or complaint.kind in {"429", "insufficient_quota"}:
        return ModelRateLimited(f"the server stopped answering: {words}: try again later")
    return ModelError(f"the server stopped answering: {words}: try again, or look into the server's log")


def not_a_stream_error(body: bytes) -> ModelBadResponse:
    """Make the error for a body that is not an event stream."""
    if not body.strip():
        return ModelBadResponse("the server answered with nothing at all: check the base URL (it ends in /v1)")
    words = _shorten(body.decode("utf-8", "replace"))
    return ModelBadResponse(f"the server does not speak the expected protocol; check the base URL. It wrote: {words}")


def complaint_of(response: httpx2.Response) -> Complaint:
    """Read the error object of a response with an error status. Its body must have been read."""
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return Complaint(response.content[: 4 * LONGEST_QUOTE].decode("utf-8", "replace"))
    return _complaint(body) if isinstance(body, dict) else Complaint(str(body))


def _complaint(body: dict[str, Any]) -> Complaint:
    error = body.get("error") or body
    if not isinstance(error, dict):
        return Complaint(str(error))
    text = error.get("message") or error.get("detail") or json.dumps(error)
    # OpenAI puts the error's name into "code". llama.cpp puts it into "type"; its "code" repeats the HTTP status.
    code, kind = error.get("code"), error.get("type")
    kind = code if isinstance(code, str) and code else kind or code or ""
    return Complaint(str(text), str(kind), str(error.get("param") or ""))


def _too_long(complaint: Complaint) -> bool:
    text = complaint.text.lower()
    return complaint.kind in {"context_length_exceeded", "exceed_context_size_error"} or (
        "context" in text and any(word in text for word in ("exceed", "maximum", "too long", "too large"))
    )


def _prompt_too_long(words: str) -> ModelRefused:
    return ModelRefused(
        f"the conversation is longer than the model's context{words}: "
        "ask in a new run, lower max_tokens, or take a model with a larger context (context_size for the embedded one)"
    )


def _refusal(status: int, server: Server, known: Sequence[str], words: str) -> str:
    if status == 404:
        return _not_found(server, known, words)
    if status == 403:
        return f"{server.url} forbids {server.model} to this key{words}: {server.key_hint}"
    if status >= 500:
        return f"{server.url} failed ({status}){words}: try again later, or look into the server's log"
    return f"{server.url} refuses the request ({status}){words}: change what it names, or take another model"


def _not_found(server: Server, known: Sequence[str], words: str) -> str:
    if not known:
        return f"{server.url} knows no model {server.model!r}{words}: check the name, and that the base URL ends in /v1"
    names = ", ".join(known[:10]) + (f" and {len(known) - 10:,} more" if len(known) > 10 else "")
    return f"{server.url} has no model {server.model!r}. It has: {names}"


def _rate_limited(complaint: Complaint, server: Server, words: str) -> ModelRateLimited:
    if complaint.kind == "insufficient_quota":
        return ModelRateLimited(f"the quota at {server.url} is used up{words}: check plan and billing")
    return ModelRateLimited(f"{server.url} has had too many requests{words}: try again later, or ask less at a time")


def _quote(text: str, server: Server) -> str:
    if server.secret:
        text = text.replace(server.secret, "…")
    text = _shorten(text)
    return f" ({text})" if text else ""


def _shorten(text: str) -> str:
    text = " ".join(text.split()).rstrip(".")
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "…"
