"""Finds the part of a page that is its content. Knows elements and where text is; not how it is written down.

The part is a whole element, so no word within it can be lost. A page that says where its content is (``main``,
``article``) is believed. Otherwise the part is the smallest box that holds most of the prose.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

from lxml.html import HtmlElement

from orchestrator.tools._web.visible import drop

_AROUND_ROLES = frozenset(
    {"alertdialog", "banner", "complementary", "contentinfo", "dialog", "menu", "menubar", "navigation", "search"}
)
_LANDMARKS = {  # what makes an element a part of something else than the page
    "nav": frozenset(),
    "footer": frozenset({"article", "aside", "blockquote", "main", "section"}),
    "aside": frozenset({"article", "section"}),
}
_BOXES = frozenset({"html", "head", "body", "div", "section", "main", "article", "form", "center"})
_PROSE = 25  # characters from which a stretch of text counts as prose
_MOST = 0.8  # of the prose
_LINKED = 0.05  # of the text around the prose, from which on it counts as menus


def main_part(tree: HtmlElement) -> HtmlElement:
    """Return the element that holds the content of a page.

    Navigation, footers and what is beside the content are left out, unless there is nothing else.

    Args:
        tree: The page, without what is not displayed.
    """
    page = deepcopy(tree)
    drop(page, _is_around)
    if not page.text_content().strip():
        page = tree
    measures = _measures(page)
    part = page
    while part.tag not in {"main", "article"} and part.get("role") != "main":
        boxes = [child for child in part if child.tag in _BOXES or "-" in child.tag]
        box = max(boxes, key=lambda box: measures[box].prose, default=None)
        if box is None or not _holds_the_content(measures[box], measures[part]):
            break
        part = box
    return part


def _is_around(element: HtmlElement) -> bool:
    """Whether an element is a landmark around the content, by its role or as HTML defines it."""
    if element.get("role", "").lower() in _AROUND_ROLES:
        return True
    parts = _LANDMARKS.get(element.tag)
    return parts is not None and not any(each.tag in parts for each in element.iterancestors())


@dataclass(slots=True)
class _Measure:
    """Characters of text in an element: all, those in links, and those of longer stretches outside links."""

    all: int = 0
    linked: int = 0
    prose: int = 0

    def add_text(self, text: str | None) -> None:
        size = len(text.strip()) if text else 0
        self.all += size
        self.prose += size if size >= _PROSE else 0

    def add(self, other: _Measure) -> None:
        self.all += other.all
        self.linked += other.linked
        self.prose += other.prose


def _measures(tree: HtmlElement) -> dict[HtmlElement, _Measure]:
    found: dict[HtmlElement, _Measure] = {}
    for element in reversed(list(tree.iter())):  # children come before their parents
        measure = _Measure()
        measure.add_text(element.text)
        for child in element:
            measure.add(found[child])
            measure.add_text(child.tail)
        found[element] = _Measure(measure.all, measure.all) if element.tag == "a" else measure
    return found


def _holds_the_content(box: _Measure, part: _Measure) -> bool:
    """Whether a box holds the content of a larger part: most of its prose, and what is around the box is menus."""
    around, linked = part.all - box.all, part.linked - box.linked
    return box.prose > 0 and box.prose >= _MOST * part.prose and linked >= _LINKED * around
