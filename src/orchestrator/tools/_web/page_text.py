"""Extracts a page's title, date and text, in a separate process.

A hostile page of one megabyte (one tag with 100,000 attributes) keeps a parser busy for minutes. A thread cannot be
stopped; a process is killed at the deadline. Starting it takes half a second. Knows HTML; not where it came from.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

from orchestrator.core.errors import ToolError
from orchestrator.runtime.subprocesses import Channel, ChildProcess, limit_memory
from orchestrator.tools._web.elements import TOO_DEEP
from orchestrator.tools._web.media_types import MediaType

MEMORY_BYTES = 1 << 30  # 1 GiB


@dataclass(frozen=True, slots=True)
class Readable:
    """The readable parts of a page.

    Attributes:
        title: The title; empty if the page gives none.
        date: The date of publication; empty if the page gives none.
        text: The words of the main part, with a little Markdown.
    """

    title: str
    date: str
    text: str


def readable(body: bytes, kind: MediaType, *, seconds: float) -> Readable:
    """Extract the text of a page, in a separate process.

    Args:
        body: The page.
        kind: What the server says about it.
        seconds: The maximum time.

    Raises:
        ToolError: The page has no text, takes too long, or breaks the parser.
    """
    try:
        with ChildProcess(__name__, errors=subprocess.DEVNULL) as process:
            process.send((body, kind))
            answer: Readable = process.receive(seconds)
    except TimeoutError:
        raise ToolError(f"the page could not be read in {seconds:g} seconds; try another page") from None
    except EOFError:
        raise ToolError("the page cannot be read; try another page") from None
    except OSError:
        raise ToolError("pages cannot be read in this program; answer without the page") from None
    if answer.text == TOO_DEEP:
        raise ToolError(f"the page cannot be read: {TOO_DEEP}; try another page")
    if not answer.text:
        raise ToolError("the page has no readable text (it may be made by a script); try another page")
    return answer


def serve(channel: Channel) -> None:
    """Answer with the text of one page. Runs in the child process.

    Args:
        channel: The connection to the asking program.
    """
    limit_memory(MEMORY_BYTES)
    from orchestrator.tools._web.extraction import extracted  # noqa: PLC0415 - from an extra; takes 0.5 s

    channel.send(Readable(*extracted(*channel.receive())))
