"""What a type of an answer means: its schema, the JSON in a model's words, and the value."""

from __future__ import annotations

import enum
import json
import typing
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any, Literal, NotRequired, TypedDict
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, field_validator

from orchestrator import ConfigError
from orchestrator.core import typed_dicts
from orchestrator.core.output_type import OutputType, asked_for
from orchestrator.core.typed_dicts import readable

BIG = 9_007_199_254_740_993  # no float holds it


class Line(BaseModel):
    product: str
    quantity: int


class Colour(enum.Enum):
    RED = "red"
    TWO = 2


@dataclass
class Trip:
    to: str
    on: date
    at: time | None = None


class Street(TypedDict):
    name: str
    number: NotRequired[int]


class Loose(TypedDict, total=False):
    name: typing.Required[str]
    age: int


class Person(TypedDict):
    name: str
    home: Street
    others: list[Street]
    second: Street | None


class Node(BaseModel):
    value: int
    children: list[Node] = []


class Picky(BaseModel):
    size: int

    @field_validator("size")
    @classmethod
    def _even(cls, value: int) -> int:
        if value == 7:
            raise KeyError("seven")
        if value % 2:
            raise ValueError("odd")
        return value


def of(kind: object) -> OutputType:
    found = OutputType.of(kind)
    assert found
    return found


VALUES = [
    (Line, '{"product": "pen", "quantity": 3}', Line(product="pen", quantity=3)),
    (Trip, '{"to": "Rome", "on": "2024-02-29"}', Trip("Rome", date(2024, 2, 29))),
    (Trip, '{"to": "Rome", "on": "2024-03-01", "at": "09:30"}', Trip("Rome", date(2024, 3, 1), time(9, 30))),
    (Street, '{"name": "High Street"}', {"name": "High Street"}),
    (Loose, '{"name": "A"}', {"name": "A"}),
    (
        Person,
        '{"name": "A", "home": {"name": "B", "number": 3}, "others": [{"name": "C"}], "second": null}',
        {"name": "A", "home": {"name": "B", "number": 3}, "others": [{"name": "C"}], "second": None},
    ),
    (Colour, '"red"', Colour.RED),
    (Colour, "2", Colour.TWO),
    (Literal["yes", "no"], '"no"', "no"),
    (int, str(BIG), BIG),
    (int, str(2**63), 2**63),
    (float, "3", 3.0),
    (bool, "true", True),
    (str, "plain words", "plain words"),
    (list[int], "[1, 2]", [1, 2]),
    (tuple[int, str], '[1, "a"]', (1, "a")),
    (dict[str, int], '{"a": 1}', {"a": 1}),
    (int | None, "null", None),
    (typing.Optional[str], "null", None),  # noqa: UP045 - users write it
    (typing.Union[int, list[str]], '["a"]', ["a"]),  # noqa: UP007
    (Decimal, "19.90", Decimal("19.90")),
    (UUID, '"12345678-1234-5678-1234-567812345678"', UUID("12345678-1234-5678-1234-567812345678")),
    (Node, '{"value": 1, "children": [{"value": 2}]}', Node(value=1, children=[Node(value=2)])),
    (typing.Annotated[list[Street], "streets"], '[{"name": "x"}]', [{"name": "x"}]),
    (Any, '{"a": [1]}', {"a": [1]}),
    (None.__class__, "null", None),
    ({"type": "object", "properties": {"id": {"type": "integer"}}}, f'{{"id": {BIG}}}', {"id": BIG}),
    ({"enum": ["ü", 1]}, '"ü"', "ü"),
    ({}, "[null]", [None]),
]


@pytest.mark.parametrize(("kind", "text", "value"), VALUES, ids=lambda each: str(each)[:40])
def test_the_text_of_a_type_becomes_its_value(kind: object, text: str, value: object) -> None:
    output = of(kind)
    assert output.answer_in(text) == text
    assert output.fault(text) == ""
    found = output.read(text)
    assert found == value
    assert type(found) is type(value)
    assert output.read(text) is found


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (Line, '{"product": "pen"}', "quantity: Field required"),
        (Line, '{"product": "pen", "quantity": "3"}', "quantity: Input should be a valid integer"),
        (Line, '{"product": "pen", "quantity": 3.5}', "quantity: "),
        (Line, '{"product": "pen", "quan', "this is not JSON"),
        (Line, "", "there is no answer"),
        (Line, "[]", "Input should be an object"),
        (int, "three", "this is not JSON"),
        (int, "true", "valid integer"),
        (bool, '"true"', "valid boolean"),
        (float, "NaN", "this is not JSON"),
        (float, "1e999", "this is not JSON"),
        (list[int], '[1, "2"]', "1: Input should be a valid integer"),
        (Literal["a", "b"], '"c"', "'a' or 'b'"),
        (Trip, '{"to": "Rome", "on": "2023-02-29"}', "on: "),
        (Person, '{"name": "A", "home": {}, "others": [], "second": null}', "home.name: Field required"),
        (Picky, '{"size": 3}', "odd"),
        (Picky, '{"size": 7}', "KeyError: 'seven'"),
        ({"type": "object", "required": ["a"]}, "{}", "a is missing"),
        ({"type": "object", "properties": {"a": {"type": "integer"}}}, '{"a": "x"}', 'a: write number, not "x"'),
        ({"type": "array", "maxItems": 1}, "[1, 2]", "too long"),
        (list[int], "[" * 100_000, "this is not JSON"),
    ],
)
def test_a_text_that_does_not_fit_is_told_in_words(kind: object, text: str, words: str) -> None:
    assert words in of(kind).fault(text)
    with pytest.raises(ValueError, match=r"\w"):
        of(kind).read(text)


@pytest.mark.parametrize(
    ("kind", "said", "answer"),
    [
        (list[int], "```json\n[1, 2]\n```", "[1, 2]"),
        (list[int], "Here it is:\n```JSON\n[1, 2]\n```\nAnything else?", "[1, 2]"),
        (Line, '```\n{"product": "pen", "quantity": 3}\n```', '{"product": "pen", "quantity": 3}'),
        (Line, 'The line is {"product": "pen", "quantity": 3}. Good?', '{"product": "pen", "quantity": 3}'),
        (Line, '  {"product": "a } b", "quantity": 3}\n', '{"product": "a } b", "quantity": 3}'),
        (list[str], 'The fruits: ["a", "b"].', '["a", "b"]'),
        (int, '{"value": 4}', "4"),
        (list[int], '{ "value" : [1, 2] }', "[1, 2]"),
        (Literal["yes", "no"], "yes", '"yes"'),
        (date, "2024-05-01", '"2024-05-01"'),
        (str, '  {"a": 1} ', '{"a": 1}'),
    ],
)
def test_what_models_write_around_the_json_is_left_out(kind: object, said: str, answer: str) -> None:
    output = of(kind)
    assert output.answer_in(said) == answer
    assert output.fault(answer) == ""


@pytest.mark.parametrize(
    "said",
    [
        'Either {"product": "pen", "quantity": 3} or {"product": "ink", "quantity": 1}.',
        '```json\n{"product": "a", "quantity": 1}\n```\n```json\n{"product": "b", "quantity": 1}\n```',
        '{"product": "pen", "quantity": 3',
        '{"product": "pen", "quantity": 3} {"product": "ink',
        "I do not know {it}.",
        '{"value": {"product": "pen", "quantity": 3}, "more": 1}',
        '{"value": }',
        '[{"product": "pen", "quantity": 3}]',
        "",
    ],
)
def test_two_answers_half_an_answer_or_none_are_no_answer(said: str) -> None:
    output = of(Line)
    assert output.fault(output.answer_in(said))


@pytest.mark.parametrize("said", ['{"product": "pen"', '["a", ', '"a'])
def test_half_of_a_json_value_is_no_text(said: str) -> None:
    for kind in (Line | str, Any, {"type": ["string", "object"]}):
        assert of(kind).fault(of(kind).answer_in(said))
    assert of(Line | str).answer_in("a pen") == '"a pen"'


def test_an_object_is_not_unwrapped_if_value_is_its_own_field() -> None:
    assert of({"type": "object", "required": ["value"]}).answer_in('{"value": 1}') == '{"value": 1}'
    assert of(dict[str, int]).answer_in('{"value": 1}') == '{"value": 1}'


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (object(), "no JSON schema of output_type"),
        (42, "no JSON schema of output_type 42"),
        ("Line", "no JSON schema"),
        ([int, str], "no JSON schema"),
        (Callable[[int], int], "no JSON schema"),
        (typing.IO, "no JSON schema"),
        (print, "is a function"),
        (lambda: 1, "is a function"),
        ({"type": "nonsense"}, "is no JSON schema: .* at type"),
        ({"type": {1, 2}}, "is no JSON schema"),
        ({"$ref": "#/$defs/lost"}, "refers to #/\\$defs/lost, which is not in it"),
        ({"description": b"x"}, "is no JSON schema"),
        ({"default": object()}, "is no JSON schema"),
    ],
)
def test_what_has_no_schema_is_a_config_error_that_says_what_has_one(kind: object, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        OutputType.of(kind)


def test_no_type_is_no_output_type_and_a_copy_is_the_same() -> None:
    assert OutputType.of(None) is None
    output = of(int)
    assert deepcopy(output) is output


def test_titles_are_left_out_but_not_a_field_of_this_name() -> None:
    class Film(BaseModel):
        title: str
        kind: Literal["title"] = "title"

    schema = of(Film).schema
    assert list(schema["properties"]) == ["title", "kind"]
    assert "title" not in schema
    assert schema["properties"]["title"] == {"type": "string"}
    assert schema["properties"]["kind"]["const"] == "title"


@pytest.mark.parametrize("kind", [int, list[Line], Literal["a"], Line | None, Node | int, bool])
def test_a_server_is_asked_for_an_object_that_holds_what_is_none(kind: object) -> None:
    sent = of(kind).sent
    assert (sent["type"], list(sent["properties"]), sent["required"]) == ("object", ["value"], ["value"])
    assert "$defs" not in sent["properties"]["value"]


def test_an_object_is_asked_for_as_it_is_also_behind_a_reference() -> None:
    assert of(Line).sent == of(Line).schema
    sent = of(Node).sent
    assert (sent["type"], list(sent["properties"])) == ("object", ["value", "children"])
    assert "Node" in sent["$defs"]
    lost = {"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/A"}}}
    assert of(lost).sent["properties"] == {"value": {"$ref": "#/$defs/A"}}


def test_a_decimal_is_a_number_within_its_limits() -> None:
    class Bill(BaseModel):
        total: typing.Annotated[Decimal, typing.Any] = Decimal(0)

    from pydantic import Field

    class Limited(BaseModel):
        total: Decimal = Field(ge=1, lt=10)

    assert of(Bill).schema["properties"]["total"]["type"] == "number"
    assert of(Limited).schema["properties"]["total"] == {"type": "number", "minimum": 1, "exclusiveMaximum": 10}


def test_a_small_model_is_told_the_form_and_any_other_the_schema() -> None:
    assert '{"product": text, "quantity": number}' in asked_for(of(Line), small=True)
    assert json.dumps(of(Line).schema) in asked_for(of(Line), small=False)
    assert asked_for(of(str), small=True) == asked_for(None, small=False) == ""


def test_a_typed_dict_that_holds_itself_stays_as_it_is() -> None:
    inside = (Street,)
    assert readable(Street, inside) is Street
    assert readable(list[int]) == list[int]
    assert readable(int) is int


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda each: st.lists(each) | st.dictionaries(st.text(), each),
    )
)
def test_any_json_is_read_as_it_is(value: object) -> None:
    output = of({})
    text = json.dumps(value)
    assert output.read(output.answer_in(text)) == value


@given(st.text())
def test_no_words_raise_anything_but_a_value_error(said: str) -> None:
    for kind in (int, Line, list[str], Literal["a"], {"type": "object"}):
        output = of(kind)
        assert isinstance(output.fault(output.answer_in(said)), str)


def test_a_typed_dict_made_again_has_the_same_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for needed in (True, False):
        monkeypatch.setattr(typed_dicts, "_NEEDED", needed)
        made = readable(dict[str, Loose | Street])
        assert made if needed else made == dict[str, Loose | Street]
    monkeypatch.setattr(typed_dicts, "_NEEDED", True)
    assert readable(Street).__optional_keys__ == {"number"}
    assert readable(Loose).__required_keys__ == {"name"}
    assert readable(list[int]) == list[int]
    assert readable(Literal["a"]) == Literal["a"]
    assert TypeAdapter(readable(Person)).json_schema()["required"] == ["name", "home", "others", "second"]
