"""Words that two texts share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.guidance.overlap import (
    Rarity,
    alike,
    content_words,
    is_familiar,
    place_of_mention,
    words_in,
    written_words,
)


def test_words_of_names_are_split_and_empty_words_left_out():
    assert words_in("getUserId find.flights_2b") == ["get", "user", "id", "find", "flights", "2", "b"]
    assert content_words("Find me the cheapest flights, flights to Oslo for 2") == ["cheapest", "flights", "oslo"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("calculate", "calculation", True),
        ("cat", "cats", True),
        ("cats", "cat", True),
        ("flight", "flights", True),
        ("car", "card", False),
        ("up", "ups", False),
        ("interest", "international", False),
        ("weather", "wealth", False),
    ],
)
def test_words_with_one_stem_are_alike(one: str, other: str, same: bool):
    assert alike(one, other) == same


@given(st.text(max_size=12), st.text(max_size=12))
def test_alike_is_symmetric_and_true_of_itself(one: str, other: str):
    assert alike(one, one)
    assert alike(one, other) == alike(other, one)


@pytest.mark.parametrize(
    ("question", "value", "place"),
    [
        ("a lightly active person", "lightly active", 1),
        ("an active life, lightly", "lightly active", 1),
        ("plants in a garden", "A", None),
        ("vitamin A in carrots", "A", 1),
        ("pets allowed", "Pet-friendly", None),
        ("two sentences", "", None),
        ("from cm to inches", "cm", 1),
        ("is it off", "off", 2),
    ],
)
def test_a_question_mentions_a_value_if_it_has_all_its_words(question: str, value: str, place: int | None):
    assert place_of_mention(written_words(question), value) == place


def test_a_rare_word_says_more():
    rarity = Rarity(99, {"calculate": 50})
    assert rarity.of("mitochondria") == 1.0
    assert rarity.of("calculate") < 0.2
    assert rarity.shared(["calculate", "mitochondria"], ["mitochondrial"]) > 0.8
    assert rarity.shared([], ["x"]) == 0.0
    assert is_familiar("The")
    assert not is_familiar("Oslo")
