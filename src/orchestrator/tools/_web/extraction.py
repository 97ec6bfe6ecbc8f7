"""Makes a page's title, date and text from its bytes. Runs in a child process (see ``page_text.py``).

Title and date come from trafilatura. The text does not: its rules drop short lines, lists, ``time``, ``label`` and
whatever else they do not expect (decision 60).
"""

from __future__ import annotations

import re
from copy import deepcopy
from html import escape

from lxml import html
from lxml.etree import ErrorTypes, ParserError
from trafilatura import extract_metadata

from orchestrator.tools._web.charsets import decoded
from orchestrator.tools._web.main_part import main_part
from orchestrator.tools._web.media_types import MediaType
from orchestrator.tools._web.visible import prune
from orchestrator.tools._web.words import words

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
    if found and any(each.type == ErrorTypes.ERR_RESOURCE_LIMIT for each in parser.error_log):
        found += "\n\n… the rest of the page cannot be read: its elements are nested too deeply"
    return title, date, found


def _about(tree: html.HtmlElement) -> tuple[str, str]:
    """Return the title and the date. A page without them is read all the same."""
    try:
        about = extract_metadata(deepcopy(tree))
    except Exception:  # noqa: BLE001 - trafilatura reads JSON, dates and addresses of the page, and raises what they raise
        about = None
    title = about.title if about and about.title else tree.findtext(".//title") or ""
    return " ".join(title.split()), (about.date or "") if about else ""
