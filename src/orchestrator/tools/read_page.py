"""The READ_PAGE tool: a web page as readable text, with its source. Public addresses only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from ipaddress import ip_network
from pathlib import Path

from orchestrator.core.citations import Citation, Found
from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.core.tool import Tool
from orchestrator.guidance.example_files import read_examples
from orchestrator.runtime.extras import require
from orchestrator.tools._web.addresses import Allowance, Network
from orchestrator.tools._web.media_types import MediaType, is_text

DESCRIPTION = "the text of the web page at an address"


def create() -> Tool:
    """Make the tool with the usual limits."""
    return read_page()


def read_page(*, seconds: float = 15.0, characters: int = 10_000, allow: Sequence[str] = ()) -> Tool:
    """Make the READ_PAGE tool with your own limits.

    Args:
        seconds: Seconds for fetching one page, and again for extracting its text.
        characters: Maximum number of characters of the page's text. The rest is cut.
        allow: Networks that may be read although they are not public, at any port, such as ``("10.1.0.0/16",)`` for an
            internal wiki. The model cannot add to them.

    Raises:
        ConfigError: An entry of ``allow`` is not a network, or a limit is not positive.
    """
    if not (seconds > 0 and characters > 0):
        raise ConfigError("READ_PAGE needs limits above 0: seconds and characters")
    try:
        networks = tuple(map(ip_network, allow))
    except ValueError as error:
        raise ConfigError(f"allow takes networks, such as 10.1.0.0/16: {error}") from None
    return Tool(
        name="READ_PAGE",
        description=DESCRIPTION,
        run=partial(_read, networks=networks, seconds=seconds, characters=characters),
        examples=read_examples(Path(__file__).with_suffix(".tsv")),
        syntax="address",
        untrusted=True,
        sends_data=True,
        check=partial(require, "the READ_PAGE tool", *_NEEDED),
    )


def _read(address: str, *, networks: tuple[Network, ...], seconds: float, characters: int) -> Found:
    require("the READ_PAGE tool", *_NEEDED)
    from orchestrator.tools._web.fetch import fetch  # noqa: PLC0415 - sockets and TLS: only for a page
    from orchestrator.tools._web.page_text import Readable, readable  # noqa: PLC0415

    page = fetch(address, seconds=seconds, allowance=Allowance(networks))
    if page.kind.is_html(page.body):
        said = readable(page.body, page.kind, seconds=seconds)
    else:
        said = Readable("", "", _as_written(page.body, page.kind))
    text = said.text.strip()
    if not text:
        raise ToolError("the page is empty; try another page")
    if len(text) > characters:
        text = f"{text[:characters]} … {len(text) - characters:,} more characters"
    return Found((Citation(said.title[:_LONGEST_TITLE] or page.url, page.url, date=said.date),), text)


def _as_written(body: bytes, kind: MediaType) -> str:
    from orchestrator.tools._web.charsets import decoded  # noqa: PLC0415 - from an extra

    text = decoded(body, kind.charset) if kind.can_be_text() else ""
    if not kind.can_be_text() or not is_text(text):
        raise ToolError(f"the page is {kind.essence[:60]}{', ' if kind.essence else ''}not text; try another page")
    return text


_LONGEST_TITLE = 200  # characters
_NEEDED = ("search", "trafilatura", "lxml", "webencodings", "tinycss2")  # the extra and its modules
