"""``@tool``: a function becomes a Tool."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from typing import assert_type

import pytest

from orchestrator import ConfigError, Example, ModelInfo, Orchestrator, Tool, ToolError, tool
from orchestrator.core.chat_template import CHATML
from orchestrator.models.scripted import ScriptedModel
from orchestrator.runtime.registry import load_tools
from orchestrator.runtime.tool_runs import arun_tool, run_tool


@tool
def shout(text: str) -> str:
    """a text in
    capital letters

    More about it, which the model does not read.
    """
    if text == "!":
        raise ToolError("nothing to shout: write words")
    return text.upper()


@tool(
    name="DAYS_TO",
    description="the days until a date",
    syntax="date",
    examples=(Example("How long until the new year?", "2027-01-01, 2026-12-24", "8", "8 days."),),
    multiline=True,
    untrusted=True,
    sends_data=True,
)
async def days_to(day: date, today: date = date(2026, 11, 24)) -> int:
    await asyncio.sleep(0)
    return (day - today).days


def test_name_description_and_syntax_come_from_the_function():
    assert_type(shout, Tool)
    assert (shout.name, shout.description, shout.syntax) == ("SHOUT", "a text in capital letters", "text")
    assert (shout.multiline, shout.untrusted, shout.sends_data, shout.examples) == (False, False, False, ())
    assert load_tools([shout]) == {"SHOUT": shout}


def test_everything_can_be_said_in_the_decorator():
    assert_type(days_to, Tool)
    assert (days_to.name, days_to.description, days_to.syntax) == ("DAYS_TO", "the days until a date", "date")
    assert days_to.multiline
    assert days_to.untrusted
    assert days_to.sends_data
    assert days_to.examples[0].result == "8"


def test_a_function_of_one_text_gets_the_argument_as_it_stands():
    assert run_tool(shout, 'text=a, "b" {c}').result == 'TEXT=A, "B" {C}'


def test_a_tool_error_goes_to_the_model_and_of_any_other_exception_only_the_kind(tool_bugs):
    result = run_tool(shout, "!")
    assert (result.ok, result.result) == (False, "nothing to shout: write words")

    @tool
    def broken(text: str) -> str:
        """breaks"""
        raise KeyError(text)

    with pytest.raises(KeyError):
        broken.run("x")
    result = run_tool(broken, "secret")
    assert (result.ok, result.result) == (False, "it failed (KeyError); write something else, or answer without it")
    assert "KeyError: 'secret'" in tool_bugs.pop()


@pytest.mark.parametrize("how", ["sync", "async"])
def test_an_async_function_works_in_both_worlds(how):
    assert inspect.iscoroutinefunction(days_to.run)
    result = run_tool(days_to, "2026-12-24") if how == "sync" else asyncio.run(arun_tool(days_to, "2026-12-24"))
    assert result.result == "30"
    wrong = run_tool(days_to, "soon") if how == "sync" else asyncio.run(arun_tool(days_to, "soon"))
    assert not wrong.ok
    assert "write day=YYYY-MM-DD" in wrong.result


CIRCLE: list[object] = []
CIRCLE.append(CIRCLE)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a", "a"),
        (3, "3"),
        (True, "True"),
        (None, "None"),
        ({"é": [1, None]}, '{"é": [1, null]}'),
        ([date(2026, 1, 2)], '["2026-01-02"]'),
        ({(1, 2): "a"}, "{(1, 2): 'a'}"),
        (CIRCLE, "[[...]]"),
    ],
)
def test_what_a_function_returns_is_shown_as_text_or_json(value, shown):
    @tool
    def give(text: str) -> object:
        """gives"""
        return value

    assert run_tool(give, "x").result == shown


def test_methods_partials_lambdas_and_callable_objects_work():
    class Shop:
        def price(self, item: str, count: int = 1) -> float:
            """what an item costs"""
            return 1.5 * count

        def __call__(self, item: str) -> str:
            """whether there is any"""
            return f"{item}: yes"

    priced = tool(Shop().price)
    assert (priced.name, priced.syntax) == ("PRICE", "item=text, count=number (optional)")
    assert run_tool(priced, "pear, 2").result == "3.0"
    stock = tool(name="STOCK", description="the stock")(Shop())
    assert run_tool(stock, "pear").result == "pear: yes"
    assert run_tool(tool(name="TWICE", description="twice")(lambda text: text * 2), "ab").result == "abab"
    assert run_tool(tool(name="THREE", description="x")(partial(Shop().price, count=3)), "item=fig").result == "4.5"


def test_partials_and_callable_objects_have_the_name_docstring_and_types_of_what_they_call():
    def area(width: int, height: int) -> int:
        """the area of a rectangle

        Args:
            height: how high it is
        """
        return width * height

    class Stock:
        def __call__(self, item: str) -> str:
            """whether there is any"""
            return f"{item}: yes"

    half = tool(partial(area, 5))
    assert (half.name, half.description, half.syntax) == ("AREA", "the area of a rectangle", "number")
    assert half.parameters is not None
    assert half.parameters["properties"]["height"]["description"] == "how high it is"
    assert run_tool(half, "3").result == "15"
    assert (tool(Stock()).name, tool(Stock()).description) == ("STOCK", "whether there is any")


def test_values_arrive_as_the_annotations_want_them():
    @tool
    def keep(amount: Decimal, tags: set[str] = frozenset()) -> str:  # type: ignore[assignment]
        """keeps"""
        return f"{amount!r} {sorted(tags)}"

    assert run_tool(keep, 'amount=19.90, tags=["x", "x"]').result == "Decimal('19.90') ['x']"
    assert run_tool(keep, "1234567890123456.78").result == "Decimal('1234567890123456.78') []"


def test_a_function_may_take_its_text_by_place_or_by_name_only():
    @tool
    def louder(text: str, /) -> str:
        """says it louder"""
        return text.upper()

    @tool
    def softer(*, text: str) -> str:
        """says it softer"""
        return text.lower()

    @tool
    def price(item: str, /, count: int = 1) -> str:
        """what it costs"""
        return f"{item} {count}"

    assert [run_tool(each, "Ab, 2").result for each in (louder, softer, price)] == ["AB, 2", "ab, 2", "Ab 2"]


def test_examples_may_be_a_list():
    @tool(examples=[Example("How loud is hi?", "hi", "HI", "It is HI.")])
    def shout(text: str) -> str:
        """says it louder"""
        return text.upper()

    info = ModelInfo("small", "raw", CHATML, grammars=True, small=True)
    by_hand = Tool("WHISPER", "says it softer", str.lower, examples=list(shout.examples))  # type: ignore[arg-type]
    for each in (shout, by_hand):
        model = ScriptedModel([f"[{each.name}:hi]", "It is HI."], info=info)
        assert Orchestrator(model, tools=[each]).run("How loud is hi?").answer == "It is HI."


def no_docstring(text: str) -> str:
    return text


def no_parameter() -> str:
    """x"""
    return ""


def any_number(*texts: str) -> str:
    """x"""
    return ""


def yields(text: str) -> Iterator[str]:
    """x"""
    yield text


def unknown_annotation(city: str, when: Nowhere) -> str:  # type: ignore[name-defined]  # noqa: F821
    """x"""
    return ""


def unchecked_annotation(city: str, loop: asyncio.AbstractEventLoop) -> str:
    """x"""
    return ""


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (no_docstring, "NO_DOCSTRING needs a docstring"),
        (no_parameter, "needs one or more named parameters"),
        (any_number, "needs one or more named parameters"),
        (unknown_annotation, "cannot be read: name 'Nowhere'"),
        (unchecked_annotation, "cannot be checked"),
        (3, "cannot be read"),
        (yields, "yields its result: return it as a whole"),
    ],
)
def test_a_function_that_cannot_be_a_tool_is_refused_where_it_is_made(function, says):
    with pytest.raises(ConfigError, match=says):
        tool(function)


def test_an_example_that_does_not_fit_is_refused():
    with pytest.raises(ConfigError, match=r"an example of the tool ADD, 'a, b', does not fit: one: write number, not"):

        @tool(examples=(Example("What is a + b?", "a, b", "?", "?"),))
        def add(one: int, two: int) -> int:
            """adds"""
            return one + two


def test_a_run_tells_the_model_what_did_not_fit_and_goes_on():
    @tool
    def days_to(day: date, today: date = date(2026, 11, 24)) -> int:
        """the days until a date"""
        return (day - today).days

    model = ScriptedModel(["[DAYS_TO:soon]", "[DAYS_TO:day=2026-12-24]", "30 days."])
    asked = Orchestrator(model, tools=[days_to]).run("How long until 24 December?")
    assert [(call.ok, call.result) for call in asked.calls][1] == (True, "30")
    assert "[DAYS_TO_ERROR:day: Input should be a valid date" in asked.text
    assert asked.answer == "30 days."


def test_a_function_of_one_text_needs_no_pydantic():
    code = (
        "import sys; from orchestrator import tool\n@tool\ndef up(text: str) -> str:\n  'x'\n  return text\n"
        "print('pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
