"""Makes a page's title, date and text from its bytes. Runs in a child process (see ``page_text.py``).

The title comes from trafilatura. The text does not: its rules drop short lines, lists, ``time``, ``label`` and
whatever else they do not expect (decision 60).
"""

from __future__ import annotations

import re
from contextlib import suppress
from copy import deepcopy
from html import escape

from lxml import html
from lxml.etree import ErrorTypes, ParserError, XPath
from trafilatura import extract_metadata

from orchestrator.tools._web.charsets import decoded
from orchestrator.tools._web.dates import published
from orchestrator.tools._web.elements import TOO_DEEP
from orchestrator.tools._web.main_part import main_part
from orchestrator.tools._web.media_types import MediaType
from orchestrator.tools._web.visible import prune
from orchestrator.tools._web.words import words

_IN_HEAD = frozenset({"title", "meta", "link", "script"})
_TITLES = XPath(
    ".//title[not(ancestor::svg)] | .//meta | .//link | .//script[@type='application/ld+json'] | .//h1 | .//h2 | .//h3"
    " | .//*[@class='entry-title' or @class='post-title'][not(self::h1 or self::h2 or self::h3)]"
)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)


def extracted(body: bytes, kind: MediaType) -> tuple[str, str, str]:
    """Extract the readable parts of a page.

    Args:
        body: The page.
        kind: What the server says about it.

    Returns:
        The title, the date and the text; each may be empty.
    """
    text = decoded(body, kind.charset)
    if kind.is_xhtml:
        text = _CDATA.sub(lambda match: escape(match[1]), text)
    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        tree = html.document_fromstring(text.encode(), parser=parser)
    except ParserError:  # there is nothing in it
        return "", "", ""
    title, date = _about(tree)
    prune(tree)
    found = words(main_part(tree))
    if any(each.type == ErrorTypes.ERR_RESOURCE_LIMIT for each in parser.error_log):
        found = f"{found}\n\n… the rest of the page cannot be read: {TOO_DEEP}" if found else TOO_DEEP
    return title, date, found


def _about(tree: html.HtmlElement) -> tuple[str, str]:
    """Return the title and the date. A page without them is read all the same."""
    outline = _outline(tree)
    title = date = ""
    with suppress(Exception):  # trafilatura reads JSON, dates and addresses of the page, and raises what they raise
        about = extract_metadata(outline)
        title = about.title or ""
        date = published(tree, about.url)
    return " ".join((title or outline.findtext(".//title") or "").split()), date


def _outline(tree: html.HtmlElement) -> html.HtmlElement:
    """Return a page of what may say the title and the address. The date is searched for in vain in the rest."""
    outline = html.fromstring("<html><head></head><body></body></html>")
    for element in _TITLES(tree):
        copy = deepcopy(element)
        copy.tail = None
        (outline.head if element.tag in _IN_HEAD else outline.body).append(copy)
    return outline
