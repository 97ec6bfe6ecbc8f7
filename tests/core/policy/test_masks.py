"""Secrets of which only the letters or only the digits stand."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.policy.folding import squeezed, unleeted, without_gaps
from orchestrator.core.policy.masks import in_other_letters, in_words

SECRET = squeezed("kx7Qv92mTzLp4")


def spoken(text: str) -> bool:
    return in_words(SECRET, without_gaps(unleeted(text)), 7)


@pytest.mark.parametrize(
    "text",
    [
        "kx seven Qv nine two mTzLp four",
        "kxsiebenQvneunzweimTzLpvier",
        "weather kx-sept-Qv-neuf-deux-mTzLp-quatre in oslo",
        "kx siete qv nueve dos mtzlp cuatro",
        "KX SEITSEMÄN QV YHDEKSÄN KAKSI MTZLP NELJÄ",
        "kx семь qv девять два mtzlp четыре",
        "kx7 qv nine 2 mtzlp",
    ],
)
def test_digits_in_words_of_any_language_are_digits(text):
    assert spoken(text)


@pytest.mark.parametrize(
    "text", ["weather in oslo", "kx and qv", "mTzLp", "kx then a far longer text and then qv mtzlp", ""]
)
def test_a_few_letters_of_it_are_not_the_secret(text):
    assert not spoken(text)


def test_a_plain_word_with_a_number_is_not_found_by_its_word():
    for secret in ("windows11", "windows11x", "41112222", "office365for2"):
        assert not in_words(secret, "windowsandlinuxofficesuiteforhome", 5)


@pytest.mark.parametrize("text", ["lc7qb92ztxlq4", "weather ab7CD92efghi4 oslo", "яж7фы92ждлор4", "qv7-kx-92-tzlpm-4"])
def test_other_letters_between_the_same_digits_are_the_secret(text):
    assert in_other_letters(SECRET, squeezed(text))


@pytest.mark.parametrize("text", ["ab7cd92ef", "7 92 4", "ab8cd92efghi4", "ab7cd92efghi44", "ab7cde92fghi4"])
def test_other_digits_or_places_are_not(text):
    assert not in_other_letters(SECRET, squeezed(text))


@pytest.mark.parametrize("secret", ["41112222", "abc1234", "a1b2cdefgh", "ops99812"])
def test_a_number_with_few_letters_around_it_has_no_mask(secret):
    assert not in_other_letters(secret, secret)


@given(st.from_regex(r"[a-z]{3}[0-9][a-z]{4}[0-9]{1,2}[a-z]{3}", fullmatch=True), st.text("xyz", max_size=9))
def test_any_words_for_the_digits_are_found(secret, around):
    said = "".join(f"{character}und" if character.isdigit() else character for character in secret)
    said = "".join("sechs" if character.isdigit() else character for character in said)
    assert in_words(secret, unleeted(f"{around}{said}{around}"), len(secret))


def test_the_work_is_linear_in_a_text_of_the_same_letter():
    def seconds(size: int) -> float:
        began = process_time()
        in_words("a1b1a1b1a1b1a1b1a1b1ccc", "ab" * size, 11)
        in_words("a1b1a1b1a1b1a1b1a1b1ccc", "ab" * size + "ccc", 11)
        return process_time() - began

    short, long = (min(seconds(size) for _ in range(2)) for size in (200, 2_000))
    assert long < 40 * max(short, 1e-3)
