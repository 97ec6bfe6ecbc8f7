"""The ways to read a question's numbers: with and without doubtful words, with and without facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.guidance.interpretations import MOST_NUMBERS, interpretations


def values(question: str) -> list[list[str]]:
    return [numbers.values for numbers in interpretations(question)]


def test_a_word_that_is_often_no_number_is_one_in_half_the_readings():
    assert values("Two friends share 12 sweets") == [["12"], ["2", "12"]]
    assert values("Ann has 12 sweets") == [["12"]]


def test_a_fact_is_offered_and_several_one_by_one_and_together():
    assert values("7 hours in minutes") == [["7"], ["7", "60"]]
    assert values("90 km/h in m/s") == [["90"], ["90", "1000"], ["90", "3600"], ["90", "1000", "3600"]]


@given(
    st.text(alphabet="0123456789 ,.", max_size=60), st.sampled_from(["", " hours in minutes", " two km in m, h in s"])
)
def test_facts_never_make_too_many_numbers(numbers, units):
    for reading in interpretations(numbers + units):
        assert not reading.facts or len(reading.values) <= MOST_NUMBERS
