"""What a page says: its title, its date and its main text. Read by trafilatura in a process of its own.

A page of a megabyte that is made for it (one tag with 100,000 attributes) keeps a parser busy for minutes, and a thread
cannot be stopped. The process is killed at its deadline; it costs half a second, beside a page that had to be fetched.
Knows HTML; not where it came from.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.runtime.subprocesses import command_of, limit_memory

MEMORY_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Readable:
    """``title`` and ``date`` are empty where the page does not say them."""

    title: str
    date: str
    text: str


def readable(html: bytes, charset: str, *, seconds: float) -> Readable:
    """The page's text. Raises ToolError where it has none or takes too long, ConfigError without trafilatura."""
    try:
        command = command_of(__name__, "serve")
    except OSError:
        raise ToolError("pages cannot be read in this program; answer without the page") from None
    try:
        done = subprocess.run(
            command,
            input=json.dumps(charset).encode() + b"\n" + html,
            capture_output=True,
            timeout=seconds,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired:
        raise ToolError(f"the page could not be read in {seconds:g} seconds; try another page") from None
    if done.returncode == _NOT_INSTALLED:
        raise ConfigError("reading pages is not installed: pip install 'orchestrator[search]'")
    if done.returncode:
        raise ToolError("the page cannot be read; try another page")
    answer = Readable(**json.loads(done.stdout))
    if not answer.text:
        raise ToolError("the page has no readable text (it may be made by a script); try another page")
    return answer


_NOT_INSTALLED = 3


def serve() -> None:
    """In the process: read a character set and a page from standard input, write what it says to standard output."""
    import logging  # noqa: PLC0415 - only in the process

    logging.disable()
    limit_memory(MEMORY_BYTES)
    try:
        from trafilatura import extract, extract_metadata, html2txt  # noqa: PLC0415 - an extra, and half a second
    except ImportError:
        sys.exit(_NOT_INSTALLED)
    charset = json.loads(sys.stdin.buffer.readline())
    html = _decoded(sys.stdin.buffer.read(), charset)
    text = extract(html, output_format="markdown", include_comments=False, include_tables=True) or html2txt(html)
    about = extract_metadata(html)
    said = {"title": about.title or "", "date": about.date or "", "text": (text or "").strip()}
    sys.stdout.buffer.write(json.dumps(said).encode())


def _decoded(html: bytes, charset: str) -> str:
    """By the server's character set, or else by what the page says or looks like."""
    from trafilatura.utils import decode_file  # noqa: PLC0415 - only in the process

    try:
        return html.decode(charset, "replace") if charset else decode_file(html)
    except LookupError:  # a character set that nobody knows
        return decode_file(html)
