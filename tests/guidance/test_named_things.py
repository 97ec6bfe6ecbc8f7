"""Names, quoted texts, identifiers and dates of a question."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.guidance.named_things import named_things
from orchestrator.guidance.overlap import is_familiar
from orchestrator.guidance.question_values import values_of


def things(text: str) -> list[str]:
    return [each.text for each in named_things(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Send it to anna@example.com with the subject 'Lunch at 12'.", ["anna@example.com", "Lunch at 12"]),
        ("the distance between New York City and Washington D.C.", ["New York City", "Washington D.C."]),
        ("a route from Paris, France to Rome, Italy", ["Paris, France", "Rome, Italy"]),
        ("flights to Oslo, Paris and Rome", ["Oslo", "Paris", "Rome"]),
        ("the price of Van Gogh's painting “Starry Night”", ["Van Gogh's", "Starry Night"]),
        ("a room in Hilton New York. Can you find one?", ["Hilton New York"]),
        ("open /tmp/a.txt and rs6034464 at 14:30", ["/tmp/a.txt", "rs6034464", "14:30"]),
        ("a Yamaha P125 piano", ["Yamaha P125"]),
        ("the University of California", ["University of California"]),
        ("it weighs 150lbs and 1.75m, I think", []),
        ("What now? Then what", []),
        ("from x=1 to x=3, 2.5 m", []),
        ('"Can you tell me the way?"', []),
        ("'name':'John Doe' please", ["name", "John Doe"]),
        ("'' is empty", []),
        ("on 2022/08/16 and 3 March", ["2022/08/16", "3 March"]),
    ],
)
def test_things_are_found_whole(text: str, found: list[str]):
    assert things(text) == found


def test_a_date_with_a_year_is_known_in_another_form():
    dates = named_things("from December 13, 2019 to 3 March")
    assert [(each.text, each.also) for each in dates] == [("December 13, 2019", "2019-12-13"), ("3 March", "")]


@given(st.text(alphabet="aBc D.,'\"“”@/-1: 2\n", max_size=80))
def test_things_are_in_order_and_do_not_overlap(text: str):
    found = named_things(text)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(0 <= each.start < each.end <= len(text) for each in found)


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("a stay of 3 nights for 250", ["3", "250"]),
        ("from -2 to 1e-7", ["-2", "1e-7"]),
        ("213 million people on 8.5 million km2", ["213000000", "8500000"]),
        ("1.25 thousand and 0.5 hundred", ["1250", "50"]),
        ("5% of it", ["5", "0.05"]),
        ("3x^2 at 7 m/s^2", ["7"]),
        ("the year 'A 12' and '34'", ["34"]),
        ("on 2022-08-16 at 14:30", []),
        ("twelve eggs", ["12"]),
    ],
)
def test_numbers_are_written_as_json_writes_them(question: str, numbers: list[str]):
    found = values_of(question, is_familiar).numbers
    assert [text for each in found for text in each.written] == numbers


def test_lists_of_numbers_and_doubtful_number_words():
    values = values_of("the two groups 1, 2, and 3, with 5 as (4; 6)", is_familiar)
    assert [[each.written[0] for each in group] for group in values.number_lists] == [["1", "2", "3"], ["4", "6"]]
    assert [each.written[0] for each in values.surest_numbers(1)] == ["1", "2", "3", "5", "4", "6"]
    assert len(values.surest_numbers(7)) == 7
    assert [each.written[0] for each in values.without_lists().numbers] == ["2", "5"]


def test_runs_of_words_begin_and_end_at_words_that_say_something():
    values = values_of("Find the population of turtles in New York with 'a b' now, 0.95", is_familiar)
    assert [values.words[at].last for at in values.starts] == ["population", "turtles", "now"]
    last = {word.last: word for word in values.words}
    assert last["turtles"].may_end
    assert not last["New"].may_end
    assert not last["of"].may_end
    assert not last["with"].may_go_on
    assert [values.goes_on(each) for each in values.texts] == [True, False]
    assert values_of("Weather", is_familiar).starts == [0]
