"""Dates: days between two dates, the weekday some days later, the date some days later (a choice of four)."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from orchestrator.evals.datasets._seeded import seeded
from orchestrator.evals.scorers import auto
from orchestrator.evals.types import Dataset, DatasetOptions, Item

# Not those of the calendar module, which depend on the program's locale.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SPAN = 400  # days
_MONTHS = (  # noqa: SIM905 - a month a line would fill a page
    "January February March April May June July August September October November December"
).split()


def create(options: DatasetOptions) -> Dataset:
    """Return questions of three kinds, made from the seed."""
    return Dataset("dates", seeded("dates", options, _item), auto.score, ("CALCULATOR", "PYTHON"))


def _item(random: Random, name: str) -> Item:
    return random.choice((_between, _weekday, _later))(random, name)


def _between(random: Random, name: str) -> Item:
    first, days = _day(random), random.randint(2, _SPAN)
    last = first + timedelta(days)
    return Item(name, f"How many days are there from {_said(first)} to {_said(last)}?", str(days), kind="days between")


def _weekday(random: Random, name: str) -> Item:
    first, days = _day(random), random.randint(2, _SPAN)
    question = f"{_said(first)} is a {WEEKDAYS[first.weekday()]}. Which day of the week is it {days} days later?"
    return Item(name, question, WEEKDAYS[(first + timedelta(days)).weekday()], WEEKDAYS, "weekday")


def _later(random: Random, name: str) -> Item:
    first, days = _day(random), random.randint(2, _SPAN)
    right = first + timedelta(days)
    near = random.sample([-30, -7, -2, -1, 1, 2, 7, 30, 31], 3)
    choices = [right, *(right + timedelta(off) for off in near)]
    random.shuffle(choices)
    options = "\n".join(f"({letter}) {_said(choice)}" for letter, choice in zip("ABCD", choices, strict=True))
    question = f"Today is {_said(first)}. Which date is it {days} days from today?\nOptions:\n{options}"
    return Item(name, question, f"({'ABCD'[choices.index(right)]})", tuple(map(_said, choices)), "date")


def _day(random: Random) -> date:
    return date(1990, 1, 1) + timedelta(random.randrange(365 * 50))


def _said(day: date) -> str:
    """Such as "March 3, 2021"."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"
