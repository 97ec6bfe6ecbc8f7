from __future__ import annotations

from collections import Counter
from math import log1p

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.code.index.postings import K1, B, Postings, Triples, hashes, top

documents = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), min_size=1, max_size=12)


def made(docs: list[list[str]]) -> Postings:
    terms = hashes(term for doc in docs for term in doc)
    return Postings.made(Triples.counted(terms, np.repeat(np.arange(len(docs)), [len(doc) for doc in docs])), len(docs))


def bm25(docs: list[list[str]], query: list[str]) -> list[float]:
    """The formula, word for word."""
    mean = sum(map(len, docs)) / len(docs) or 1.0
    scores = []
    for doc in docs:
        counts, score = Counter(doc), 0.0
        for term in query:
            held = sum(term in each for each in docs)
            rarity = log1p((len(docs) - held + 0.5) / (held + 0.5))
            score += rarity * (K1 + 1) * counts[term] / (counts[term] + K1 * (1 - B + B * len(doc) / mean))
        scores.append(score)
    return scores


@given(documents, st.lists(st.sampled_from("abcdefghxyz"), unique=True, max_size=5))
def test_the_scores_are_those_of_the_formula(docs, query):
    np.testing.assert_allclose(made(docs).scores(hashes(query)), bm25(docs, query), rtol=1e-4, atol=1e-6)


@given(documents, documents, st.data())
def test_changed_postings_are_those_made_anew(before, added, data):
    """Some documents go, the others change places as they like, and new ones come between them."""
    kept = data.draw(st.lists(st.sampled_from(range(len(before))), unique=True))
    order = data.draw(st.permutations([("old", at) for at in kept] + [("new", at) for at in range(len(added))]))
    after = [before[at] if kind == "old" else added[at] for kind, at in order]
    places = np.array([order.index(("old", at)) if at in kept else -1 for at in range(len(before))])
    news = [order.index(("new", at)) for at in range(len(added))]
    terms = hashes(term for doc in added for term in doc)
    triples = Triples.counted(terms, np.repeat(news, [len(doc) for doc in added]))
    the_same(made(before).changed(places, triples, len(after)), made(after))


@given(documents, st.data())
def test_postings_over_groups_are_those_of_the_documents_put_together(docs, data):
    groups = np.array(sorted(data.draw(st.lists(st.integers(0, 4), min_size=len(docs), max_size=len(docs)))), np.int32)
    together = [
        [term for doc, at in zip(docs, groups, strict=True) if at == group for term in doc] for group in range(5)
    ]
    the_same(made(docs).over(groups, 5), made(together))


def the_same(one: Postings, other: Postings) -> None:
    for part in Postings.__slots__:
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))
        assert getattr(one, part).dtype == getattr(other, part).dtype, part


@given(documents, st.sampled_from("abcz"))
def test_holding_lists_the_documents_with_a_term(docs, term):
    assert made(docs).holding(term) == [at for at, doc in enumerate(docs) if term in doc]


def test_postings_are_saved_and_mapped_back(tmp_path):
    postings = made([["a", "b"], ["b"]])
    postings.save(tmp_path, "x")
    loaded = Postings.load(tmp_path, "x")
    np.testing.assert_array_equal(loaded.scores(hashes(["a", "b"])), postings.scores(hashes(["a", "b"])))


@given(st.lists(st.floats(0, 5, width=32), max_size=300), st.integers(1, 20))
def test_top_is_the_head_of_a_stable_sort_without_the_zeros(scores, count):
    array = np.array(scores, np.float32)
    expected = sorted((at for at, score in enumerate(scores) if score > 0), key=lambda at: (-scores[at], at))[:count]
    assert top(array, count).tolist() == expected


def test_among_very_many_documents_too(monkeypatch):
    monkeypatch.setattr("orchestrator.code.index.postings.MANY", 3)
    test_top_is_the_head_of_a_stable_sort_without_the_zeros()
    docs = [["rare", "common"], *([["common"]] * 20)]
    found = made(docs).scores(hashes(["rare", "common"]))
    assert found[0] > 0
    assert not found[1:].any()
    assert made(docs).scores(hashes(["common"])).all()


def test_a_term_has_the_same_number_on_every_machine():
    assert hashes(["session"]).tolist() == [13_089_018_033_905_596_452]


@pytest.mark.parametrize("docs", [[[]], [[], []]])
def test_documents_without_words_are_no_trouble(docs):
    assert made(docs).scores(hashes(["a"])).tolist() == [0.0] * len(docs)
