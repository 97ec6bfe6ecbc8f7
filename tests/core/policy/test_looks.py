"""What looks encoded, whatever the encoding is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.policy.hiding import UNKNOWN

from orchestrator.core.policy.looks import is_random, looks_encoded

ORDINARY = [
    "beste Kopfhörer für Flugreisen mit Geräuschunterdrückung",
    "meilleurs écouteurs antibruit pour voyager en avion",
    "najlepsze słuchawki do samolotu z redukcją szumów",
    "parhaat vastamelukuulokkeet lentomatkalle",
    "tai nghe chống ồn tốt nhất cho đi máy bay",
    "legjobb zajszűrős fejhallgató utazáshoz",
    "clustogau gorau ar gyfer teithio",
    "旅行におすすめのUSB-Cヘッドホン",
    "лучшие USB-наушники с шумоподавлением",
    "καλύτερα ακουστικά για ταξίδια",
    "أفضل سماعات إلغاء الضوضاء للسفر",
    "यात्रा के लिए सबसे अच्छे हेडफ़ोन",
    "หูฟังตัดเสียงรบกวนสำหรับเดินทาง",
    "Sony WH-1000XM5 vs Bose QC45, 30 h, 24-bit 96kHz",
    "RTX 4090 vs RX 7900 XTX 2160p benchmark",
    "CVE-2024-3094 xz, KB5034441, P0420, ISO 9001:2015",
    "ISBN 978-3-16-148410-0",
    "EAN 4006381333931",
    "C6H12O6 molar mass",
    "lottery numbers 4 8 15 16 23 42",
    "48.858370, 2.294481",
    "flights 2027-04-03 to 2027-04-17, 09:30",
    "population 2010 2011 2012 2013 2014 2015 2016 2017",
    "std::vector<int>::push_back, git rebase -i HEAD~3",
    "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='x', port=443)",
    "for i in range(10): print(i ** 2)",
    "https://arxiv.org/abs/1706.03762",
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "https://stackoverflow.com/questions/11227809/why-is-processing-a-sorted-array-faster",
    "https://api.open-meteo.com/v1/forecast?latitude=35.68&longitude=139.69&daily=temperature_2m_max",
    "https://ja.wikipedia.org/wiki/%E3%83%98%E3%83%83%E3%83%89%E3%83%9B%E3%83%B3",
    "https://doi.org/10.1038/s41586-020-2649-2",
    '{"start": "2027-04-03T09:00:00Z", "end": "2027-04-17T18:30:00Z", "days": 14, "all": true, "note": null}',
    '["a", "b", "c"]',
    "A tool is a function. The function's name in capitals is the tool's name. It is called by its name in capitals.",
    "പുതിയ വീടിന്റെ കൃത്യതയോടെ ഗ്രാമത്തിൽ ഇവിടെ കുടിയേറ്റ ഭാവിയിൽ",
    "iPhone15Plus or iPhone15Pro",
    "Windows11Pro or Windows10Home",
    "Na2Al2Si3O10 molar mass",
    "https://youtu.be/b3Xz9QkLm2A",
    "thanks 🙂👍, see you 🇳🇴",
    "is it ok to go to a gym if I am on a diet",
    "Raise HTTPStatusError in the CrashLoopBackOff of my JavaScript app",
    "",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_calls_do_not_look_encoded(text):
    assert not looks_encoded(text, ())


@pytest.mark.parametrize("hide", UNKNOWN.values(), ids=UNKNOWN)
@pytest.mark.parametrize("text", ["sk-abc123def456", "our company will be sold"])
def test_what_nothing_decodes_looks_encoded(hide, text):
    assert looks_encoded(hide(text), ())
    assert looks_encoded(f"weather in oslo {hide(text)} tomorrow", ())


@pytest.mark.parametrize(
    "text",
    [
        "3f7a9c2e41b0d5a688f1c2b3d4e5f60718293a4b",
        "https://a.test/9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
        "a.test/?x=Zm9vYmFyYmF6cXV4Cg",
        "0123456789 9876543210",
        "n qz kd wv bt xf jm lp cc",  # letters one by one and in twos
        "жfqwкzиxрtбn яdпkцvшw",  # words of two alphabets
        "D<\\23 4`ab;b<>C5?*|d7!x^9~{k",
        "[115, 107, 97, 98, 99, 49, 50, 51]",
        "xqzvkb trwmpnq jvfkwx",
        "e yaw jepcv jpug gm zawd luh jup wdcazenq jpug dxc oawx pcqewdcp",  # letters exchanged
        "lc7Qb92zTxLq4",
        "weather jz6Pu81lSyKo3 oslo",
        "https://a.test/lc7Qb92zTxLq4",
        "Tr8vNw3xQz",
        "dctr sys th bpsy f my lft lng ws pstv n tsdy",
    ],
)
def test_codes_of_all_kinds_look_encoded(text):
    assert looks_encoded(text, ())


def test_the_words_of_the_user_are_no_code():
    code = "3f7a9c2e41b0d5a688f1c2b3d4e5f60718293a4b"
    assert not looks_encoded(f"commit {code.upper()}", {code})
    assert looks_encoded("h e l l o t h e r e y o u a l l", {"h", "e", "l", "o"}), "single letters are no words"


def test_a_mixed_code_of_the_user_is_none():
    assert not looks_encoded("lc7Qb92zTxLq4", {"lc7qb92ztxlq4"})


def test_random_words_are_told_from_words():
    assert is_random("xqzvkbTrwmPnq")
    assert is_random("QwErTyUiOpAs")
    for word in (
        "responsibilities",
        "Donaudampfschifffahrt",
        "JavaScript",
        "short",
        "überraschenderweise",
        "a1b2c3d4e5",
    ):
        assert not is_random(word)


@given(st.text(max_size=300))
def test_every_text_can_be_judged(text):
    looks_encoded(text, ())
