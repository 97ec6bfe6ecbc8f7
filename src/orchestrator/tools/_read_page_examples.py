"""READ_PAGE's bank of worked examples: question, argument, result, answer, thought. Data only."""

from __future__ import annotations

from orchestrator.citations import Citation, Found
from orchestrator.types import Example

_THOUGHT = "The user names a page, so I read it."


def _example(question: str, address: str, title: str, text: str, answer: str) -> Example:
    found = Found((Citation(title, address, number=1),), text)
    return Example(question, address, str(found), f"{answer} [1]", _THOUGHT)


# fmt: off
EXAMPLES = (
    _example("Summarize the page https://example.com/tea", "https://example.com/tea", "Tea", "Tea comes from one plant. Green tea is not fermented, black tea is.", "All tea comes from one plant; black tea is fermented and green tea is not."),
    _example("What does https://example.org/opening-hours say?", "https://example.org/opening-hours", "Opening hours", "Monday to Friday from 9 to 17.", "It is open from Monday to Friday, 9 to 17."),
    _example("Read https://example.com/blog/bridge and tell me when the bridge opened.", "https://example.com/blog/bridge", "The bridge", "The bridge was opened in 1932.", "The bridge opened in 1932."),
    _example("Who wrote the article at https://example.net/news/17?", "https://example.net/news/17", "News", "By Ada Holm. The harbour grows.", "The article was written by Ada Holm."),
    _example("Open www.example.com/prices and find the price of the small room.", "https://www.example.com/prices", "Prices", "Small room: 40 euros. Large room: 70 euros.", "The small room costs 40 euros."),
)
# fmt: on
