"""What looks like a secret, and how much of one gives it away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.policy.secrets import Sent, given_away, secrets

NOTHING = Sent.of([])
KEYS = ["skabc123def456", "annabergprivatexample7", "4111222233334444", "correcthorsebattery42"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("My key is sk-abc123def456.", ["skabc123def456"]),
        ("write to anna@example.com", ["annaexamplecom"]),
        ("card 4111 2222 3333 4444", ["4111222233334444"]),
        ("call 555-0123-99", ["555012399"]),
        ("the token xqzvkbTrwmPnq is", ["xqzvkbtrwmpnq"]),
        ("see https://example.com/a1b2c3d4", []),
        ("A quiet sentence about responsibilities in Zürich, Przemyśl and Reykjavík.", []),
        ("in 2026, 14 of 15", []),
    ],
)
def test_what_looks_like_a_secret(text, found):
    assert secrets(text) == found


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("part", [slice(None, -2), slice(2, None), slice(3, -1), slice(None, None), slice(None, 11)])
def test_a_large_part_gives_a_secret_away(key, part):
    assert given_away(key, Sent.of([f"weather {key[part]} oslo"]), NOTHING, NOTHING)
    assert given_away(key, NOTHING, NOTHING, Sent.of([f"weather {key[part]} oslo"]))


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("sent", ["weather oslo", "", "private garden", "a horse in the garden", "2222", "abc 123"])
def test_a_small_part_does_not(key, sent):
    assert not given_away(key, Sent.of([sent]), NOTHING, Sent.of([sent]))


def test_pieces_in_other_places_count_together():
    assert given_away("skabc123def456", Sent.of(["456? def4 or skab"]), NOTHING, NOTHING)


def test_the_word_of_a_name_with_a_number_is_a_plain_word():
    for secret, word in (("windows11", "windows"), ("python312", "python"), ("annaexamplecom", "example.com")):
        assert not given_away(secret, Sent.of([f"{word} update"]), NOTHING, NOTHING)
        assert given_away(secret, Sent.of([secret]), NOTHING, NOTHING)


def test_another_day_of_the_same_month_is_another_date():
    assert not given_away("20260314", Sent.of(["2026-03-15"]), NOTHING, NOTHING)
    assert given_away("20260314", Sent.of(["2026-03-14"]), NOTHING, NOTHING)


def test_the_other_half_is_looked_for_in_earlier_calls():
    first, second = Sent.of(["skabc1 weather"]), Sent.of(["oslo 3def456"])
    assert not given_away("skabc123def456789", first, NOTHING, NOTHING)
    assert given_away("skabc123def456789", second, first, NOTHING)
    assert not given_away("skabc123def456789", Sent.of(["oslo"]), first, NOTHING)


def test_a_secret_that_was_sent_whole_makes_no_later_call_suspicious():
    assert not given_away("windows11x", Sent.of(["windows"]), Sent.of(["windows11x"]), NOTHING)


@given(st.text("abcdefghij0123456789", min_size=8, max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_the_whole_is_always_given_away(secret, before, behind):
    assert given_away(secret, Sent.of([f"{before} {secret} {behind}"]), NOTHING, NOTHING)
