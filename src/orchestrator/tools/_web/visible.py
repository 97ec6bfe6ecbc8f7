"""Takes out of a page's tree what browsers do not display. Knows elements and styles; not what a page is about.

Instructions to language models are hidden there. Style sheets are not read, so what only a style sheet hides stays. So
does text for screen readers (``sr-only``), whose visible twin is often marked as ``aria-hidden``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml.html import HtmlElement

from orchestrator.tools._web.elements import FILLED, NEVER_SEEN
from orchestrator.tools._web.styles import read_style

_UNSEEN_CLASSES = frozenset({"d-none", "hidden", "invisible", "is-hidden"})
_SEEN_ON_WIDE_SCREENS = re.compile(r"(?:d-)?(?:sm|md|lg|xl|xxl|2xl)[:-](?:block|flex|grid|inline|table|contents)")


def prune(tree: HtmlElement) -> None:
    """Take out of a tree what browsers do not display."""
    for element in tree.iter(*FILLED):
        element.clear(keep_tail=True)
    drop(tree, _is_unseen)
    _drop_unseen_text(tree)


def drop(tree: HtmlElement, condition: Callable[[HtmlElement], bool]) -> None:
    """Take elements out of a tree with all that is in them. The text after them stays."""
    for element in [each for each in tree.iterdescendants() if condition(each)]:
        element.drop_tree()


def _is_unseen(element: HtmlElement) -> bool:
    if element.tag == "body":
        return False  # hidden until the page's script runs
    shown_when_open = element.tag == "dialog" or "popover" in element.attrib
    not_chosen = element.tag == "option" and element.getprevious() is not None and "selected" not in element.attrib
    return (
        not_chosen
        or (element.tag in NEVER_SEEN and "shadowrootmode" not in element.attrib)
        or (shown_when_open and "open" not in element.attrib)
        or "hidden" in element.attrib
        or element.get("aria-hidden") == "true"
        or read_style(element.get("style", "")).hides
        or _has_unseen_class(element.get("class", ""))
    )


def _drop_unseen_text(tree: HtmlElement) -> None:
    """Take out text that a property hides which elements inherit. An element within it may be displayed again."""
    unseen: dict[HtmlElement, set[str]] = {}  # the properties that hide an element's text
    for element in tree.iterdescendants():  # parents come before their children
        texts = read_style(element.get("style", "")).texts if element.tag != "body" else {}
        inherited = unseen.get(element.getparent(), set())
        hiding = {name for name in inherited | texts.keys() if texts.get(name, True)}
        if hiding:
            unseen[element] = hiding
    for element in unseen:
        element.text = None
        for child in element:
            child.tail = None
    for element in reversed(unseen):
        if not len(element):
            element.drop_tree()


def _has_unseen_class(classes: str) -> bool:
    """Whether a class is one that style sheets hide by convention, and no other class shows it again."""
    names = classes.split()
    return not _UNSEEN_CLASSES.isdisjoint(names) and not any(map(_SEEN_ON_WIDE_SCREENS.match, names))
