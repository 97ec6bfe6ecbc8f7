"""Experiment 4: code cut by function, by block, by line and by a hybrid, on two functions and on a real package.

Knows chunkers and embedders; not files of reports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from orchestrator.code.protocols import Chunk, Chunker
from orchestrator.experiments import _plots
from orchestrator.experiments._cutting import TOP_K, Measured, broken_of, measure, pieces_of
from orchestrator.experiments._data import samples
from orchestrator.experiments._embedders import Named
from orchestrator.experiments._hybrid import HybridChunker
from orchestrator.experiments._report import Answer, Block, Code, Report, Section, Table, section, table
from orchestrator.experiments._targets import notes_targets, repository
from orchestrator.runtime.registry import plugin

MANY = 99
MEASURES = ("precision", "coverage", "finding the place")
EXPECTED = (("registration.py", 3, 4, 2), ("routes.py", 5, MANY, 3))  # file, least and most blocks, chunks by lines
CUT = "A chunk is cut in the middle where it begins inside a function, or does not parse by itself."
TOKENS_A_DOLLAR = 50e6  # text-embedding-3-small: $0.02 for a million tokens
CHARACTERS_A_TOKEN = 4


def create(folder: Path | None = None) -> Chunking:
    """Return the experiment.

    Args:
        folder: The folder of the real package. The default is the calculator of this library.
    """
    return Chunking(folder or Path(__file__).parents[1] / "tools" / "_calculator")


def chunkers() -> tuple[Chunker, ...]:
    """Return the three registered chunkers, and the hybrid."""
    plain: list[Chunker] = [plugin("code.chunkers", name)() for name in ("function", "block", "line")]
    return (*plain, HybridChunker(plain[0], plain[1]))


@dataclass(frozen=True, slots=True)
class Chunking:
    """Every chunker on the same code with the same questions.

    Attributes:
        folder: The folder of the real package.
        name: The name of the experiment.
    """

    folder: Path
    name: str = "chunking"

    def run(self, embedders: tuple[Named, ...]) -> Report:
        """Run the experiment.

        Raises:
            ConfigError: The folder has no Python function with a docstring.
        """
        files, targets = repository(self.folder)
        strategies = chunkers()
        notes = [
            measure(each, chunker, samples().notes, notes_targets()) for each in embedders for chunker in strategies
        ]
        real = [measure(each, chunker, files, targets) for each in embedders for chunker in strategies]
        counts = {
            path: {each.name: len(pieces_of(each, {path: text})) for each in strategies}
            for path, text in samples().notes.items()
        }
        broken = {chunker.name: broken_of(pieces_of(chunker, files), files) for chunker in strategies}
        answers = [*_expected_counts(counts), *(one for each in embedders for one in _answers(each.name, real, notes))]
        best = max(real, key=lambda each: (each.f1, each.mrr))
        return Report(
            self.name,
            "Chunking: by function, by block, by line",
            f"The notes' two functions, and {len(files)} files of the package {self.folder.name} ({sum(len(text.splitlines()) for text in files.values()):,} lines) "
            f"with {len(targets)} questions, each the first sentence of a docstring that was taken out. The first {TOP_K} "
            "chunks are returned, by cosine alone.",
            (
                _measures_section(
                    "The notes' two functions", "chunking-notes", notes, _counts_table(strategies, counts)
                ),
                _measures_section("A real package", "chunking-package", real),
                _pros_section(real, broken),
                _costs_section(real),
                _broken_section(broken, strategies, files),
                _edges_section(strategies),
            ),
            tuple(answers),
            f"Chunk by {best.strategy}: with {best.embedder} it balances precision and coverage best on the real package "
            f"(F1 {best.f1:.3f}, MRR {best.mrr:.3f}), and {len(broken[best.strategy]):,} of its {best.chunks:,} "
            "chunks are cut in the middle of something.",
            _confidence(embedders, real),
            tuple(_edge(chunker) for chunker in strategies),
            (
                ("chunking strategy", f"{best.strategy} (F1 {best.f1:.3f})"),
                (
                    "context",
                    f"about {TOP_K * best.characters // best.chunks // CHARACTERS_A_TOKEN:,} tokens for {TOP_K} chunks",
                ),
            ),
        )


def _answers(name: str, real: Sequence[Measured], notes: Sequence[Measured]) -> list[Answer]:
    own = [each for each in real if each.embedder == name]
    best, worst = max(own, key=lambda each: each.f1), min(own, key=lambda each: each.f1)
    on_notes = max((each for each in notes if each.embedder == name), key=lambda each: each.f1)
    hybrid = next(each for each in own if each.strategy == "hybrid")
    plain = max((each for each in own if each.strategy != "hybrid"), key=lambda each: each.f1)
    first, last = max(own, key=lambda each: each.mrr), min(own, key=lambda each: each.mrr)
    rule = "the highest F1 of precision and coverage, in lines"
    return [
        Answer(f"{name}: which strategy won, and why?", f"{best.strategy} on the package (precision {best.precision:.3f}, coverage {best.coverage:.3f}, chunks of {best.mean_lines:.1f} lines on average); {on_notes.strategy} on the notes' two functions", rule),
        Answer(f"{name}: how much does chunking matter?", f"F1 {worst.f1:.3f} ({worst.strategy}) to {best.f1:.3f} ({best.strategy}); finding the place at all, MRR {last.mrr:.3f} ({last.strategy}) to {first.mrr:.3f} ({first.strategy})", "the worst and the best strategy"),
        Answer(f"{name}: does a hybrid do better?", f"{'yes' if hybrid.f1 > plain.f1 else 'no'}: F1 {hybrid.f1:.3f} against {plain.f1:.3f} ({plain.strategy}), for {hybrid.chunks:,} embeddings against {plain.chunks:,}", rule),
    ]  # fmt: skip


def _expected_counts(counts: Mapping[str, Mapping[str, int]]) -> list[Answer]:
    return [
        Answer(
            f"{path}: {least}{f' to {most}' if most < MANY else ' or more'} blocks, and {by_lines} chunks by lines?",
            f"{counts[path]['block']} blocks, {counts[path]['line']} by lines, {counts[path]['function']} by function",
            "the number of chunks, against what the notes expect",
            least <= counts[path]["block"] <= most and counts[path]["line"] == by_lines,
        )
        for path, least, most, by_lines in EXPECTED
    ]


def _counts_table(strategies: Sequence[Chunker], counts: Mapping[str, Mapping[str, int]]) -> Table:
    rows = [(path, len(text.splitlines()), *counts[path].values()) for path, text in samples().notes.items()]
    return table(("file", "lines", *(each.name for each in strategies)), rows, "Chunks by each strategy")


def _measures_section(heading: str, figure: str, measured: Sequence[Measured], *more: Block) -> Section:
    columns = attrgetter("embedder", "strategy", "chunks", "mean_lines", "precision", "coverage", "f1", "mrr")
    labels = list(dict.fromkeys(each.strategy for each in measured))
    several = len({each.embedder for each in measured}) > 1
    series = {
        f"{kind}{f', {name}' if several else ''}": [getattr(each, kind) for each in measured if each.embedder == name]
        for name in dict.fromkeys(each.embedder for each in measured)
        for kind in ("precision", "coverage")
    }
    caption = f"{heading}: shares of lines in the first {TOP_K} chunks."
    header = ("embedder", "strategy", "chunks", "mean lines", f"precision@{TOP_K}", f"coverage@{TOP_K}", "F1", "MRR")
    plot = _plots.bars(figure, caption, labels, series)
    return section(heading, plot, table(header, map(columns, measured)), *more)


def _pros_section(measured: Sequence[Measured], broken: Mapping[str, Sequence[Chunk]]) -> Section:
    """The measures in which each chunker is best and worst, over all embedders."""
    measures: dict[str, dict[str, float]] = {}
    for each in measured:
        own = measures.setdefault(each.strategy, {})
        for what, value in zip(MEASURES, (each.precision, each.coverage, each.mrr), strict=True):
            own[what] = own.get(what, 0.0) + value
        own["few embeddings"], own["whole chunks"] = -each.chunks, -len(broken[each.strategy]) / each.chunks
    rows = []
    for strategy, own in measures.items():
        ranks = {what: sum(other[what] > value for other in measures.values()) for what, value in own.items()}
        last = len(measures) - 1
        best, worst = ([what for what, rank in ranks.items() if rank == at] for at in (0, last))
        rows.append((strategy, ", ".join(best) or "nothing", ", ".join(worst) or "nothing"))
    return section("Pros and cons", table(("strategy", "best at", "worst at"), rows))


def _costs_section(measured: Sequence[Measured]) -> Section:
    columns = attrgetter("embedder", "strategy", "chunks", "dimension")
    rows = [
        (
            *columns(each),
            f"{each.kilobytes:,.0f}",
            f"{1e3 * each.characters / CHARACTERS_A_TOKEN / TOKENS_A_DOLLAR:.2f}",
        )
        for each in measured
    ]
    series = {
        f"{each.embedder}, {each.strategy}": ([each.kilobytes], [each.f1])
        for each in measured
        if each.embedder == measured[0].embedder
    }
    price = "at OpenAI's price, $ per thousand such packages"
    header = ("embedder", "strategy", "embeddings", "numbers in each", "stored, kB", price)
    plot = _plots.scatter("chunking-cost", "What a better answer costs to store.", series, ("kilobytes", "F1"))
    return section("Cost", plot, table(header, rows))


def _broken_section(
    broken: Mapping[str, Sequence[Chunk]], strategies: Sequence[Chunker], files: Mapping[str, str]
) -> Section:
    rows = [(each.name, len(pieces_of(each, files)), len(broken[each.name])) for each in strategies]
    blocks: list[Block] = [table(("strategy", "chunks", "cut in the middle"), rows, CUT)]
    for name, chunks in broken.items():
        if chunks:
            first = chunks[0]
            blocks += [f"{name}, {first.path} lines {first.start_line}–{first.end_line}:", Code(first.text)]
    return section("Broken semantics", *blocks)


def _edges_section(strategies: Sequence[Chunker]) -> Section:
    rows = [
        (case, *("{} of {}".format(*_cut(chunker, text)) for chunker in strategies))
        for case, text in samples().edges.items()
    ]
    return section(
        "Edge cases that break chunkers",
        table(("case", *(each.name for each in strategies)), rows, "Chunks cut in the middle, of all."),
    )


def _cut(chunker: Chunker, text: str) -> tuple[int, int]:
    """How many chunks of a text are broken, and how many there are."""
    chunks = chunker.chunks("case.py", text)
    return len(broken_of(chunks, {"case.py": text})), len(chunks)


def _edge(chunker: Chunker) -> tuple[str, str, str]:
    """The case with the most broken chunks of this chunker."""
    counts = {case: _cut(chunker, text)[0] for case, text in samples().edges.items()}
    worst = max(counts, key=lambda case: counts[case])
    mitigation = {
        "function": "split long functions at their blocks, and keep the name with each part",
        "block": "store the name of the enclosing function with each block",
        "line": "do not cut by lines alone where a grammar is installed",
    }.get(chunker.name, "fall back to one level where the other has nothing to add")
    return f"{chunker.name}: {worst}", f"{counts[worst]} chunks cut in the middle", mitigation


def _confidence(embedders: Sequence[Named], real: Sequence[Measured]) -> str:
    winners = {
        each.name: max((m for m in real if m.embedder == each.name), key=lambda m: m.f1).strategy for each in embedders
    }
    if len(set(winners.values())) == 1:
        return f"{'medium: every embedder agrees' if len(embedders) > 1 else 'low: one embedder'}, on one package"
    return "low: " + ", ".join(f"{name} prefers {strategy}" for name, strategy in winners.items())
