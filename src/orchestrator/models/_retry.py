"""Repeats a failed request.

Only before the first delta, only if the failure may be temporary, and never past the time limit.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx2
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from orchestrator.models._errors import complaint_of

R = TypeVar("R", Retrying, AsyncRetrying)

ATTEMPTS = 3
BACKOFF = 0.5  # seconds; doubled each time, and the wait is random below it, so that clients do not retry together
LONGEST_BACKOFF = 8.0  # seconds

# Read timeouts are not among them: they have used the whole time. If the server has just closed an idle connection,
# the error is ReadError or RemoteProtocolError.
_CONNECTION_ERRORS = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.ReadError,
    httpx2.WriteError,
    httpx2.CloseError,
    httpx2.RemoteProtocolError,
)


class FormRefused(httpx2.HTTPStatusError):
    """The server refuses a part of the request. The backend has noted this, and sends the next request without it."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The time at which the whole request must be over.

    Attributes:
        at: Seconds on the monotonic clock.
    """

    at: float

    @staticmethod
    def after(seconds: float) -> Deadline:
        """Return the deadline that is ``seconds`` from now."""
        return Deadline(time.monotonic() + seconds)

    def left(self) -> float:
        """Return the seconds that remain, at least 0.001: a socket reads a timeout of zero as "do not wait"."""
        return max(0.001, self.at - time.monotonic())

    def passed(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self.at


def retrying(kind: type[R], deadline: Deadline) -> R:
    """Return a caller that repeats an attempt until it succeeds, at most ``ATTEMPTS`` times.

    It returns the first result, or raises what the last attempt raised.

    Args:
        kind: ``Retrying`` or ``AsyncRetrying``.
        deadline: No attempt begins after it.
    """
    return kind(
        retry=retry_if_exception(_may_go_away),
        wait=_wait,
        stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(deadline.left()),
        reraise=True,
    )


def _may_go_away(error: BaseException) -> bool:
    if not isinstance(error, httpx2.HTTPStatusError):
        return isinstance(error, _CONNECTION_ERRORS)
    if isinstance(error, FormRefused):
        return True
    status = error.response.status_code
    if status == 429:
        return complaint_of(error.response).kind != "insufficient_quota"
    return status in {408, 409} or status >= 500


def _wait(state: RetryCallState) -> float:
    """Return the seconds until the next attempt.

    It is what the server asks for; none after a first broken connection; else an exponential back-off.
    """
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, httpx2.HTTPStatusError):
        asked = _retry_after(error.response.headers.get("retry-after", ""))
        if asked is not None:
            return asked
    if state.attempt_number == 1 and (isinstance(error, FormRefused) or not isinstance(error, httpx2.HTTPStatusError)):
        return 0.0  # most likely the server had closed an idle connection: a new connection works at once
    return wait_random_exponential(multiplier=BACKOFF, max=LONGEST_BACKOFF)(state)


def _retry_after(header: str) -> float | None:
    """Read a Retry-After header, which holds seconds or a date. Return seconds, or None."""
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - datetime.now(UTC)).total_seconds())
