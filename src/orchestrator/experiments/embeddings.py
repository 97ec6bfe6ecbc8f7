"""Experiment 1: how similar words, phrases and code are to embedders. Knows embedders; not files of reports."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from orchestrator.experiments import _plots
from orchestrator.experiments._data import Expectation, inputs
from orchestrator.experiments._embedders import Named
from orchestrator.experiments._measures import mean, rank_share
from orchestrator.experiments._report import Answer, Block, Report, Section, section, table
from orchestrator.experiments._vectors import Similarities

LANGUAGES = ("Python", "JavaScript", "SQL")
CLOSE = 0.95  # a cosine; above it, a paraphrase cannot be distinguished from a copy


def create() -> Embeddings:
    """Return the experiment."""
    return Embeddings()


class Embeddings:
    """Cosines of words, phrases and code."""

    name = "embeddings"

    def run(self, embedders: tuple[Named, ...]) -> Report:
        """Run the experiment."""
        words = {each.name: Similarities.of(each, inputs().words) for each in embedders}
        phrases = {each.name: Similarities.of(each, [*chain(*inputs().phrases)]) for each in embedders}
        code = {each.name: Similarities.of(each, [*inputs().tasks[0].values()]) for each in embedders}
        grouped = {each.name: _Grouped.of(each) for each in embedders}
        answers = [_dimensions(embedders)]
        for name, own in words.items():
            answers += [_expectation(name, own, expected) for expected in inputs().expected]
            answers += [_surprises(name, own), _paraphrases(name, phrases[name], grouped[name])]
            answers.append(_languages(name, code[name], grouped[name]))
        best = max(grouped, key=lambda name: (grouped[name].code, grouped[name].words))
        return Report(
            self.name,
            "Embeddings: words, phrases and code",
            "Cosine similarities of the notes' inputs and of larger sets, for each embedder that can be used here.",
            (_words_section(words), _phrases_section(phrases), _code_section(code), _larger_section(grouped)),
            tuple(answers),
            f"Search code with {best}: of the embedders measured it puts the same job in another language first most "
            f"often ({grouped[best].code:.0%} of {3 * len(inputs().tasks)} snippets). Do not trust any of them to tell opposites "
            "apart, nor a static code model with everyday words that it has never seen.",
            _confidence(answers, len(embedders)),
            _edges(words),
            (("embedding model", f"{best} (same job in another language nearest: {grouped[best].code:.0%})"),),
        )


@dataclass(frozen=True, slots=True)
class _Grouped:
    """The larger sets: how often the nearest neighbour is of the same group, and how many words are unknown."""

    words: float
    phrases: float
    code: float
    unknown: int

    @classmethod
    def of(cls, embedder: Named) -> _Grouped:
        words, words_share = _nearest(embedder, inputs().groups.values())
        _, phrases_share = _nearest(embedder, inputs().phrases + inputs().more_phrases)
        _, code_share = _nearest(embedder, [task.values() for task in inputs().tasks])
        return cls(words_share, phrases_share, code_share, len(words.unknown))


def _nearest(embedder: Named, groups: Collection[Collection[str]]) -> tuple[Similarities, float]:
    """The similarities of all texts, and the share of texts whose nearest text is of their group."""
    similarities = Similarities.of(embedder, [*chain(*groups)])
    return similarities, similarities.nearest_share([at for at, group in enumerate(groups) for _ in group])


def _dimensions(embedders: Sequence[Named]) -> Answer:
    measured = [(each.name, each.encode(["cat", "dog"]).shape[1], each.dimension) for each in embedders]
    return Answer(
        "How many dimensions?",
        ", ".join(f"{name}: {width:,}" for name, width, _ in measured),
        "the width of a vector that the embedder gave, which must be what it says of itself",
        all(width == said for _, width, said in measured),
    )


def _expectation(name: str, words: Similarities, expected: Expectation) -> Answer:
    question = f"{name}: is {_listed([expected.pair])} {expected.wanted}?"
    rule = (
        f"its rank among the 28 pairs lies between {expected.least:.0%} and {expected.most:.0%} (100% is the highest)"
    )
    value = words.between(*expected.pair)
    if value is None:
        return Answer(question, "no vector: the embedder does not know these words", rule, held=False)
    rank = rank_share(value, words.all_pairs())
    return Answer(question, f"cosine {value:.3f}, rank {rank:.0%}", rule, expected.least <= rank <= expected.most)


def _surprises(name: str, words: Similarities) -> Answer:
    known = {pair: value for pair in combinations(inputs().words, 2) if (value := words.between(*pair)) is not None}
    kin = [value for pair, value in known.items() if pair in inputs().related]
    high = [pair for pair, value in known.items() if pair not in inputs().related and kin and value > min(kin)]
    middle = sorted(known.values())[len(known) // 2] if known else 0.0
    low = [pair for pair, value in known.items() if pair in inputs().related and value < middle]
    parts = [f"unexpectedly {what}: {_listed(pairs)}" for what, pairs in (("high", high), ("low", low)) if pairs]
    if words.unknown:
        parts.append(f"no vector at all: {', '.join(words.unknown)}")
    return Answer(
        f"{name}: any surprises among the words?",
        "; ".join(parts) or "none",
        "high: an unrelated pair above the lowest related one; low: a related pair below the median of all",
    )


def _paraphrases(name: str, phrases: Similarities, grouped: _Grouped) -> Answer:
    share = phrases.nearest_share([number for number in range(len(inputs().phrases)) for _ in (0, 1)])
    pairs = [phrases.between(*pair) or 0.0 for pair in inputs().phrases]
    gap = 1 - mean(pairs)
    return Answer(
        f"{name}: do equivalent phrases cluster, and how close is very similar to identical?",
        f"{share:.0%} of the notes' phrases have their equivalent nearest ({grouped.phrases:.0%} of the larger set); "
        f"equivalents lie {gap:.3f} below identical on average",
        f"clustered where every phrase's nearest is its equivalent; a cosine over {CLOSE} counts as identical",
        share == 1,
    )


def _languages(name: str, code: Similarities, grouped: _Grouped) -> Answer:
    return Answer(
        f"{name}: does the same sum cluster in three languages?",
        f"lowest cosine of the three {min(code.all_pairs(), default=0.0):.3f}; over all {len(inputs().tasks)} jobs the nearest snippet does "
        f"the same job for {grouped.code:.0%} of {3 * len(inputs().tasks)}",
        "clusters where the nearest snippet does the same job for more than half of them (by chance: 9%)",
        grouped.code > 0.5,
    )


def _words_section(words: dict[str, Similarities]) -> Section:
    caption = "Cosine of each pair of words; blank where there is no vector."
    matrices = {name: each.matrix for name, each in words.items()}
    blocks: list[Block] = [_plots.heat_maps("embeddings-words", caption, inputs().words, matrices)]
    for name, each in words.items():
        rows = [[word, *line] for word, line in zip(inputs().words, each.matrix, strict=True)]
        blocks.append(table(("", *inputs().words), rows, f"Similarity matrix, {name}"))
    return section("A. Words", *blocks)


def _phrases_section(phrases: dict[str, Similarities]) -> Section:
    labels = [f"{number}{letter}" for number in range(1, len(inputs().phrases) + 1) for letter in "ab"]
    texts = [*chain(*inputs().phrases)]
    caption = "Cosine of each pair of phrases; a and b say the same."
    plot = _plots.heat_maps(
        "embeddings-phrases", caption, labels, {name: each.matrix for name, each in phrases.items()}
    )
    return section("B. Phrases", plot, table(("", "phrase"), zip(labels, texts, strict=True)))


def _code_section(code: dict[str, Similarities]) -> Section:
    pairs = [f"{one}–{other}" for one, other in combinations(LANGUAGES, 2)]
    rows = [
        (name, *(each.matrix[one][other] for one, other in combinations(range(3), 2))) for name, each in code.items()
    ]
    return section("C. The same sum in three languages", table(("embedder", *pairs), rows))


def _larger_section(grouped: dict[str, _Grouped]) -> Section:
    labels = ("words", "phrases", "code")
    shares = {name: (each.words, each.phrases, each.code) for name, each in grouped.items()}
    rows = [(name, *shares[name], each.unknown) for name, each in grouped.items()]
    return section(
        "Larger sets",
        f"{sum(map(len, inputs().groups.values()))} words in {len(inputs().groups)} groups, "
        f"{len(inputs().phrases + inputs().more_phrases)} pairs of phrases, {len(inputs().tasks)} jobs in {len(LANGUAGES)} "
        "languages: how often the nearest neighbour is of the same group, is the equivalent, does the same job.",
        _plots.bars("embeddings-larger", "Share of nearest neighbours that belong.", labels, shares),
        table(("embedder", *labels, "unknown words"), rows),
    )


def _confidence(answers: Sequence[Answer], count: int) -> str:
    judged = [answer.held for answer in answers if answer.held is not None]
    share = mean([float(held) for held in judged])
    level = "high" if count > 1 and share >= 0.8 else "medium" if share >= 0.5 else "low"
    return f"{level} ({sum(judged)} of {len(judged)} expectations held, with {count} embedder{'s' * (count != 1)})"


def _edges(words: dict[str, Similarities]) -> tuple[tuple[str, str, str], ...]:
    edges = []
    for name, each in words.items():
        if each.unknown:
            case = f"{name} does not know {', '.join(each.unknown)}"
            impact = "a vector of zeros: no direction, so no similarity to anything"
            edges.append((case, impact, "treat it as no answer, and search by words (BM25) beside the vectors"))
        value = each.between("happy", "sad")
        if value is not None:
            nearer = sum(other < value for other in each.all_pairs())
            impact = (
                f"cosine {value:.3f}, nearer than {nearer} of the other 27 pairs: enable and disable look alike too"
            )
            mitigation = "search by words beside the vectors, and show the code, not the score"
            edges.append((f"{name}: opposites (happy–sad)", impact, mitigation))
    return tuple(edges)


def _listed(pairs: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{one}–{other}" for one, other in pairs)
