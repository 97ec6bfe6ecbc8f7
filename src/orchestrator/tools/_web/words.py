"""Writes the words of a page's tree as text with a little Markdown. Every word is written, in the page's order.

Elements that this file does not know are written like ``span``. Emphasis and links have no marks: they are noise to a
reader of words. Knows elements; not what is displayed or which part of a page matters.
"""

from __future__ import annotations

import re

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from orchestrator.tools._web.elements import AS_WRITTEN, BOXES, CELLS, HEADINGS, LINES, LISTS, PARAGRAPHS

_MARGINS = {"blockquote": "> ", "li": "  ", **dict.fromkeys({*HEADINGS, "pre", "tr"}, "")}
"""Elements whose first line may begin with a mark, and what their other lines begin with."""
_MARKS = {"blockquote": "> ", "li": "- ", "pre": "```\n", "tr": ""}
_AROUND = {"q": ("“", "”"), "rt": ("(", ")"), **dict.fromkeys(("del", "s", "strike"), ("~~", "~~"))}
_BETWEEN = {"mfrac": "/", "msub": "_", "msup": "^"}  # the two parts of a formula

_BLANKS = re.compile(r"[ \t\n\r\f\xa0]+")
_NOT_DISPLAYED = re.compile("[\xad\u200b\u2060\ufeff]")  # places at which a line may or may not be broken
_POWER = re.compile(r"\s*(?:[-+−]?\d+|[a-zA-Z])\s*")
_INTEGER = re.compile(r"\s*-?[0-9]{1,9}\s*")
_DEEPEST = 10  # margins: a page may nest thousands of quotations
_APART = "\0"  # a blank if there are letters or digits on both sides; else nothing
_GAPS = ("", _APART, " ", "\n", "\n\n")  # weakest first; those between cells are stronger


def words(part: HtmlElement) -> str:
    """Return the words of an element, with headings, lists, tables, quotations and code in Markdown.

    Args:
        part: The element. All of it is written.
    """
    page = _Page()
    for event, element in iterwalk(part, events=("start", "end")):
        if event == "start":
            page.open(element)
            page.write(element.text or "")
        else:
            page.close(element)
            page.write((element.tail or "") if element is not part else "")
    return "".join(page.pieces).strip()


class _Page:
    """The text so far. Gaps and marks are written when a word comes after them, so that nothing empty is marked.

    Attributes:
        pieces: The text, in pieces.
    """

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._gap = ""
        self._mark = ""  # what the next line begins with; empty for the margins
        self._outer_marks: list[str] = []
        self._margins: list[str] = []
        self._numbers: list[int] = []  # of the next item of each open list
        self._as_written = 0  # open elements whose blanks count
        self._row = 0  # the number of pieces at the start of the table's row

    def open(self, element: HtmlElement) -> None:
        """Begin an element."""
        tag = element.tag
        self._separate(tag)
        if tag == "br":
            self._widen("\n\n" if self._gap == "\n" else "\n")
        elif tag in LISTS:
            self._numbers.append(_integer(element.get("start"), 1))
        elif tag == "tr":
            self._row = len(self.pieces)
        elif tag in CELLS and element.getprevious() is not None:
            self._begin_cell()
        if tag in _MARGINS:
            self._begin_margin(self._mark_of(element), _MARGINS[tag])
        self._put(_sign_before(element, within_word=not self._gap and bool(self.pieces)) + _brackets(element)[0])
        self._as_written += tag in AS_WRITTEN

    def close(self, element: HtmlElement) -> None:
        """End an element."""
        tag = element.tag
        self._as_written -= tag in AS_WRITTEN
        if tag in LISTS:
            self._numbers.pop()
        self._put(_brackets(element)[1])
        if tag in _MARGINS:
            self._end_margin(closing="```" if tag == "pre" else "")
        self._separate(tag)

    def write(self, text: str) -> None:
        """Write a text of the page, with its blanks as they are displayed."""
        text = _NOT_DISPLAYED.sub("", text)
        if self._as_written:
            self._put(text.lstrip("\n") if self._mark else text)
            return
        text = _BLANKS.sub(" ", text)
        if text.startswith(" "):
            self._widen(" ")
        self._put(text.strip(" "))
        if text.endswith(" "):
            self._widen(" ")

    def _put(self, text: str) -> None:
        if not text:
            return
        if self._gap == _APART:
            self._gap = " " if self.pieces and self.pieces[-1][-1:].isalnum() and text[0].isalnum() else ""
        if "\n" in self._gap or not self.pieces:
            self._gap += self._mark or "".join(self._margins)
        self.pieces += (self._gap, text)
        self._gap = self._mark = ""

    def _separate(self, tag: str) -> None:
        if tag in {"tr", "table"} and self._gap not in _GAPS:
            self._gap = "\n"
        if tag in PARAGRAPHS or (tag in LISTS and not self._numbers):
            self._widen("\n\n")
        elif tag in LINES or tag in LISTS:
            self._widen("\n")
        elif tag in BOXES or "-" in tag:  # custom elements have a hyphen
            self._widen(_APART)

    def _widen(self, gap: str) -> None:
        if self._gap in _GAPS and _GAPS.index(gap) > _GAPS.index(self._gap):
            self._gap = gap

    def _begin_cell(self) -> None:
        """Separate a cell from the one before. Empty cells are kept, so that columns stay columns."""
        if len(self.pieces) == self._row:
            self._mark += "| "
        else:
            self._gap = f"{self._gap}| " if self._gap.startswith(" |") else " | "

    def _begin_margin(self, mark: str, margin: str) -> None:
        self._outer_marks.append(self._mark)
        self._mark = (self._mark or "".join(self._margins)) + mark
        self._margins.append(margin if len(self._margins) < _DEEPEST else "")

    def _end_margin(self, closing: str) -> None:
        self._margins.pop()
        outer = self._outer_marks.pop()
        if self._mark:  # nothing was written since
            self._mark = outer
        elif closing:
            self.pieces += (self.pieces.pop().rstrip(), "\n", *self._margins, closing)

    def _mark_of(self, element: HtmlElement) -> str:
        tag = element.tag
        if tag == "li" and self._numbers and element.getparent().tag == "ol":
            number = _integer(element.get("value"), self._numbers[-1])
            self._numbers[-1] = number + 1
            return f"{number}. "
        return f"{'#' * int(tag[1])} " if tag in HEADINGS else _MARKS[tag]


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text and _INTEGER.fullmatch(text) else otherwise


def _sign_before(element: HtmlElement, *, within_word: bool) -> str:
    """Return the sign for what a browser says by writing an element above or below the line."""
    if element.tag == "sup" and within_word and _POWER.fullmatch(element.text_content()):
        return "^"
    if element.getprevious() is None:
        return ""
    return _BETWEEN.get(element.getparent().tag, "")


def _brackets(element: HtmlElement) -> tuple[str, str]:
    parent = element.getparent()
    if (element.tag == "mrow" and len(element) > 1 and parent.tag in _BETWEEN) or (
        element.tag == "mfrac" and len(parent) > 1
    ):
        return "(", ")"
    return _AROUND.get(element.tag, ("", ""))
