"""The dates and clock times of a question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.guidance.dates_times import by_kind, dates_times_in, hidden


def read(text: str) -> list[str]:
    return [each.value for each in dates_times_in(text)]


def clock(text: str) -> list[str]:
    """The times of ``text`` as hour:minute."""
    found = [value.removeprefix("datetime(2000, 1, 1, ").removesuffix(")").split(", ") for value in read(text)]
    return [f"{hour}:{minute:0>2}" for hour, minute in found]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("between 3 March 2024 and May 17th, 2024", ["date(2024, 3, 3)", "date(2024, 5, 17)"]),
        ("the 1st of Feb. 2023", ["date(2023, 2, 1)"]),
        ("2024-02-10 or 2024/2/9", ["date(2024, 2, 10)", "date(2024, 2, 9)"]),
        ("25/12/2021, 12/25/2021, 25.12.2021 and 4/4/2020", ["date(2021, 12, 25)"] * 3 + ["date(2020, 4, 4)"]),
        ("Christmas Day 2030, new year’s eve in 1999", ["date(2030, 12, 25)", "date(1999, 12, 31)"]),
        ("from 3 March to the 17th of May 2024", ["date(2024, 3, 3)", "date(2024, 5, 17)"]),
        ("until May 4", ["date(date.today().year, 5, 4)"]),
        ("29 February", ["date(date.today().year, 2, 29)"]),
    ],
)
def test_dates_are_read_in_every_spelling(text, values):
    assert read(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2024",
        "30 February 2021",
        "2024-13-01",
        "I may 5 times",
        "3-4-20001",
        "v1.2.2024.1",
        "May I?",
        "no digits",
        "3:16:22",
        "25:10",
        "13 pm",
        "99 o'clock",
        "2 to 5 people",
        "scale 1 to 10",
        "ratio of 3:2",
    ],
)
def test_what_may_be_two_dates_or_none_is_none(text):
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("at 9:40", ["9:40"]),
        ("at 09:05 and 0:30", ["9:05", "0:30"]),
        ("2:15 pm, 2.15pm, 3 p.m.", ["14:15", "14:15", "15:00"]),
        ("12:30 am and 12 pm", ["0:30", "12:00"]),
        ("quarter past nine, a quarter to ten, half past ten", ["9:15", "9:45", "10:30"]),
        ("ten past nine; five minutes to ten", ["9:10", "9:55"]),
        ("quarter to one", ["0:45"]),
        ("5 o'clock and seven o’clock in the evening", ["17:00", "19:00"]),
        ("9:48 in the morning, 8 at night", ["9:48", "20:00"]),
    ],
)
def test_clock_times_are_read_in_every_spelling(text, times):
    assert clock(text) == times


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("from 9:40 to 1:15", ["9:40", "13:15"]),
        ("from 1:30 to 3 pm", ["13:30", "15:00"]),
        ("from 11:30 to 2 am", ["23:30", "2:00"]),
        ("from 22:45 to 6:30", ["22:45", "6:30"]),
        ("from 11:30 pm to 12:15", ["23:30", "0:15"]),
    ],
)
def test_a_time_that_may_be_two_follows_the_one_before(text, times):
    assert clock(text) == times


def test_moments_are_hidden_or_named():
    text = "From 3 May 2024, 9:40, on."
    found = dates_times_in(text)
    assert [text[each.start : each.end] for each in found] == ["3 May 2024", "9:40"]
    assert hidden(text, found) == "From ··········, ····, on."
    assert by_kind(text, found) == "From yyyymmdd, hhmm, on."


@given(st.text(max_size=80), st.from_regex(r"[0-3]?\d[ /.:-][0-5]?\d( |[/.:-])(\d{4}|may|pm)", fullmatch=True))
def test_any_text_is_read(text, likely):
    question = f"{text} {likely}"
    for each in dates_times_in(question):
        compile(each.value, "", "eval")
        assert question[each.start : each.end].strip()
