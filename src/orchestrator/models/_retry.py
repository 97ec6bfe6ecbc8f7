"""When to ask again. Only before the first delta, only what may go away by itself, and never past the time limit."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
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

T = TypeVar("T")

ATTEMPTS = 3
BACKOFF = 0.5  # seconds, doubled each time and drawn at random below that, so that many clients do not come at once
LONGEST_BACKOFF = 8.0

# Not the time-outs of reading: those used up the whole time. An idle connection that the server has just closed shows
# as ReadError or RemoteProtocolError.
_CONNECTION_ERRORS = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.ReadError,
    httpx2.WriteError,
    httpx2.CloseError,
    httpx2.RemoteProtocolError,
)


class StopRefused(httpx2.HTTPStatusError):
    """The model takes no stop strings; the backend has noted it and will send none."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment at which the whole request must be over, on the monotonic clock."""

    at: float

    @staticmethod
    def after(seconds: float) -> Deadline:
        return Deadline(time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds that remain; never quite zero, which would mean "no waiting at all" to a socket."""
        return max(0.001, self.at - time.monotonic())

    def passed(self) -> bool:
        return time.monotonic() >= self.at


def retrying(attempt: Callable[[], T], deadline: Deadline) -> T:
    """The first result of ``attempt``, or its last exception."""
    return Retrying(
        retry=retry_if_exception(_may_go_away),
        wait=_wait,
        stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(deadline.left()),
        reraise=True,
    )(attempt)


async def aretrying(attempt: Callable[[], Awaitable[T]], deadline: Deadline) -> T:
    """``retrying``, without blocking the event loop."""
    return await AsyncRetrying(
        retry=retry_if_exception(_may_go_away),
        wait=_wait,
        stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(deadline.left()),
        reraise=True,
    )(attempt)


def _may_go_away(error: BaseException) -> bool:
    if not isinstance(error, httpx2.HTTPStatusError):
        return isinstance(error, _CONNECTION_ERRORS)
    if isinstance(error, StopRefused):
        return True
    status = error.response.status_code
    if status == 429:
        return complaint_of(error.response).kind != "insufficient_quota"
    return status in {408, 409} or status >= 500


def _wait(state: RetryCallState) -> float:
    """Seconds until the next attempt: what the server asks for, or none after a broken connection, or a back-off."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, httpx2.HTTPStatusError):
        asked = _retry_after(error.response.headers.get("retry-after", ""))
        if asked is not None:
            return asked
    if state.attempt_number == 1 and (isinstance(error, StopRefused) or not isinstance(error, httpx2.HTTPStatusError)):
        return 0.0  # most likely an idle connection that the server had closed: a new one will do
    return wait_random_exponential(multiplier=BACKOFF, max=LONGEST_BACKOFF)(state)


def _retry_after(header: str) -> float | None:
    """Seconds from a Retry-After header, which holds seconds or a date."""
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
