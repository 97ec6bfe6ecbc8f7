"""Reads server-sent events: bytes in, JSON objects out. No I/O; does not know what the objects mean.

Every server's stream has this form: lines ``data: {…}`` with blank lines between them, and ``data: [DONE]`` at the end.
Each data line holds one object. An object spread over several data lines is not supported: no model server writes one,
and some servers omit the blank lines.
"""

from __future__ import annotations

import codecs
import json
from typing import Any

from orchestrator.core.errors import ModelBadResponse
from orchestrator.models._errors import not_a_stream_error, stream_error

JsonObject = dict[str, Any]

LONGEST_LINE = 1 << 20  # bytes; an event has a few hundred, so a longer line is not an event stream
LONGEST_HEAD = 1 << 20  # bytes kept of a body that is not an event stream, for the error message


class EventReader:
    """Reads the body of one response. Chunks may be cut at any byte."""

    def __init__(self) -> None:
        self._rest = b""
        self._head = bytearray()
        self._seen = False
        self._done = False

    def feed(self, chunk: bytes) -> list[JsonObject]:
        """Return the objects that ``chunk`` completes.

        Raises:
            ModelError: The server sent an error object.
            ModelBadResponse: The body is not an event stream.
        """
        if self._done:
            return []
        # Split the raw bytes at line feeds: str.splitlines would also split at U+2028 inside a JSON string.
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            raise not_a_stream_error(self._rest)
        return [event for line in lines if line and (event := self._read(line)) is not None]

    def close(self) -> list[JsonObject]:
        """Return the object of a last line without a line feed, if there is one.

        If the body held no event, it is read as one plain JSON object.

        Raises:
            ModelError: The server sent an error object.
            ModelBadResponse: The body is neither an event stream nor one reply.
        """
        rest, self._rest = self._rest, b""
        try:
            last = None if self._done else self._read(rest)
        except ModelBadResponse:
            if not self._seen:
                raise
            last = None  # half an event: the stream was cut, and the missing finish reason shows it
        if last is not None:
            return [last]
        if self._seen:
            return []
        return [self._whole_body()]

    def _read(self, line: bytes) -> JsonObject | None:
        if not self._seen:
            line = line.removeprefix(codecs.BOM_UTF8)
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
        """Read the body of a server that does not stream: one plain JSON object, an error or the whole reply."""
        body = bytes(self._head).strip()
        if not body.startswith(b"{"):
            raise not_a_stream_error(body)
        event = _parse(body)
        if "choices" not in event:
            raise not_a_stream_error(body)
        return event


def _parse(data: bytes) -> JsonObject:
    try:
        event = json.loads(data.decode("utf-8", "replace"))
        if b"\\ud" in data or b"\\uD" in data:
            event = json.loads(well_formed(json.dumps(event, ensure_ascii=False)))
    except (ValueError, RecursionError) as error:
        raise not_a_stream_error(data) from error
    if not isinstance(event, dict):
        raise not_a_stream_error(data)
    if event.get("error") or event.get("object") == "error":
        raise stream_error(event)
    return event


def well_formed(text: str) -> str:
    """Replace half surrogate pairs by U+FFFD. They cannot be printed, stored or sent."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
