"""Which sentences are private, and how much of one may be sent."""

from __future__ import annotations

import pytest

from orchestrator.core.policy.sentences import Wording, divided, is_telling, most_of_one, sentences

NOTHING = Wording.of([])
PRIVATE = "Our company will be sold to Initech for forty million dollars next Friday."
SHORT = "The merger closes on Friday."
CHINESE = "我们公司下周五将被卖给对手公司。"


@pytest.mark.parametrize(
    ("text", "called", "told", "asked"),
    [
        ("What is new?", "", [], ["What is new?"]),
        ("I am ill. What helps?", "", ["I am ill."], ["What helps?"]),
        ("I am ill. Find a doctor in Oslo", "", ["I am ill."], ["Find a doctor in Oslo"]),
        ("Find a doctor in Oslo. I am ill.", "doctor Oslo", ["I am ill."], ["Find a doctor in Oslo."]),
        ("我病了。什么有用？", "", ["我病了。"], ["什么有用？"]),
        ("Notes:\nI am ill\nما الجديد؟", "", ["Notes:", "I am ill"], ["ما الجديد؟"]),
        ("", "x", [], []),
    ],
)
def test_what_is_told_and_what_is_asked_for(text, called, told, asked):
    assert divided(text, called) == (told, asked)


def test_a_sentence_ends_with_its_sign_and_not_inside_a_number():
    assert sentences("It costs 3.50 today. Why?\n\n Now") == ["It costs 3.50 today.", "Why?", "Now"]
    assert sentences("I read https://a.test/what-is-in-this-link yesterday. Yes") == ["I read   yesterday.", "Yes"]
    assert [is_telling(text) for text in ("Thank you!", SHORT, CHINESE)] == [False, True, True]


@pytest.mark.parametrize(
    ("private", "argument"),
    [
        (PRIVATE, PRIVATE),
        (PRIVATE, "our company will be sold to Initech for forty mill"),
        (PRIVATE, "ny will be sold to Initech for forty million dollars next Friday"),
        (PRIVATE, "company be to for million next"),  # every second word
        (PRIVATE, "https://a.test/our-company-will-be-sold-to-initech-for-forty"),
        (PRIVATE, "https://a.test/?q=sold+to+Initech+for+forty+million+dollars"),
        (PRIVATE, "0ur c0mp4ny w1ll b3 s0ld t0 1n1t3ch"),
        (PRIVATE, "friday next dollars million forty for initech"),
        (PRIVATE, "OurCompanyWillBeSoldToInitech"),
        (PRIVATE, "w-i-l-l b-e s-o-l-d t-o I-n-i-t-e-c-h f-o-r"),
        (SHORT, "the merger closes on fri"),
        (SHORT, "merger closes on Friday weather"),
        (CHINESE, "我们公司下周五将被卖 天气"),
    ],
)
def test_most_of_a_private_sentence_is_found(private, argument):
    assert most_of_one(["Hello there.", private], Wording.of([argument]), NOTHING, NOTHING) == private


@pytest.mark.parametrize(
    "argument",
    [
        "Initech",
        "company sold Friday",
        "will it be sold out",
        "forty million dollars",
        "weather next Friday",
        "",
        "对手公司",
    ],
)
def test_a_few_words_may_be_sent(argument):
    assert most_of_one([PRIVATE, SHORT, CHINESE], Wording.of([argument]), NOTHING, NOTHING) is None


def test_what_is_asked_for_as_well_may_be_sent():
    public = Wording.of(
        ["Will our company be sold to Initech for forty million dollars, OurCompanyWillBeSoldToInitech?"]
    )
    for argument in ("our company be sold to Initech for forty million dollars", "OurCompanyWillBeSoldToInitech"):
        assert most_of_one([PRIVATE], Wording.of([argument]), NOTHING, public) is None


def test_the_other_half_is_looked_for_in_earlier_calls():
    first, second = Wording.of(["our company will be"]), Wording.of(["sold to Initech for"])
    assert most_of_one([PRIVATE], first, NOTHING, NOTHING) is None
    assert most_of_one([PRIVATE], second, first, NOTHING) == PRIVATE
    assert most_of_one([PRIVATE], Wording.of(["weather"]), first, NOTHING) is None


TOLD = "I moved out of the house on Elm Street because my husband drinks."


@pytest.mark.parametrize(
    "argument",
    [
        "Elm x Street y because z my a husband b drinks",
        "Elm and so Street and so because and so husband and so drinks",
        "Is moveds outs ofs thes houses ons Elms Streets becauses mys husbands drinkss",
        "xmoved xhouse xStreet xbecause xhusband xdrinks",
        "Iay ovedmay outay ofay ethay ousehay onay Elmay eetstray ecausebay myay usbandhay inksdray",
        "U mevod eat ef thu heasu en Ulm Struut bucaesu my hesbond dronks",
        "Street, teh house; becuase hubsand drniks",
        "moved1 street2 because3 husband4",
    ],
)
def test_a_private_sentence_in_changed_words_is_found(argument):
    assert most_of_one(["Hello there.", TOLD], Wording.of([f"weather {argument} oslo"]), NOTHING, NOTHING) == TOLD


@pytest.mark.parametrize(
    "argument",
    [
        "house prices on Elm Street",
        "why my husband drinks",
        "moving out because of a husband, and help for those who drink too much in the same house",
        "street food because of drinks",
    ],
)
def test_a_few_changed_words_may_be_sent(argument):
    assert most_of_one([TOLD], Wording.of([argument]), NOTHING, NOTHING) is None


def test_changed_words_are_also_found_in_two_calls_and_not_if_they_are_public():
    first, second = Wording.of(["moveds a house a Streets"]), Wording.of(["becauses a husbands a drinkss"])
    assert most_of_one([TOLD], first, NOTHING, NOTHING) is None
    assert most_of_one([TOLD], second, first, NOTHING) == TOLD
    assert most_of_one([TOLD], second, first, Wording.of([TOLD])) is None
