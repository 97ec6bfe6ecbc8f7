"""Calls of tools that have only a JSON schema: which tool, which arguments, how many calls."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.guidance.gbnf import accepts, written

from orchestrator.core.errors import ToolError
from orchestrator.core.schema import Parameters
from orchestrator.core.tool import Example, Tool, ToolHints
from orchestrator.core.types import ToolResult
from orchestrator.guidance.schema_calls import MOST_CALLS, SchemaCalls, has_no_examples, schema_call_grammar
from orchestrator.guidance.schema_evidence import Asked, read_table

TEXT, NUMBER, WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}


def tool(name: str, description: str, properties: dict[str, Any], required: list[str] | None = None) -> Tool:
    schema = {"type": "object", "properties": properties, "required": [*properties] if required is None else required}
    return Tool.from_schema(name, description, schema, lambda **_: "done")


WEATHER = tool(
    "get_weather",
    "Get the weather forecast of a city.",
    {"city": {**TEXT, "description": "The city"}, "days": {**WHOLE, "description": "Number of days"}},
    ["city"],
)
MAIL = tool(
    "send_mail",
    "Send an e-mail.",
    {
        "to": {**TEXT, "description": "Address of the recipient"},
        "subject": {**TEXT, "description": "The subject line"},
        "urgent": {"type": "boolean", "description": "Whether it is urgent. Default is false"},
    },
    ["to", "subject"],
)
GCD = tool("math.gcd", "Compute the greatest common divisor of two numbers.", {"num1": WHOLE, "num2": WHOLE})


def grammar(question: str, *tools: Tool, done: list[ToolResult] | None = None) -> str:
    calls = SchemaCalls(question, tools)
    return schema_call_grammar(calls, calls.wanted(done or []) or list(tools), done or [])


def takes(question: str, one: Tool, arguments: dict[str, Any], done: list[ToolResult] | None = None) -> bool:
    return accepts(grammar(question, one, done=done), f"[{one.name}:{json.dumps(arguments, ensure_ascii=False)}]")


def result(one: Tool, arguments: dict[str, Any], *, ok: bool = True) -> ToolResult:
    return ToolResult(one.name, json.dumps(arguments), "done", ok=ok, seconds=0.0)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What will the weather be in Oslo for the next 3 days?", ["GET_WEATHER"]),
        ("Send an e-mail to anna@example.com with the subject 'Lunch'.", ["SEND_MAIL"]),
        ("What is the greatest common divisor of 12 and 18?", ["MATH_GCD"]),
        ("Who wrote Hamlet?", []),
        ("What is the capital of Norway?", []),
        ("Tell me a joke about penguins.", []),
    ],
)
def test_the_tool_that_the_question_asks_for(question: str, wanted: list[str]):
    assert [each.name for each in SchemaCalls(question, [WEATHER, MAIL, GCD]).wanted([])] == wanted


def test_without_tools_nothing_is_wanted():
    assert SchemaCalls("What is the weather in Oslo?", []).wanted([]) == []


def test_names_and_quoted_texts_are_copied_whole_and_used_once():
    question = "What will the weather be in New York City for the next 3 days?"
    assert takes(question, WEATHER, {"city": "New York City", "days": 3})
    assert not takes(question, WEATHER, {"city": "New York", "days": 3})
    assert not takes(question, WEATHER, {"city": "New York City", "days": 4})
    mail = "Send an urgent e-mail to anna@example.com with the subject 'Lunch at 12'."
    assert takes(mail, MAIL, {"to": "anna@example.com", "subject": "Lunch at 12", "urgent": True})
    assert not takes(mail, MAIL, {"to": "anna@example.com", "subject": "anna@example.com", "urgent": True})
    assert not takes(mail, MAIL, {"to": "anna@example.com", "subject": "Lunch at 12", "urgent": False})


def test_what_the_question_does_not_give_is_left_out():
    assert takes("What is the weather in Oslo?", WEATHER, {"city": "Oslo"})
    assert not takes("What is the weather in Oslo?", WEATHER, {"city": "Oslo", "days": 1})
    assert not takes("Mail 'hi' to bo@example.com", MAIL, {"to": "bo@example.com", "subject": "hi", "urgent": False})


def test_numbered_parameters_go_by_the_order_of_the_question():
    assert takes("What is the gcd of 60 and 45?", GCD, {"num1": 60, "num2": 45})
    assert not takes("What is the gcd of 60 and 45?", GCD, {"num1": 45, "num2": 60})
    root = tool("roots", "Roots of a quadratic equation.", {"a": WHOLE, "b": WHOLE, "c": WHOLE})
    question = "Find the roots of the quadratic equation with coefficients 5, 20, and -25."
    assert takes(question, root, {"a": 5, "b": 20, "c": -25})
    assert not takes(question, root, {"a": 20, "b": 5, "c": -25})


def test_a_number_may_be_used_again_if_there_are_too_few():
    square = tool("area", "Area of a rectangle.", {"width": NUMBER, "height": NUMBER})
    assert takes("What is the area of a square rectangle of 5 m?", square, {"width": 5, "height": 5})
    fall = tool("velocity", "Final velocity of a falling object.", {"initial": NUMBER, "height": NUMBER})
    assert takes("What is the final velocity after a fall from 100 m at rest?", fall, {"initial": 0, "height": 100})


def test_lists():
    mean = tool(
        "mean", "Mean of numbers.", {"data": {"type": "array", "items": NUMBER}, "bins": WHOLE}, ["data", "bins"]
    )
    question = "The mean of the numbers 8, 9.5 and 7 in 5 bins"
    assert takes(question, mean, {"data": [8.0, 9.5, 7.0], "bins": 5})
    assert not takes(question, mean, {"data": [8.0, 9.5, 7.0], "bins": 8})
    apart = "The mean of 8 apples, 9 pears and 7 plums"
    whole = tool("mean", "Mean of numbers.", {"data": {"type": "array", "items": WHOLE}})
    assert takes(apart, whole, {"data": [8, 9, 7]})
    assert not takes(apart, whole, {"data": [9, 8]})
    assert takes("The mean of numbers", whole, {"data": [1, 2]})
    stocks = tool("stocks", "Prices of stocks.", {"companies": {"type": "array", "items": TEXT}})
    assert takes("Prices of the stocks of Apple and Google Inc", stocks, {"companies": ["Apple", "Google Inc"]})
    assert not takes("Prices of the stocks of Apple and Google Inc", stocks, {"companies": ["Apple", "Apple"]})
    assert takes("the", stocks, {"companies": ["the"]})
    stops = tool("route", "A route.", {"start": TEXT, "stops": {"type": "array", "items": TEXT}})
    via = "A route from Oslo with stops at Bergen and Molde"
    assert takes(via, stops, {"start": "Oslo", "stops": ["Bergen", "Molde"]})
    assert not takes(via, stops, {"start": "Oslo", "stops": ["Oslo", "Molde"]})
    menu = tool("menu", "Dishes.", {"diets": {"type": "array", "items": {"type": "string", "enum": ["Vegan", "Fish"]}}})
    assert takes("fish and vegan dishes", menu, {"diets": ["Fish", "Vegan"]})
    assert not takes("fish and vegan dishes", menu, {"diets": ["Fish"]})
    assert takes("dishes", menu, {"diets": ["Vegan"]})
    assert not takes("dishes", menu, {"diets": ["Vegan", "Vegan"]})
    pairs = tool("sum", "Sums.", {"rows": {"type": "array", "items": {"type": "array", "items": WHOLE}}})
    assert takes("the sums of [1, 2] and [3, 4]", pairs, {"rows": [[1, 2], [3, 4]]})


def test_other_kinds_of_values():
    kinds = tool(
        "book",
        "Book a room.",
        {
            "room": {"type": "string", "enum": ["single", "double"]},
            "sea": {"type": "boolean"},
            "guest": {
                "type": "object",
                "properties": {"name": TEXT, "adult": {"type": "boolean"}},
                "required": ["name"],
            },
            "extra": {"type": "object"},
            "day": {**TEXT, "description": "The day as DD.MM.YYYY"},
            "note": {"anyOf": [{"type": "null"}, TEXT]},
        },
        ["room", "guest", "extra", "day"],
    )
    question = "Book a double room for Eva Lind on March 3, 2024."
    good = {"room": "double", "guest": {"name": "Eva Lind"}, "extra": {}, "day": "03.03.2024"}
    assert takes(question, kinds, good)
    assert takes(question, kinds, {**good, "guest": {"name": "Eva Lind", "adult": True}})
    assert not takes(question, kinds, {**good, "room": "single"})
    assert not takes(question, kinds, {**good, "day": "2024-03-03"})
    assert takes("Book a room", tool("book", "Book.", {"nights": WHOLE}), {"nights": 12})
    assert takes("5% of", tool("rate", "Rate.", {"rate": NUMBER}), {"rate": 0.05})
    deep: dict[str, Any] = TEXT
    for _ in range(6):
        deep = {"type": "object", "properties": {"a": deep}, "required": ["a"]}
    assert takes("Oslo now", tool("deep", "Deep.", {"a": deep}), {"a": {"a": {"a": {"a": {}}}}})


def test_what_is_in_the_tools_name_is_no_value():
    shop = tool("walmart.products", "Products of a store.", {"location": TEXT})
    question = "List the products of the Walmart store near Denver"
    assert takes(question, shop, {"location": "Denver"})
    assert not takes(question, shop, {"location": "Walmart"})


def test_another_call_takes_what_is_left():
    question = "What is the greatest common divisor of the pairs (45, 60) and (81, 27)?"
    first = result(GCD, {"num1": 45, "num2": 60})
    calls = SchemaCalls(question, [GCD])
    assert takes(question, GCD, {"num1": 45, "num2": 60})
    assert not takes(question, GCD, {"num1": 45, "num2": 81})
    assert calls.wanted([first]) == [GCD]
    assert takes(question, GCD, {"num1": 81, "num2": 27}, [first])
    second = result(GCD, {"num1": 81, "num2": 27})
    assert calls.wanted([first, second]) == []
    assert calls.wanted([first] * MOST_CALLS) == []
    assert calls.of_these([first, second]) == [first, second]


def test_one_call_is_enough_for_one_question():
    question = "What will the weather be in Oslo for the next 3 days?"
    assert SchemaCalls(question, [WEATHER]).wanted([result(WEATHER, {"city": "Oslo", "days": 3})]) == []


def test_after_an_error_the_same_tool_may_be_called_once_more():
    calls = SchemaCalls("What is the weather in Oslo?", [WEATHER, MAIL])
    failed = result(WEATHER, {"city": "Oslo"}, ok=False)
    assert calls.wanted([failed]) == [WEATHER]
    assert calls.wanted([failed, failed]) == []
    other = ToolResult("CALCULATOR", "1+1", "2", ok=True, seconds=0.0)
    assert calls.wanted([other]) == []
    assert calls.wanted([ToolResult("CALCULATOR", "1+", "wrong", ok=False, seconds=0.0)]) == []


def test_an_argument_that_is_no_json_uses_what_it_says():
    calls = SchemaCalls("What is the gcd of (4, 6) and (8, 12)?", [GCD])
    assert calls.left([ToolResult(GCD.name, "num1=4, num2=6", "2", ok=True, seconds=0.0)]).calls == 1


def test_made_up_examples_are_no_examples():
    example = Example("Weather in Oslo?", "city=Oslo", "sunny", "It is sunny.")
    assert not has_no_examples(Tool("T", "T.", str, (example,)))
    assert has_no_examples(Tool("T", "T.", str, (example,), hints=ToolHints(synthetic=True)))
    assert has_no_examples(WEATHER)


VALUES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.sampled_from(
        [
            TEXT,
            NUMBER,
            WHOLE,
            {"type": "boolean"},
            {"enum": ["a", "b c", 3]},
            {"type": ["string", "null"]},
            {"type": "string", "description": "YYYY-MM-DD"},
        ]
    ),
    lambda inner: st.one_of(
        inner.map(lambda items: {"type": "array", "items": items}),
        st.dictionaries(st.sampled_from("pq"), inner, min_size=1).map(
            lambda each: {"type": "object", "properties": each, "required": [*each][:1]}
        ),
    ),
    max_leaves=3,
)
QUESTION = st.lists(
    st.sampled_from(
        ["Find", "the", "gcd", "of", "12", "-3.5", "5%", "1,", "2", "and", "Oslo", "New York,", "'a \"b'", "x@y.zz",
         "\\n", "March 3, 2024", "a [b]", "ü", "three", "million", "?"]
    ),
    min_size=1,
    max_size=14,
).map(" ".join)  # fmt: skip


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(["num1", "num2", "city", "flag", "with space"]), VALUES, max_size=4),
    QUESTION,
    st.integers(0, 3),
    st.integers(0, 2**16),
)
def test_every_call_that_the_grammar_allows_is_valid(properties: dict[str, Any], question: str, needed: int, seed: int):
    one = tool("math.gcd", "Greatest common divisor.", properties, [*properties][:needed])
    call = written(grammar(question, one), seed)
    argument = call.removeprefix("[MATH_GCD:").removesuffix("]")
    try:
        values = Parameters(one.parameters).read(argument)
    except ToolError as error:
        pytest.fail(f"{argument}: {error}")
    given = {name: value for name, value in json.loads(argument).items() if value is not None}
    assert given == values


@pytest.mark.parametrize(
    ("question", "listed"),
    [
        ("the weather in Oslo and Bergen", True),
        ("the weather in Oslo, Bergen or Molde", True),
        ("from Oslo to Bergen", False),
        ("from Oslo by train to the Bergen line", False),
        ("the weather", False),
    ],
)
def test_names_are_listed_with_nothing_but_and_between_them(question: str, listed: bool):
    assert Asked(question, read_table()).lists_names == listed
