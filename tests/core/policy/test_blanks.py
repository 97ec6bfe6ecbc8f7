"""What is written in characters that are not shown, or in blanks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.policy.blanks import hidden_characters, odd_blanks
from orchestrator.core.policy.looks import looks_encoded

SECRET = "kx7Qv92mTzLp4"
NIBBLES = [half for character in SECRET for half in divmod(ord(character), 16)]
BITS = [int(bit) for character in SECRET for bit in f"{ord(character):08b}"]


def bits(zero: str, one: str) -> str:
    return "".join((zero, one)[bit] for bit in BITS)


HIDDEN = {
    "selectors of variants": "".join(chr(0xFE00 + half) for half in NIBBLES),
    "more selectors": "".join(chr(0xE0100 + ord(character) - 16) for character in SECRET),
    "after emoji": "".join(f"🙂{chr(0xFE00 + half)}{chr(0xFE00 + half)}" for half in NIBBLES),
    "Mongolian selectors": bits("\u180b", "\u180c"),
    "joiners": bits("\u200c", "\u200d"),
    "an accent that joins": bits("\u034f", "\u200b"),
    "fillers of Korean": bits("\u3164", "\uffa0"),
    "directions": bits("\u200e", "\u200f"),
    "private characters": "".join(chr(0xF0000 + ord(character)) for character in SECRET),
    "controls": "".join(chr(1 + half) for half in NIBBLES),
    "no characters": "".join(chr(0xFFF80 + half) for half in NIBBLES),
}
BLANKS = {
    "blanks and tabs": bits(" ", "\t"),
    "few blanks and tabs": bits(" ", "\t")[:15],
    "blanks that do not break": bits(" ", "\xa0"),
    "wide blanks": bits("\u2002", "\u2003"),
    "one wide blank a word": " ".join("a" + "\u2009\u200a"[bit] + "b" for bit in BITS),
    "line ends": bits(" ", "\n"),
    "other line ends": bits("\u2028", "\u2029"),
    "numbers of blanks": "".join("x" + " " * (half + 1) for half in NIBBLES),
    "one blank or two": "".join("x" + " " * (bit + 1) for bit in BITS),
    "blanks or tabs between words": "".join("x" + " \t"[bit] for bit in BITS),
    "blanks at the ends of lines": "".join("x" + " " * (half + 1) + "\n" for half in NIBBLES),
}
NEEDED = [
    "می‌خواهم کتاب‌های قدیمی را در کتاب‌خانه‌های شهر بخوانم و نمی‌دانم کجا می‌روند",
    "क्‍ष क्‌ष न्‍य र्‍य द्‍य त्‍र",
    "ശ്രീലങ്കയിൽ‍ അവന്‍ അവര്‍ കണ്‍മണി പാല്‍ തേന്‍",
    "ខ្ញុំ\u200bចង់\u200bទៅ\u200bទីក្រុង\u200bសៀមរាប",
    "❤️ ☀️ ✈️ Oslo 👨‍👩‍👧‍👦 🏳️‍🌈 👩🏽‍🚀",
    "1️⃣ first 2️⃣ second",
    "שלום\u200f! מה\u200e? \u2067טוב\u2069",
]
ORDINARY = [
    "Dear Anna,\n\nplease find below:\n\n    - a train at 09:10\n    - a hotel\n\nBest,\nBob\n",
    "def f(x):\n    if x:\n        for y in x:\n            print(y)\n\n\n    return 1",
    "a:\n\tb\n\t\tc\n\t\t\td\n\t  e\n",
    "name\tprice\nfork\t3\nspoon\t4\n",
    "| name      | price |\n| fork      | 3     |\n| spoon     | 4     |\n| knife     | 5     |",
    "Flight     LH 123\nHotel      Astoria\nNights     4",
    "a line  \nwith hard  \nbreaks  \nin it  \nand  \nmore  \nof  \nthem  \nhere",
    "Two blanks.  After each.  Sentence.  As was.  The custom.",
    "Où est la gare ? À 10 000 € : « oui » ! Vraiment ? Non ! Si ! Comment ? Là !",
    "旅行　ヘッドホン　おすすめ　安い　軽い　人気　最新",
    "line\r\nline\r\n\r\nline",
]


@pytest.mark.parametrize("written", [*HIDDEN.values(), *BLANKS.values()], ids=[*HIDDEN, *BLANKS])
@pytest.mark.parametrize("frame", ["weather {}", "{} weather", "weather {} in Oslo", '{{"q": "weather", "x": "a{}b"}}'])
def test_what_is_written_in_what_is_not_seen_looks_encoded(written, frame):
    assert looks_encoded(frame.format(written), ())


def test_the_blanks_between_the_values_of_an_object_count_too():
    assert looks_encoded('{"q":' + BLANKS["blanks and tabs"] + '"weather"}', ())
    assert not looks_encoded(
        '{\n    "q": "weather",\n    "x": {\n        "y": [\n            1\n        ]\n    }\n}', ()
    )


@pytest.mark.parametrize("text", NEEDED)
def test_what_writing_needs_is_not_hidden(text):
    assert not list(hidden_characters(text))


@pytest.mark.parametrize("text", [*ORDINARY, *NEEDED[:3]])
def test_ordinary_blanks_do_not_look_encoded(text):
    assert not list(hidden_characters(text))
    assert not looks_encoded(text, ())


def test_a_few_of_each_may_be_in_a_text_that_was_pasted():
    assert not looks_encoded("\ufeffwea\u00adther in\u200b Oslo", ())
    assert not looks_encoded("weather   in    Oslo\t\tnow", ())
    assert not looks_encoded("weather\xa0in\xa0Oslo \xa0now", ())


@given(st.lists(st.from_regex(r"[a-z]{1,9}[.!?]?", fullmatch=True)))
def test_words_with_a_blank_between_them_have_no_odd_blanks(words):
    assert not "".join(odd_blanks(" ".join(words)))
    assert not "".join(odd_blanks("\n\n".join(words)))


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    assert set(hidden_characters(text)) <= set(text)
    assert len("".join(odd_blanks(text))) <= 2 * len(text)
