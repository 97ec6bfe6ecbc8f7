"""Finds a page's date of publication where the page states one: never in its prose, whose dates mean something else.

htmldate reads the dates (its names of ``meta`` elements, formats and limits). It is given an outline that holds nothing
but statements of dates, as its own searches take any number of the page that may be a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from htmldate import find_date
from lxml import html
from lxml.etree import SubElement

_JSON = ".//script[@type='application/ld+json' or @type='application/settings+json']"
_JSON_DATE = re.compile(r'"date(?:Created|Published)"\s*:\s*"([^"<>]{4,40})"')
_MARKED = ".//*[@itemprop='datePublished' or @itemprop='dateCreated'][not(self::meta or self::time)]"
_OTHER = re.compile("copyright|description|image|keyword|subject|title|video", re.IGNORECASE)  # names of meta elements
_LONGEST = 40  # characters of a date
_MOST = 500  # statements


def published(tree: html.HtmlElement, url: str | None) -> str:
    """Return the date of publication, such as 2026-01-02; empty if the page states none.

    Args:
        tree: The page.
        url: The address that the page says it has. A date in it counts.
    """
    outline = html.fromstring("<html><head></head><body></body></html>")
    for tag, attributes in islice(_statements(tree), _MOST):
        SubElement(outline.body if tag == "time" else outline.head, tag, attributes)
    return find_date(outline, extensive_search=False, original_date=True, url=url) or ""


def _statements(tree: html.HtmlElement) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the tag and the attributes of what states a date: the most certain first."""
    for meta in tree.iter("meta"):
        attributes = {str(name): str(value) for name, value in meta.attrib.items()}
        said = attributes.pop("content", attributes.get("datetime", ""))
        if _may_be_a_date(said) and not _OTHER.search(" ".join(attributes.values())):
            yield "meta", attributes | {"content": said}
    for script in tree.xpath(_JSON):
        for said in _JSON_DATE.findall(script.text or ""):
            yield "meta", {"itemprop": "datePublished", "content": said}
    for element in tree.xpath(_MARKED):
        said = element.get("content") or element.text_content()
        if _may_be_a_date(said):
            yield "meta", {"itemprop": "datePublished", "content": said.strip()}
    for element in tree.iter("time"):
        said = element.get("datetime") or element.text_content()
        if _may_be_a_date(said):
            yield "time", {**element.attrib, "datetime": said.strip()}


def _may_be_a_date(text: str) -> bool:
    return len(text.strip()) <= _LONGEST and any(map(str.isdigit, text))
