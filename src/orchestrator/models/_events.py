"""Server-sent events: bytes in, JSON objects out. No I/O; does not know what the objects mean.

Every server's stream has this form: lines ``data: {…}`` with blank lines between and ``data: [DONE]`` at the end.
Each data line is one object; an object that is spread over several data lines is not supported (no model server
writes one, and some leave the blank lines out).
"""

from __future__ import annotations

import json
from typing import Any

from orchestrator.core.errors import ModelBadResponse
from orchestrator.models._errors import not_a_stream, reported

JsonObject = dict[str, Any]

LONGEST_LINE = 1 << 20  # bytes; an event is a few hundred, so this is some other kind of body
LONGEST_HEAD = 1 << 20  # bytes kept of a body that is not an event stream, to say what it was


class EventReader:
    """Takes the body as it arrives, cut anywhere."""

    def __init__(self) -> None:
        self._rest = b""
        self._head = bytearray()
        self._seen = False
        self._done = False

    def feed(self, chunk: bytes) -> list[JsonObject]:
        """The objects that ``chunk`` completes. Raises ModelError for an error object, ModelBadResponse for junk."""
        if self._done:
            return []
        # Split at line feeds in the raw bytes: str.splitlines would also cut at U+2028 inside a JSON string.
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            raise not_a_stream(self._rest)
        return [event for line in lines if line and (event := self._read(line)) is not None]

    def close(self) -> list[JsonObject]:
        """The objects in a last line without an end. Raises ModelBadResponse when the body held no event at all."""
        rest, self._rest = self._rest, b""
        try:
            last = None if self._done else self._read(rest)
        except ModelBadResponse:
            if not self._seen:
                raise
            last = None  # half an event: the stream was cut, which the missing finish reason says
        if last is not None:
            return [last]
        if self._seen:
            return []
        return [self._whole_body()]

    def _read(self, line: bytes) -> JsonObject | None:
        if line.startswith(b"data:"):
            data = line[5:].strip()
        elif line.startswith(b"error:"):  # older llama.cpp
            data = line[6:].strip()
        else:
            self._keep(line)
            return None
        if not data or self._done:
            return None
        if data == b"[DONE]":
            self._done = True
            return None
        event = _parse(data)
        self._seen = True
        return event

    def _keep(self, line: bytes) -> None:
        if self._seen or len(self._head) > LONGEST_HEAD or line.startswith((b":", b"event:", b"id:", b"retry:")):
            return
        self._head += line + b"\n"

    def _whole_body(self) -> JsonObject:
        """A server that does not stream answers with one plain JSON object, an error or the whole reply."""
        body = bytes(self._head).strip()
        if not body.startswith(b"{"):
            raise not_a_stream(body)
        event = _parse(body)
        if "choices" not in event:
            raise not_a_stream(body)
        return event


def _parse(data: bytes) -> JsonObject:
    try:
        event = json.loads(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise not_a_stream(data) from error
    if not isinstance(event, dict):
        raise not_a_stream(data)
    if b"\\ud" in data or b"\\uD" in data:
        event = {key: _well_formed(item) for key, item in event.items()}
    if event.get("error") or event.get("object") == "error":
        raise reported(event)
    return event


def _well_formed(value: Any) -> Any:
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, list):
        return [_well_formed(item) for item in value]
    if isinstance(value, dict):
        return {key: _well_formed(item) for key, item in value.items()}
    return value


def well_formed(text: str) -> str:
    """``text`` with half surrogate pairs as U+FFFD: they cannot be printed, stored or sent."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
