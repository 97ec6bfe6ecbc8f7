"""An answer with its sources. The search provider is our own: any object with ``name`` and ``search`` can be one."""

import sys

from orchestrator import Citation, Orchestrator, SearchQuery
from orchestrator.tools.web_search import web_search

SHELF = (
    Citation("Town news", "https://example.com/bridge", "The new harbour bridge of Lund opened in May 2026."),
    Citation("Town news", "https://example.com/market", "The market is open on Saturdays from 8 to 14."),
)


class Shelf:
    """A search provider. It finds the texts that share the most words with the query."""

    name = "shelf"

    def search(self, query: SearchQuery) -> list[Citation]:
        words = set(query.text.lower().split())
        return sorted(SHELF, key=lambda each: -len(words & set(each.text.lower().split())))[:1]


orc = Orchestrator(sys.argv[1] if len(sys.argv) > 1 else None, tools=[web_search(Shelf())])
run = orc.run("Search the web for the opening of the new harbour bridge in Lund.")
print(run.answer)
for source in run.citations:
    print(f"[{source.number}] {source.title}, {source.url}")
