"""Units by all their names, and the facts that tie those of a question together."""

from __future__ import annotations

import pytest

from orchestrator.guidance.units import MOST_FACTS, Fact, canonical, facts


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many minutes are there in 7 hours?", [Fact("hour", "60", "minute")]),
        ("850 g in kg", [Fact("kilogram", "1000", "gram")]),
        ("6 ft 2 in inches", [Fact("foot", "12", "inch")]),
        ("seconds in a day", [Fact("day", "86400", "second")]),
        ("10 inches in cm", [Fact("inch", "2.54", "centimetre")]),
        ("$5 and 20 cents", [Fact("dollar", "100", "cent")]),
        ("90 km/h in metres per second", [Fact("kilometre", "1000", "metre"), Fact("hour", "3600", "second")]),
        ("how many weeks has a year", [Fact("year", "52", "week")]),
        ("3 apples a box", []),
        ("I'm 5 m tall", []),
    ],
)
def test_units_that_are_named_bring_what_one_is_in_the_other(question, expected):
    assert facts(question) == expected


def test_a_fact_that_others_are_made_of_is_left_out():
    assert facts("hours, days and weeks") == [Fact("day", "24", "hour"), Fact("week", "7", "day")]


def test_there_are_at_most_three():
    assert len(facts("second minute hour day week; mm cm m km")) == MOST_FACTS


def test_a_unit_has_one_name():
    assert [canonical(word) for word in ("hrs", "kg", "feet", "apples")] == ["hour", "kilogram", "foot", "apples"]
