"""Words that are recognised though some of their letters are others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.policy.likeness import Vocabulary

WORDS = Vocabulary(["street", "husband", "because", "elm", "überall", "дома"])


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("street", "street"),
        ("streets", "street"),
        ("xstreet", "street"),
        ("xstreety", "street"),
        ("teerts", "street"),
        ("eetstray", "street"),
        ("striit", "street"),
        ("strt", "street"),
        ("hasbund", "husband"),
        ("because7", "because"),
        ("überallx", "überall"),
        ("xдома", "дома"),
    ],
)
def test_a_word_with_a_few_other_letters_is_recognised(written, word):
    assert WORDS.word(written) == word


@pytest.mark.parametrize("written", ["stress", "elm", "elms", "band", "streetlamps", "becomes", "s", "", "s" * 90])
def test_other_words_are_not(written):
    assert WORDS.word(written) is None


@given(st.from_regex(r"[a-z]{4,10}", fullmatch=True), st.text("abcxyz", max_size=2), st.integers(0, 10))
def test_two_letters_may_be_added_anywhere(word, added, at):
    assert Vocabulary([word]).word(word[:at] + added + word[at:]) == word
