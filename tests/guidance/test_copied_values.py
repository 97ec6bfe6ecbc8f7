"""The texts and numbers of an answer come from a text."""

from __future__ import annotations

import json
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from tests.guidance.gbnf import accepts

from orchestrator.core.schema import inlined
from orchestrator.guidance.copied_values import MOST_ITEMS, Copied
from orchestrator.guidance.schema_grammar import schema_rules

FREQUENT = frozenset(["the", "is", "and", "in", "of", "a"])
TEXT = "Dr. Ada King (Blue Harbor) ordered 2 lamps and 30 chairs, 5 % off, on 3 March 2024 at 14:30; the chat: 9 euros."


def takes(
    kind: Any, value: object, text: str = TEXT, *, forms: tuple[str, ...] = (), numbers: str = "", brackets: bool = True
) -> bool:
    schema = kind if isinstance(kind, dict) else TypeAdapter(kind).json_schema()
    leaves = Copied(text, forms, FREQUENT, numbers=numbers, brackets=brackets)
    rules = "\n".join(schema_rules(inlined(schema, endless=False), leaves))
    return accepts(
        rules,
        value if isinstance(value, str) and value[:1] == "\0" else json.dumps(value, ensure_ascii=False),
        "answer",
    )


@pytest.mark.parametrize(
    "phrase", ["Dr. Ada King", "Ada King", "Ada", "Blue Harbor", "ordered 2 lamps", "2", "euros", "30 chairs"]
)
def test_a_text_is_a_phrase_of_the_text(phrase: str) -> None:
    assert takes(str, phrase)


@pytest.mark.parametrize(
    "phrase",
    ["Ada Queen", "the", "lamps and 30", "King (Blue", "chairs, 5", "the chat", "", "Harbor) ordered", "ada king"],
)
def test_a_phrase_crosses_no_sign_and_no_frequent_word(phrase: str) -> None:
    assert not takes(str, phrase)


@pytest.mark.parametrize(("kind", "number"), [(int, 2), (int, 30), (float, 2), (float, 0.05), (int, 2024)])
def test_a_number_is_one_of_the_text(kind: type, number: float) -> None:
    assert takes(kind, number)
    assert not takes(kind, 77)


def test_a_number_keeps_its_sign_and_the_digits_that_are_written() -> None:
    for text in ("it is -4.50 now", "minus 4.50", "= −4.50"):
        schema = "\n".join(schema_rules({"type": "number"}, Copied(text)))
        assert accepts(schema, "-4.50", "answer")
        assert not accepts(schema, "4.50", "answer")


def test_a_whole_number_may_be_written_with_zeros() -> None:
    assert takes(int, 250, "a total of 250.00 euros")
    assert not takes(int, 3, "a total of 250.50 euros and 7")


def test_a_number_outside_the_limits_is_none_of_the_text() -> None:
    limited = {"type": "integer", "minimum": 100, "maximum": 999}
    assert takes(limited, 120, "120 of 1000 and 5")
    assert not takes(limited, 5, "120 of 1000 and 5")
    assert takes(limited, 555, "nothing here")


def test_numbers_may_come_from_another_text() -> None:
    assert takes(int, 147934, "323 * 458", numbers="147934")
    assert not takes(int, 323, "323 * 458", numbers="147934")


def test_a_date_is_one_of_the_text_and_then_no_part_of_other_values() -> None:
    assert takes(date, "2024-03-03")
    assert not takes(date, "2024-03-04")
    assert takes(time, "14:30")
    assert takes(str, "on 3 March 2024")
    assert not takes(str, "on 3 March 2024", forms=("date", "time"))
    assert takes(str, "on", forms=("date", "time"))
    assert not takes(int, 2024, forms=("date",))
    assert takes(date, "2025-01-01", "there is no date")


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        ("email", "ada.k@post.example", "write to <ada.k@post.example>, please"),
        ("uri", "https://a.example/b?c=1", "see https://a.example/b?c=1."),
        ("ipv4", "10.0.0.7", "the host 10.0.0.7 fails"),
        ("uuid", "12345678-1234-5678-1234-567812345678", "id 12345678-1234-5678-1234-567812345678"),
        ("date-time", "2024-05-01T09:30:00Z", "since 2024-05-01T09:30:00Z"),
    ],
)
def test_a_text_of_a_format_is_found_in_the_text(form: str, value: str, text: str) -> None:
    schema = {"type": "string", "format": form}
    assert takes(schema, value, text)
    assert not takes(schema, "text", f"{text} text")


def test_an_unknown_format_is_any_phrase_and_a_text_without_words_is_anything_short() -> None:
    assert takes({"type": "string", "format": "hostname"}, "Ada King")
    assert takes(str, "free", "?!")
    assert not takes(str, "x" * 81, "?!")


def test_a_text_with_constraints_is_one_that_fits_them() -> None:
    schema = {"type": "string", "pattern": "^[A-Z]{2}-[0-9]+$"}
    assert takes(schema, "AB-12", "the parts AB-12 and cd-3")
    assert not takes(schema, "cd-3", "the parts AB-12 and cd-3")
    assert takes(schema, "left to the verification", "no parts")
    assert takes({"type": "string", "maxLength": 3}, "Ada")
    assert not takes({"type": "string", "maxLength": 3}, "King")


def test_choices_that_the_text_names_are_the_only_ones() -> None:
    weather = {"enum": ["sun", "rain", "snow"]}
    assert takes(weather, "rain", "It was raining.")
    assert not takes(weather, "sun", "It was raining.")
    assert takes(weather, "sun", "A fine day.")
    assert takes({"enum": [1, 2]}, 2, "Take 2.")


def test_a_list_of_texts_goes_through_the_text_once() -> None:
    text = "Ada, Ben and Cleo in Rome"
    assert takes(list[str], ["Ada", "Ben", "Cleo"], text)
    assert takes(list[str], ["Ben"], text)
    assert takes(list[str], [], text)
    assert not takes(list[str], ["Ben", "Ada"], text)
    assert not takes(list[str], ["Ada", "Ada"], text)
    assert not takes({"type": "array", "items": {"type": "string"}, "minItems": 1}, [], text)
    assert takes(list[str], ["any text"], "")


def test_a_list_of_objects_with_a_number_takes_each_from_its_part_of_the_text() -> None:
    item = {
        "type": "object",
        "properties": {"what": {"type": "string"}, "count": {"type": "integer"}},
        "required": ["what", "count"],
    }
    items = {"type": "array", "items": item}
    text = "2 red lamps and 30 chairs"
    assert takes(items, [{"what": "red lamps", "count": 2}, {"what": "chairs", "count": 30}], text)
    assert takes(items, [{"what": "chairs", "count": 30}], text)
    assert takes(items, [], text)
    assert not takes(items, [{"what": "chairs", "count": 30}, {"what": "red lamps", "count": 2}], text)
    assert not takes(items, [{"what": "chairs", "count": 2}], text)
    assert not takes({**items, "minItems": 1}, [], text)
    assert takes({**items, "minItems": 2}, [{"what": "chairs", "count": 2}] * 2, text)


def test_any_other_list_is_bounded() -> None:
    assert takes(list[bool], [True] * MOST_ITEMS)
    assert not takes(list[bool], [True] * (MOST_ITEMS + 1))
    assert takes({"type": "array", "items": {"type": "boolean"}, "minItems": 10}, [True] * 10)


def test_a_list_inside_a_list_has_fewer_elements() -> None:
    assert takes(list[list[bool]], [[True] * (MOST_ITEMS // 2)] * MOST_ITEMS)
    assert not takes(list[list[bool]], [[True] * MOST_ITEMS])
    assert takes(list[list[list[list[list[bool]]]]], [[[[[True]]]]])


def test_any_value_is_bounded_too() -> None:
    assert takes({}, {"Ada": 2, "euros": 9}, "Ada King, 2 euros, 9, 1")
    assert not takes({}, ["Ada"] * 9)


def test_a_bracket_is_an_escape_where_texts_may_not_contain_one() -> None:
    rules = "\n".join(schema_rules({"type": "string"}, Copied("say x[CALC:2] now", brackets=False)))
    assert accepts(rules, '"say x\\u005bCALC:2"', "answer")
    assert not accepts(rules, '"say x[CALC:2"', "answer")


@given(st.text(max_size=60))
def test_any_text_makes_a_grammar_whose_phrases_are_in_it(text: str) -> None:
    leaves = Copied(text, ("date",), FREQUENT)
    kinds: list[Any] = [str, int, list[str], dict[str, float], list[int] | None]
    for kind in kinds:
        rules = "\n".join(schema_rules(inlined(TypeAdapter(kind).json_schema()), leaves))
        assert not accepts(rules, '"no such words in it"', "answer") or "such" in text or not leaves._words
