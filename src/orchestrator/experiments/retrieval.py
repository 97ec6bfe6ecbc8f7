"""Experiment 3: snippets in three languages in ChromaDB, and what 36 queries find. Knows Chroma; not chunkers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.code.index.vectors import Vectors
from orchestrator.experiments import _plots
from orchestrator.experiments._embedders import Named
from orchestrator.experiments._measures import f1, hit, mean, precision, recall, reciprocal_rank
from orchestrator.experiments._report import Answer, Code, Report, Section, section, table
from orchestrator.experiments._snippets import PHRASINGS, Query, corpus, grade

Measure = Callable[[Sequence[int], Collection[int]], float]
KS = (1, 3, 5)
RELEVANT = 4  # the least grade, of 5, of a snippet that a user would accept


def create() -> Retrieval:
    """Return the experiment."""
    return Retrieval()


class Retrieval:
    """The snippets with the vectors of each embedder, and every query with three values of k."""

    name = "retrieval"

    def run(self, embedders: tuple[Named, ...]) -> Report:
        """Run the experiment."""
        searched = [search(each) for each in embedders]
        best = max(searched, key=lambda each: each.measure(reciprocal_rank, 5))
        k = best_k(best)
        answers = [answer for each in searched for answer in (*_expected(each), *_answers(each))]
        return Report(
            self.name,
            "Storage and retrieval in ChromaDB",
            f"{len(corpus().snippets)} snippets in Python, JavaScript and SQL; the three queries of the notes among {len(corpus().queries)}, "
            f"graded 1 to 5 by rule, and {len(corpus().nothing_fits)} to which nothing fits. Relevant is a grade of {RELEVANT} or 5.",
            (_notes_section(searched), _measures_section(searched), _phrasing_section(searched), _nothing_section(searched),
             section("The snippets", *(Code(snippet.text) for snippet in corpus().snippets))),
            tuple(answers),
            f"ChromaDB with {best.name} and top_k = {k}; a hit below a cosine of {best.threshold():.2f} is shown as no "
            "answer, since the database itself always returns its nearest, fitting or not.",
            _confidence(best),
            (
                ("nothing fits the question", "the nearest snippets come back all the same", "a threshold on the cosine, and words (BM25) beside it"),
                ("the query has no known word", "no vector, so no search", "say that nothing was found"),
                ("fewer snippets than top_k", "Chroma returns what there is", "ask for no more than there are"),
            ),
            (
                ("vector database", "ChromaDB, in its cosine space, with vectors of our own"),
                ("top_k", f"{k} where there is one right snippet, 3 where the model may choose (hit@3 {best.measure(hit, 3):.0%})"),
                ("when a search returns nothing fitting", f"below a cosine of {best.threshold():.2f} it says that nothing was found"),
                ("invention", f"the threshold tells {best.told_apart(best.threshold()):.0%} of fitting and unfitting questions apart; what lies below never reaches the model"),
            ),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Searched:
    """What one embedder found.

    Attributes:
        name: The name of the embedder.
        found: For each query the snippets in order, and their cosines.
        unfitting: For each question without an answer the nearest snippet and its cosine.
    """

    name: str
    found: tuple[tuple[Query, tuple[int, ...], tuple[float, ...]], ...]
    unfitting: tuple[tuple[str, int, float], ...]  # −1 and 0 if there is none

    def measure(self, of: Measure, k: int, phrasing: str = "") -> float:
        """Return the mean of a measure over the queries.

        Args:
            of: The measure.
            k: How many of the first snippets count.
            phrasing: Only queries with this phrasing count; empty for all.
        """
        asked = [(query, found) for query, found, _ in self.found if phrasing in ("", query.phrasing)]
        return mean([of(found[:k], relevant_to(query)) for query, found in asked])

    def best_cosines(self) -> list[float]:
        """Return the highest cosine of each query; 0 if it found nothing."""
        return [cosines[0] if cosines else 0.0 for _, _, cosines in self.found]

    def threshold(self) -> float:
        """Return the cosine that best separates queries with an answer from questions without one."""
        fitting, unfitting = self.best_cosines(), [cosine for _, _, cosine in self.unfitting]
        values = sorted({*fitting, *unfitting})
        middles = [(one + other) / 2 for one, other in pairwise(values)] or [0.0]
        return max(middles, key=lambda at: (self.told_apart(at), -at))

    def told_apart(self, threshold: float) -> float:
        """Return the mean share of both kinds that is on the right side of ``threshold``."""
        above = mean([float(cosine >= threshold) for cosine in self.best_cosines()])
        below = mean([float(cosine < threshold) for _, _, cosine in self.unfitting])
        return (above + below) / 2

    def stability(self) -> float:
        """Return how much of the first three stays the same in other words (Jaccard index, mean over pairs)."""
        shares = []
        for need in dict.fromkeys(query.need for query, _, _ in self.found):
            tops = [set(found[:3]) for query, found, _ in self.found if query.need == need]
            shares += [len(one & other) / max(1, len(one | other)) for one, other in combinations(tops, 2)]
        return mean(shares)


def search(embedder: Named) -> Searched:
    """Store the snippets in a temporary Chroma, and ask every query."""
    texts = [snippet.text for snippet in corpus().snippets]
    ids = [f"snippet-{number:02}" for number in range(len(corpus().snippets))]
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # Windows keeps Chroma's files open for a while
        store = Vectors(Path(folder), "snippets")
        try:
            vectors = embedder.encode(texts).astype("float32")
            store.put(ids, vectors, texts, [snippet.category for snippet in corpus().snippets])
            found = tuple((query, *_nearest(store, embedder, query.text)) for query in corpus().queries)
            nothing = [(text, *_nearest(store, embedder, text)) for text in corpus().nothing_fits]
        finally:
            store.close()
    unfitting = tuple((text, at[0] if at else -1, cosines[0] if cosines else 0.0) for text, at, cosines in nothing)
    return Searched(embedder.name, found, unfitting)


def _nearest(store: Vectors, embedder: Named, text: str) -> tuple[tuple[int, ...], tuple[float, ...]]:
    vector = embedder.encode([text])[0].astype("float32")
    if not vector.any():
        return (), ()
    # All are sorted again, because Chroma's order of equal cosines is random.
    found = store.nearest(vector, len(corpus().snippets))
    ranked = sorted((-round(cosine, 6), int(id_.rpartition("-")[2])) for id_, cosine in found)
    return tuple(at for _, at in ranked[: max(KS)]), tuple(-cosine for cosine, _ in ranked[: max(KS)])


def relevant_to(query: Query) -> frozenset[int]:
    """Return the snippets that a user would accept."""
    return frozenset(number for number, snippet in enumerate(corpus().snippets) if grade(query, snippet) >= RELEVANT)


def best_k(searched: Searched) -> int:
    """Return the k with the highest F1 of mean precision and mean recall; the smaller one if two are equal."""
    return max(KS, key=lambda k: (round(_f1(searched, k), 9), -k))


def _f1(searched: Searched, k: int) -> float:
    return f1(searched.measure(precision, k), searched.measure(recall, k))


def _expected(each: Searched) -> list[Answer]:
    """Whether each query of the notes finds what the notes expect of it."""
    return [
        Answer(
            f'{each.name}: does "{query.text}" find {query.need.expected}?',
            f"{sum(at in relevant_to(query) for at in found[:3])} of the first 3 are",
            "the first is one of them, and so are most of the first three",
            bool(found) and found[0] in relevant_to(query) and precision(found[:3], relevant_to(query)) > 0.5,
        )
        for query, found, _ in each.found
        if query in corpus().notes
    ]


def _answers(each: Searched) -> list[Answer]:
    k = best_k(each)
    missed = 1 - each.measure(recall, k)
    by_phrasing = {phrasing: each.measure(reciprocal_rank, 5, phrasing) for phrasing in PHRASINGS}
    best, worst = max(by_phrasing, key=lambda p: by_phrasing[p]), min(by_phrasing, key=lambda p: by_phrasing[p])
    at = each.threshold()
    return [
        Answer(f"{each.name}: which top_k is best?", f"{k} (F1 {_f1(each, k):.3f})", "the highest F1 of mean precision and mean recall"),
        Answer(f"{each.name}: would a user find what they need?", f"within the first three for {each.measure(hit, 3):.0%} of the queries", "hit@3"),
        Answer(f"{each.name}: how often was relevant code missed?", f"{missed:.0%} of it at top_k = {k}", "1 − recall"),
        Answer(f"{each.name}: how many hits are irrelevant?", ", ".join(f"{1 - each.measure(precision, size):.0%} at {size}" for size in KS), "1 − precision"),
        Answer(f"{each.name}: how does phrasing change results?", f"asked in other words, {each.stability():.0%} of the first three stay; best as {best} (MRR {by_phrasing[best]:.3f}), worst as {worst} ({by_phrasing[worst]:.3f})", "mean Jaccard overlap of the first three, and MRR, by phrasing"),
        Answer(f"{each.name}: what happens when nothing fits?", f"snippets come back all the same, nearest cosine {mean([c for _, _, c in each.unfitting]):.3f} against {mean(each.best_cosines()):.3f} where something fits; a threshold of {at:.2f} tells {each.told_apart(at):.0%} apart", "the threshold with the most questions on their side"),
        Answer(f"{each.name}: precision against speed?", f"a larger top_k costs nothing measurable among {len(corpus().snippets)} snippets, and precision falls from {each.measure(precision, 1):.3f} to {each.measure(precision, 5):.3f}", "mean precision at 1 and at 5"),
    ]  # fmt: skip


def _notes_section(searched: Sequence[Searched]) -> Section:
    rows = []
    for each in searched:
        for query, found, cosines in each.found:
            if query in corpus().notes:
                shown = "; ".join(
                    f"{_label(at)} ({grade(query, corpus().snippets[at])}, {cosine:.2f})"
                    for at, cosine in zip(found[:3], cosines[:3], strict=True)
                )
                rows.append((each.name, query.text, shown or "nothing", precision(found[:3], relevant_to(query))))
    return section(
        "The notes' three queries", table(("embedder", "query", "first three (grade, cosine)", "precision@3"), rows)
    )


def _measures_section(searched: Sequence[Searched]) -> Section:
    measures = {"precision": precision, "recall": recall, "hit": hit, "MRR": reciprocal_rank}
    rows = [(each.name, k, *(each.measure(of, k) for of in measures.values())) for each in searched for k in KS]
    drawn = [(name, k) for name in ("precision", "recall", "hit") for k in KS]
    labels = [f"{name}@{k}" for name, k in drawn]
    series = {each.name: [each.measure(measures[name], k) for name, k in drawn] for each in searched}
    plot = _plots.bars("retrieval-measures", "Means over all queries.", labels, series)
    return section(f"All {len(corpus().queries)} queries", plot, table(("embedder", "k", *measures), rows))


def _phrasing_section(searched: Sequence[Searched]) -> Section:
    series = {each.name: [each.measure(reciprocal_rank, 5, phrasing) for phrasing in PHRASINGS] for each in searched}
    rows = [(name, *values) for name, values in series.items()]
    plot = _plots.bars("retrieval-phrasing", "MRR by the way of asking.", PHRASINGS, series, "MRR")
    return section("Phrasing", plot, table(("embedder", *PHRASINGS), rows))


def _nothing_section(searched: Sequence[Searched]) -> Section:
    rows = [
        (each.name, text, _label(at) if at >= 0 else "nothing", cosine)
        for each in searched
        for text, at, cosine in each.unfitting
    ]
    return section("When nothing fits", table(("embedder", "question", "what came first", "cosine"), rows))


def _label(at: int) -> str:
    snippet = corpus().snippets[at]
    return f"{snippet.language} {snippet.category}"


def _confidence(best: Searched) -> str:
    found = best.measure(hit, 3)
    level = "high" if found >= 0.9 else "medium" if found >= 0.7 else "low"
    return f"{level} for this small set (hit@3 {found:.0%} over {len(corpus().queries)} queries); {len(corpus().snippets)} snippets say little of a large repository"
