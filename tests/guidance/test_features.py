"""What a question shows about its calculation: facts and words, of the whole, of each number, of each two."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.numbers import numbers_in
from orchestrator.guidance.features import NUMBER, ParsedQuestion, of_number, of_pairs, of_the_whole, parse
from orchestrator.guidance.interpretations import Interpretation
from orchestrator.guidance.units import facts


def reading(question: str) -> ParsedQuestion:
    return parse(question, Interpretation(tuple(numbers_in(question))))


def test_numbers_become_one_sign_and_words_lose_their_endings():
    assert reading("Tom’s 12 boxes hold 3 apples each.").tokens == (
        *("tom", "#", "box", "hold", "#", "appl", "each", "."),
    )


def test_what_a_number_counts_is_read_off_the_words_behind_it():
    assert reading("I pay $5 for 3 big red pens, 20% less, 7 euros and 9: fine").units == ("$", "red", "%", "$", "")
    assert reading("12 percent of it and 4").units == ("%", "")


def test_what_is_asked_for_and_in_which_sentence():
    asked = reading("There are 30 cows. How many more cows than 12 are there? Tell me.")
    assert (asked.asked, asked.asking) == ("cow", 1)
    assert asked.question_words()[0] == "how"
    assert reading("How far is it in 3 hours?").asked == "far"
    assert reading("Add 3 and 4").asked == ""


def test_facts_name_order_multiples_units_and_what_is_asked():
    facts = of_pairs(reading("A box holds 12 eggs. How many boxes for 180 eggs?"))[0, 1].facts
    assert {"smaller", "divisor", "same unit", "two sentences", "divisor and same unit", "apart 1"} <= facts
    assert {"larger", "multiple"} <= of_pairs(reading("90 and 30"))[0, 1].facts
    assert {"equal", "one fraction", "other fraction"} <= of_pairs(reading("1.5 and 1.5"))[0, 1].facts
    assert "multiple" not in of_pairs(reading("8 and 0 then"))[0, 1].facts
    assert "other asked" in of_pairs(reading("2 bags and 5 nuts, how many nuts"))[0, 1].facts
    assert "other %" in of_pairs(reading("80 and 5%"))[0, 1].facts


def test_facts_of_a_number_name_its_place_and_size():
    asked = reading("Ann has 9 cows. How many cows are 4 cows less?")
    assert {"first", "largest", "asked", "shared unit", "place 0 of 2"} <= of_number(asked, 0).facts
    assert {"last", "smallest", "in the question", "not first"} <= of_number(asked, 1).facts
    assert "unit $" in of_number(reading("$4"), 0).facts


def test_a_number_like_a_year_and_a_unit_that_is_named_again_are_facts():
    asked = reading("Since 1932 it lent 40 books. How many books is it?")
    assert "like a year" in of_number(asked, 0).facts
    assert {"unit told again", "unit in the question"} <= of_number(asked, 1).facts
    assert (
        not {"like a year", "unit told again", "unit in the question"}
        & of_number(reading("1932.5 men. How many?"), 0).facts
    )


def test_a_fact_is_told_behind_the_question_and_says_which_way_it_is_needed():
    question = "How many minutes are 7 hours"
    numbers = Interpretation(tuple(numbers_in(question)), tuple(facts(question)))
    found = parse(question, numbers)
    assert found.tokens[-5:] == (";", "hour", "=", NUMBER, "minut")
    assert found.asking == 0
    assert {"fact", "asked"} <= of_number(found, 1).facts
    assert "fact" in of_pairs(found)[0, 1].facts
    assert "fact" not in of_number(found, 0).facts


def test_words_around_a_number_end_with_its_sentence():
    words = of_number(reading("He lost. She gave 4 away! Then left"), 0).words
    assert {"before gav", "before 1 gav", "after away", "beside gav #", "beside # away", "with she"} <= words
    assert "before lost" not in words
    assert "after left" not in words


def test_words_of_the_whole_hold_neighbours_and_for_two_numbers_their_order():
    features = of_the_whole(reading("take 4 from 9"))
    assert {"word tak", "pair # from", "three # from #", "skip tak from", "smaller from"} <= features.words
    assert {"numbers 2", "order [0, 1]"} <= features.facts
    assert not any(fact.startswith("order") for fact in of_the_whole(reading("1 2 3 4 5")).facts)


def test_words_of_two_numbers_say_on_which_side_they_stand():
    words = of_pairs(reading("sold 4 and got 9 now"))[0, 1].words
    assert {"before sold", "between got", "after now", "pair between # and", "in front sold, got"} <= words


@given(st.text(max_size=80) | st.text(alphabet="# 0123456789.,%$twoİabc?", max_size=60))
def test_any_text_is_read_with_a_place_for_each_number(text):
    found = reading(text)
    assert [found.tokens[at] for at in found.at] == [NUMBER] * len(numbers_in(text))
    assert len(found.at) == len(found.values) == len(found.units)
    of_the_whole(found)
    of_pairs(found)
    for number in range(len(found.at)):
        of_number(found, number)
