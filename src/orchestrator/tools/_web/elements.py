"""HTML's elements, by how browsers display them (the HTML Standard, section "Rendering"). Data only.

An element that is in none of these sets is a part of a line, as ``span`` is.
"""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEVER_SEEN = _names("""
    annotation annotation-xml area base basefont datalist defs desc frame frameset link map meta metadata noembed
    noframes noscript param rp script source style symbol template title track""")
FILLED = _names("audio canvas embed iframe img input meter object progress video")
"""Elements with a content of their own. What is written in them is displayed only by browsers that cannot show it."""
BOXES = FILLED | _names("button label optgroup option select svg text tspan")
"""Elements in a line, but apart from the words around them."""
LINES = _names("""
    address aside body caption center dd details dialog dir div dt fieldset figcaption footer foreignobject form header
    hgroup legend li listing menu nav plaintext search summary tbody textarea tfoot thead tr xmp""")
PARAGRAPHS = _names("article blockquote dl figure h1 h2 h3 h4 h5 h6 hr main p pre section table")
LISTS = _names("ol ul")
HEADINGS = _names("h1 h2 h3 h4 h5 h6")
CELLS = _names("td th")
AS_WRITTEN = _names("listing plaintext pre textarea xmp")
"""Elements in which each blank and each end of a line counts."""
TOO_DEEP = "its elements are nested too deeply"
"""The whole text of a page whose words are all nested too deeply for the parser."""
