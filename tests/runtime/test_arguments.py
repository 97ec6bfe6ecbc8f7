"""How a call's argument becomes the values of a function's parameters."""

from __future__ import annotations

import inspect
import json
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, get_type_hints

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from orchestrator.core.errors import ToolError
from orchestrator.runtime.arguments import FunctionParameters


class Unit(Enum):
    CELSIUS = "c"
    FAHRENHEIT = "f"


@dataclass
class Place:
    city: str
    country: str = "NO"


class Booking(BaseModel):
    name: str
    seats: int


def parameters(function: Any) -> FunctionParameters:
    return FunctionParameters(inspect.signature(function), get_type_hints(function, include_extras=True), {})


def read(function: Any, argument: str) -> tuple[Any, ...]:
    """What the function is called with, defaults included."""
    bound = inspect.signature(function).bind(**parameters(function).read(argument))
    bound.apply_defaults()
    return bound.args


def forecast(city: str, days: int = 1) -> None: ...


def many(day: date, at: time, unit: Unit, level: Literal["low", "high"], price: Decimal | None = None) -> None: ...


def lists(tags: list[str], sizes: dict[str, float] | None = None, on: bool = False) -> None: ...


def bounded(count: Annotated[int, Field(gt=0, le=9)], word: Annotated[str, Field(min_length=2)] = "ok") -> None: ...


def note(text: str, title: str = "", stars: int = 0) -> None: ...


def square(number: float) -> None: ...


def book(booking: Booking) -> None: ...


def place(place: Place, note: str = "") -> None: ...


@pytest.mark.parametrize(
    ("function", "argument", "values"),
    [
        (forecast, "city=Oslo, days=3", ("Oslo", 3)),
        (forecast, "city=Oslo,days=3", ("Oslo", 3)),
        (forecast, "days=3; city=Oslo", ("Oslo", 3)),
        (forecast, "city: Oslo\ndays: 3", ("Oslo", 3)),
        (forecast, "city = Oslo", ("Oslo", 1)),
        (forecast, "city=Paris, France, days=3", ("Paris, France", 3)),
        (forecast, "city='Paris, days=9', days=3", ("Paris, days=9", 3)),
        (forecast, 'city="a \\"b\\" c", days=3', ('a "b" c', 3)),
        (forecast, "city=St. John's, days='3'", ("St. John's", 3)),
        (forecast, "'city'='Oslo', 'days'=3", ("Oslo", 3)),
        (forecast, "city=a=b, days=3", ("a=b", 3)),
        (forecast, "city=Oslo, days=3,", ("Oslo", 3)),
        (forecast, "Oslo, 3", ("Oslo", 3)),
        (forecast, "Oslo", ("Oslo", 1)),
        (forecast, "Paris, France", ("Paris, France", 1)),
        (forecast, 'a "b, c', ('a "b, c', 1)),
        (forecast, '"a, b', ('"a, b', 1)),
        (forecast, "London, Paris, Rome", ("London, Paris, Rome", 1)),
        (forecast, '"Paris, France", 3', ("Paris, France", 3)),
        (note, "hello, world", ("hello, world", "", 0)),
        (note, "hello, world, 3", ("hello, world, 3", "", 0)),
        (note, "a, b, c, d", ("a, b, c, d", "", 0)),
        (note, "text=hello, title=world", ("hello", "world", 0)),
        (note, "hello", ("hello", "", 0)),
        (forecast, '{"city": "Oslo", "days": 3}', ("Oslo", 3)),
        (forecast, '{"city": "Oslo", "days": "3"}', ("Oslo", 3)),
        (forecast, '{"city": 17}', ("17", 1)),
        (square, "2.5", (2.5,)),
        (square, "number=2.5", (2.5,)),
        (square, '{"number": 2.5}', (2.5,)),
        (
            many,
            "day=2026-11-24, at=09:30, unit=c, level=low",
            (date(2026, 11, 24), time(9, 30), Unit.CELSIUS, "low", None),
        ),
        (
            many,
            "2026-11-24, 09:30, f, high, 1.50",
            (date(2026, 11, 24), time(9, 30), Unit.FAHRENHEIT, "high", Decimal("1.50")),
        ),
        (lists, 'tags=["a, b", "c"], on=yes', (["a, b", "c"], None, True)),
        (lists, '{"tags": ["a"], "sizes": {"x": 1}}', (["a"], {"x": 1.0}, False)),
        (bounded, "9, hello", (9, "hello")),
        (book, '{"name": "Ada", "seats": 2}', (Booking(name="Ada", seats=2),)),
        (book, 'booking={"name": "Ada", "seats": "2"}', (Booking(name="Ada", seats=2),)),
        (place, 'place={"city": "Bergen"}, note=[urgent] today', (Place("Bergen"), "[urgent] today")),
    ],
)
def test_an_argument_is_read_by_name_by_position_or_as_json(function, argument, values):
    assert read(function, argument) == values


TEXTS = st.text("ab, \"';3", min_size=1).map(str.strip).filter(bool)


@given(TEXTS)
@example("one, two, three, 3")
def test_an_optional_text_is_never_filled_by_its_place(argument):
    assert read(note, argument)[1:] == ("", 0)


@pytest.mark.parametrize(
    ("function", "argument", "says"),
    [
        (forecast, "city=Oslo, days=soon", 'days: write number, not "soon"'),
        (forecast, "days=3", "city is missing; write city=text, days=number (optional)"),
        (forecast, "Paris, France, 3", "3 values for 2 names; write city="),
        (many, "2026-11-24, 09:30", "2 values for 5 names; write day="),
        (forecast, "city=Oslo, city=Rome", "city is given twice"),
        (forecast, '{"city": "Oslo", "when": 3}', "there is no 'when'"),
        (forecast, '{"city": "Oslo"', "not valid JSON"),
        (forecast, '{"a":' * 5_000, "JSON"),
        (forecast, '{"city": null}', "city: write text, not null"),
        (bounded, "count=10", "count: 10 is greater than the maximum of 9"),
        (bounded, "1, a", "word: 'a' is too short"),
        (many, "day=today, at=09:30, unit=c, level=low", "day: "),
        (many, "2026-11-24, 09:30, x, high", "unit: "),
        (lists, "tags=a", "tags: "),
        (book, "Ada", "booking: "),
        (book, '{"name": "Ada"}', "booking: seats is missing"),
        (square, "two", 'number: write number, not "two"'),
    ],
)
def test_what_does_not_fit_is_told_with_the_way_to_write_it(function, argument, says):
    with pytest.raises(ToolError) as caught:
        read(function, argument)
    assert says in str(caught.value)
    assert "write " in str(caught.value)
    assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize(
    ("function", "syntax"),
    [
        (forecast, "city=text, days=number (optional)"),
        (square, "number"),
        (many, "day=YYYY-MM-DD, at=HH:MM, unit=c|f, level=low|high, price=number|text (optional)"),
        (lists, "tags=[text, …], sizes={…} (optional), on=true|false (optional)"),
        (bounded, "count=number, word=text (optional)"),
        (book, '{"name": text, "seats": number}'),
    ],
)
def test_the_prompt_shows_how_to_write_it(function, syntax):
    assert parameters(function).syntax == syntax


VALUES = st.text(st.characters(blacklist_characters="\"'\\", blacklist_categories=("Cs", "Cc", "Z")), min_size=1)


@given(VALUES, st.integers())
def test_what_is_written_by_name_in_quotes_or_as_json_comes_back_whatever_it_holds(city, days):
    assert read(forecast, f'city="{city}", days={days}') == (city, days)
    assert read(forecast, json.dumps({"city": city, "days": days})) == (city, days)


@given(st.text(st.sampled_from("citydays=:,;{}[]\"'\\ \n\t19"), max_size=60))
def test_any_text_gives_values_or_a_tool_error(text):
    for function in (forecast, many, lists, book):
        try:
            assert read(function, text)
        except ToolError as error:
            assert "write " in str(error)  # noqa: PT017


@pytest.mark.parametrize(
    "text", ["\n" * 20_000, "city=" + " " * 20_000, "city=," * 4_000, "'" * 20_000, "city='" + "\\" * 20_000]
)
def test_a_long_argument_takes_no_longer_than_its_length(text):
    with pytest.raises(ToolError):
        read(lists, text + "x")
