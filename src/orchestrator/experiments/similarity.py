"""Experiment 2: cosine and Euclidean distance, written from scratch, checked with numpy and scipy. Knows no files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from math import sqrt
from typing import TYPE_CHECKING

from orchestrator.experiments import _plots
from orchestrator.experiments._data import Ratings, inputs, rated_words
from orchestrator.experiments._embedders import Named
from orchestrator.experiments._measures import cosine, euclidean, mean, rank_share
from orchestrator.experiments._report import Answer, Report, Section, section, table
from orchestrator.experiments._vectors import Similarities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PAIRS = (("cat", "feline"), ("cat", "car"), ("happy", "sad"))
SEED = 7
RANDOM_PAIRS = 1_000
LARGEST_STRETCH = 5.0  # magnitudes are drawn between 1 and this


def create() -> Similarity:
    """Return the experiment."""
    return Similarity()


class Similarity:
    """Both measures on random vectors, the notes' pairs, people's ratings, and vectors of different lengths."""

    name = "similarity"

    def run(self, embedders: tuple[Named, ...]) -> Report:
        """Run the experiment."""
        error = largest_error()
        ratings = rated_words()
        measured = [_Measured.of(each, ratings) for each in embedders]
        answers = [_correct(error), _zero()]
        for each in measured:
            answers += [*each.expectations(), each.intuition(), each.magnitude()]
        kept = mean([each.overlap for each in measured])
        return Report(
            self.name,
            "Cosine against Euclidean distance",
            f"Both written from scratch; compared on {RANDOM_PAIRS:,} random pairs of vectors, on the notes' pairs and on "
            f"{len(ratings.pairs)} pairs of words: {ratings.source}.",
            (_pairs_section(measured), _ratings_section(measured, ratings), _magnitude_section(measured)),
            (*answers, _verdict(measured)),
            "The search uses cosine. On vectors of unit length both give the same order, since d² = 2 − 2·cos; where "
            f"lengths differ, Euclidean distance keeps only {kept:.0%} of the nearest five, and cosine all of them.",
            "high for the measures (checked to rounding); for the meaning of single pairs only as high as the embedder is good",
            (
                ("a zero vector", "it has no direction: a division by zero", "cosine raises an error that says so"),
                ("very large or very small numbers", "squares overflow or vanish", "both scale by the largest part first"),
                ("vectors of two embedders", "their axes mean different things", "a different length is an error; the same length is not seen, so an index keeps the embedder's name"),
            ),
            (("metric", "cosine"),),
        )  # fmt: skip


def largest_error() -> float:
    """Return the largest difference from numpy and scipy over 1,000 random pairs of very different lengths."""
    import numpy as np  # noqa: PLC0415 - in the extra `code`
    from scipy.spatial import distance  # noqa: PLC0415 - in the extra `experiments`

    random = np.random.default_rng(SEED)
    worst = 0.0
    for _ in range(RANDOM_PAIRS):
        width = int(random.integers(1, 513))
        one, other = random.normal(size=(2, width)) * 10.0 ** random.integers(-3, 4, size=(2, 1))
        by_numpy = float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
        ours, apart = cosine(one.tolist(), other.tolist()), euclidean(one.tolist(), other.tolist())
        worst = max(worst, abs(ours - by_numpy), abs(ours - (1 - float(distance.cosine(one, other)))))
        for theirs in (float(np.linalg.norm(one - other)), float(distance.euclidean(one, other))):
            worst = max(worst, abs(apart - theirs) / max(1.0, theirs))
    return worst


@dataclass(frozen=True, slots=True)
class _Measured:
    """The measures of one embedder on the rated pairs that it knows.

    ``agreement`` is Spearman's rank correlation with the ratings: of cosine, of Euclidean distance, and of Euclidean
    distance between stretched vectors. ``overlap`` is the share of the nearest five that Euclidean distance keeps when
    vectors are stretched.
    """

    name: str
    words: Similarities
    cosines: tuple[float, ...]
    distances: tuple[float, ...]
    stretched_distances: tuple[float, ...]
    ratings: tuple[float, ...]
    agreement: tuple[float, float, float]
    overlap: float
    unknown: int

    @classmethod
    def of(cls, embedder: Named, ratings: Ratings) -> _Measured:
        import numpy as np  # noqa: PLC0415 - in the extra `code`

        one = embedder.encode([pair[0] for pair in ratings.pairs])
        other = embedder.encode([pair[1] for pair in ratings.pairs])
        known = one.any(axis=1) & other.any(axis=1)
        one, other, rated = one[known], other[known], np.array(ratings.ratings)[known]
        random = np.random.default_rng(SEED)
        longer, longer_other = (each * random.uniform(1, LARGEST_STRETCH, (len(each), 1)) for each in (one, other))
        cosines, distances = _both(one, other)
        _, stretched = _both(longer, longer_other)
        agreement = (
            _spearman(cosines, rated), _spearman([-d for d in distances], rated), _spearman([-d for d in stretched], rated)
        )  # fmt: skip
        words = Similarities.of(
            embedder, list(dict.fromkeys([*inputs().words, *(word for pair in PAIRS for word in pair)]))
        )
        return cls(
            embedder.name, words, tuple(cosines), tuple(distances), tuple(stretched), tuple(rated.tolist()), agreement,
            _overlap(embedder), int((~known).sum()),
        )  # fmt: skip

    def expectations(self) -> list[Answer]:
        cat, car, sad = (self.words.between(*pair) for pair in PAIRS)
        others = [value for word in inputs().words[1:] if (value := self.words.between("cat", word)) is not None]
        everything = self.words.all_pairs()
        return [
            _expected(self.name, "is cat–feline very high?", cat, "above cat with every other word of the notes",
                      lambda value: all(value > other for other in others)),
            _expected(self.name, "is cat–car low, and its distance large?", car, "below the median of all pairs",
                      lambda value: rank_share(value, everything) <= 0.5),
            _expected(self.name, "is happy–sad negative?", sad, "below zero", lambda value: value < 0),
        ]  # fmt: skip

    def intuition(self) -> Answer:
        by_cosine, by_distance, stretched = self.agreement
        return Answer(
            f"{self.name}: which captures intuition better?",
            f"agreement with the ratings (Spearman): cosine {by_cosine:.3f}, Euclidean {by_distance:.3f} on unit vectors, "
            f"{stretched:.3f} on vectors of different lengths ({self.unknown} pairs unknown)",
            "the higher rank correlation; equal on unit vectors by d² = 2 − 2·cos",
        )

    def magnitude(self) -> Answer:
        return Answer(
            f"{self.name}: how does magnitude change search results?",
            f"with vectors stretched up to {LARGEST_STRETCH:g} times, Euclidean distance keeps {self.overlap:.0%} of the "
            "nearest five; cosine keeps 100%",
            "mean overlap of the five nearest words before and after, over all words of the larger set",
        )


def _expected(name: str, question: str, value: float | None, rule: str, holds: Callable[[float], bool]) -> Answer:
    if value is None:
        return Answer(f"{name}: {question}", "no vector: the embedder does not know these words", rule, held=False)
    return Answer(f"{name}: {question}", f"cosine {value:.3f}, distance {_apart(value):.3f}", rule, holds(value))


def _apart(value: float) -> float:
    """The Euclidean distance of two unit vectors with this cosine."""
    return sqrt(max(0.0, 2 - 2 * value))


def _both(one: NDArray[np.float64], other: NDArray[np.float64]) -> tuple[list[float], list[float]]:
    rows = list(zip(one.tolist(), other.tolist(), strict=True))
    return [cosine(a, b) for a, b in rows], [euclidean(a, b) for a, b in rows]


def _spearman(values: list[float], rated: NDArray[np.float64]) -> float:
    from scipy.stats import spearmanr  # noqa: PLC0415 - in the extra `experiments`

    if len(values) < 3 or len(set(values)) == 1:
        return 0.0  # nothing to rank
    # Rounded: on unit vectors both measures give the same order, and only the last digit separates ties.
    return float(spearmanr([round(value, 9) for value in values], rated).statistic)


def _overlap(embedder: Named) -> float:
    import numpy as np  # noqa: PLC0415 - in the extra `code`

    vectors = embedder.encode([*chain(*inputs().groups.values(), *inputs().phrases)])
    vectors = vectors[vectors.any(axis=1)]
    stretched = vectors * np.random.default_rng(SEED).uniform(1, LARGEST_STRETCH, (len(vectors), 1))
    return mean([_kept(vectors, stretched, row) for row in range(len(vectors))])


def _kept(vectors: NDArray[np.float64], stretched: NDArray[np.float64], row: int) -> float:
    before, after = (
        {at for _, at in sorted((euclidean(each[row].tolist(), other.tolist()), at) for at, other in enumerate(each) if at != row)[:5]}
        for each in (vectors, stretched)
    )  # fmt: skip
    return len(before & after) / len(before) if before else 1.0


def _correct(error: float) -> Answer:
    return Answer(
        "Do both agree with numpy and scipy?",
        "yes, to rounding" if error < 1e-9 else f"no: {error:.1e} apart",
        f"the largest difference over {RANDOM_PAIRS:,} random pairs of 1 to 512 numbers is below 1e-9",
        error < 1e-9,
    )


def _zero() -> Answer:
    try:
        cosine([0.0, 0.0], [1.0, 0.0])
    except ValueError as problem:
        return Answer("What does a zero vector give?", f"an error: {problem}", "the call itself", held=True)
    return Answer("What does a zero vector give?", "a number, which has no meaning", "the call itself", held=False)


def _verdict(measured: list[_Measured]) -> Answer:
    gain = mean([each.agreement[0] - each.agreement[2] for each in measured])
    return Answer(
        "When is Euclidean better or worse, and why is cosine the standard?",
        f"on unit vectors they rank alike; on vectors of different lengths Euclidean loses {gain:.3f} of agreement with the "
        "ratings. It would be better only where length itself means something. Length mostly says how much text there was, "
        "so the direction is compared",
        "the mean difference of the rank correlations over the embedders",
    )


def _pairs_section(measured: list[_Measured]) -> Section:
    rows = [
        (each.name, f"{one}–{other}", value, None if value is None else _apart(value))
        for each in measured
        for one, other in PAIRS
        for value in [each.words.between(one, other)]
    ]
    return section("The notes' pairs", table(("embedder", "pair", "cosine", "Euclidean"), rows))


def _ratings_section(measured: list[_Measured], ratings: Ratings) -> Section:
    series = {each.name: (each.ratings, each.cosines) for each in measured}
    caption = f"Cosine against the rating of each pair: {ratings.source}."
    return section(
        "Agreement with ratings",
        _plots.scatter("similarity-ratings", caption, series, ("rating", "cosine"), apart=True),
        table(
            ("embedder", "cosine", "Euclidean, unit", "Euclidean, stretched", "unknown pairs"),
            [(each.name, *each.agreement, each.unknown) for each in measured],
            "Spearman's rank correlation",
        ),
    )


def _magnitude_section(measured: list[_Measured]) -> Section:
    first = measured[0]
    series = {"unit length": (first.cosines, first.distances), "stretched": (first.cosines, first.stretched_distances)}
    caption = f"{first.name}: on unit vectors distance is a function of cosine; on others it is not."
    labels = [each.name for each in measured]
    kept = {"Euclidean": [each.overlap for each in measured], "cosine": [1.0 for _ in measured]}
    return section(
        "Magnitude",
        _plots.scatter("similarity-magnitude", caption, series, ("cosine", "Euclidean distance")),
        _plots.bars("similarity-kept", "Share of the nearest five kept when vectors are stretched.", labels, kept),
    )
