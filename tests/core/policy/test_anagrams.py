"""The letters of a text in another order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.policy.anagrams import rearranged

SECRET = "skabc123def456"


@pytest.mark.parametrize(
    "order", [SECRET[::-1], SECRET[::2] + SECRET[1::2], SECRET[7:] + SECRET[:7], "".join(sorted(SECRET)), SECRET]
)
def test_any_order_of_all_letters_is_found_between_other_letters(order):
    assert rearranged([SECRET, "another0ne999"], f"weather{order}oslo") == SECRET


@pytest.mark.parametrize("text", ["", "weather in oslo", SECRET[:-1], SECRET[:-1] + "7", "x" * 40])
def test_other_letters_are_not(text):
    assert rearranged([SECRET], text) is None


def test_short_texts_have_the_same_letters_by_chance():
    assert rearranged(["listen"], "silent") is None


def test_equal_sums_of_different_letters_are_told_apart(monkeypatch):
    monkeypatch.setattr("orchestrator.core.policy.anagrams._value", lambda _: 1)
    assert rearranged(["abcdefghij"], "klmnopqrst") is None


@given(st.permutations("abcdefghijkl0123"), st.text("xyz", max_size=9), st.text("xyz", max_size=9))
def test_every_order_is_found(order, before, behind):
    assert rearranged(["abcdefghijkl0123"], before + "".join(order) + behind) == "abcdefghijkl0123"
