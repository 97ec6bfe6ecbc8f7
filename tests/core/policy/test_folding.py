"""Which texts are equal if case, accents, styles and look-alike letters do not count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.policy.folding import folded, squeezed, unleeted, words


@pytest.mark.parametrize(
    "text",
    [
        "Launch Code 47",
        "ｌａｕｎｃｈ ｃｏｄｅ ４７",
        "láuñch cödé 47",
        "la\u0301unch co\u0308de 47",
        "l\u200bau\u00adnch co\u2060de 47",
        "𝓁𝒶𝓊𝓃𝒸𝒽 𝔠𝔬𝔡𝔢 𝟜𝟟",
        "ʟᴀᴜɴᴄʜ ᴄᴏᴅᴇ ٤٧",
        "🅻🅰🆄🅽🅲🅷 🅲🅾🅳🅴 ४७",
        "lаunсh соdе 47",  # Cyrillic а, с, о, е
        "⠇⠁⠥⠝⠉⠓ ⠉⠕⠙⠑ 47",
        "".join(chr(0xE0000 + ord(character)) for character in "launch") + " code 47",
    ],
)
def test_the_same_words_in_other_letters_are_the_same(text):
    assert folded(text) == "launch code 47"
    assert squeezed(text) == "launchcode47"
    assert words(text) == ["launch", "code", "47"]


def test_letters_of_other_languages_stay_what_they_are():
    assert words("Søren, 東京 и Київ!") == ["soren", "東京", folded("и"), folded("Київ")]
    assert squeezed("한국어 हिन्दी") == "한국어हनद"


def test_digits_that_are_written_for_letters_are_letters():
    assert unleeted("7h3 m3rg3r") == unleeted("the merger")
    assert unleeted("p@$$w0rd!") == unleeted("passwordi")


@given(st.text())
def test_every_text_can_be_folded_and_folding_twice_changes_no_letter(text):
    assert squeezed(squeezed(text)) == squeezed(text)
