"""Takes out of a page's tree what browsers do not display. Knows elements and styles; not what a page is about.

Instructions to language models are hidden there. Style sheets are not read, so what only a style sheet hides stays. So
does text for screen readers (``sr-only``), whose visible twin is often marked as ``aria-hidden``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml.html import HtmlElement

from orchestrator.tools._web.elements import FILLED, NEVER_SEEN

_UNSEEN_STYLE = re.compile(
    r"(?:^|;)(?:display:none|(?:content-)?visibility:(?:hidden|collapse)|clip:rect\(0|clip-path:inset\((?:50|100)%"
    r"|(?:left|right|top|text-indent|margin-left):-(?:999|\d{4})"
    r"|(?:opacity|font-size):(?:0+(?:\.0*)?|\.0+)(?:%|[a-z]+)?(?=[;!]|$))"
)
_NO_SIZE = re.compile(r"(?:^|;)(?:max-)?(?:height|width):[01]?(?:px)?(?=[;!]|$)")
_UNSEEN_CLASSES = frozenset({"d-none", "hidden", "invisible", "is-hidden"})
_SEEN_ON_WIDE_SCREENS = re.compile(r"(?:d-)?(?:sm|md|lg|xl|xxl|2xl)[:-](?:block|flex|grid|inline|table|contents)")


def prune(tree: HtmlElement) -> None:
    """Take out of a tree what browsers do not display."""
    for element in tree.iter(*FILLED):
        element.clear(keep_tail=True)
    drop(tree, _is_unseen)


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
        or _has_unseen_style(element.get("style", ""))
        or _has_unseen_class(element.get("class", ""))
    )


def _has_unseen_style(style: str) -> bool:
    style = re.sub(r"/\*.*?\*/|\s", "", style.lower())
    return bool(_UNSEEN_STYLE.search(style) or ("overflow:hidden" in style and _NO_SIZE.search(style)))


def _has_unseen_class(classes: str) -> bool:
    """Whether a class is one that style sheets hide by convention, and no other class shows it again."""
    names = classes.split()
    return not _UNSEEN_CLASSES.isdisjoint(names) and not any(map(_SEEN_ON_WIDE_SCREENS.match, names))
