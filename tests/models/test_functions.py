from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.function_calling import example_call, function_call
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.tool import Request, Tool
from orchestrator.core.types import Delta, Message
from orchestrator.core.usage import Count
from orchestrator.models._functions import NOT_MADE, FunctionDialect, as_sent
from orchestrator.models.openai import create
from orchestrator.runtime.registry import load_tools


def said(*events: dict[str, Any], names: Iterable[str] = ()) -> list[Delta]:
    dialect = FunctionDialect(names)
    deltas = [delta for event in events if (delta := dialect.read(event))]
    rest = dialect.rest()
    return [*deltas, rest] if rest else deltas


def calls(*events: dict[str, Any], names: Iterable[str] = ()) -> list[tuple[str, str]]:
    return [(call.name, call.argument) for delta in said(*events, names=names) for call in delta.calls]


def piece(index: int | None = 0, **function: object) -> dict[str, Any]:
    call: dict[str, Any] = {"function": function} | ({} if index is None else {"index": index})
    return {"choices": [{"delta": {"tool_calls": [call]}, "finish_reason": None}]}


def end(reason: str | None = "tool_calls") -> dict[str, Any]:
    return {"choices": [{"delta": {}, "finish_reason": reason}]}


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.integers(1, 7))
def test_a_call_is_the_same_however_its_arguments_were_cut(argument: str, size: int) -> None:
    text = json.dumps({"argument": argument})
    pieces = [piece(arguments=text[at : at + size]) for at in range(0, len(text), size)]
    assert calls(piece(name="CALCULATOR", arguments=""), *pieces, end()) == [("CALCULATOR", argument.strip())]


def test_calls_side_by_side_are_told_apart_by_their_index() -> None:
    events = [
        piece(0, name="A", arguments='{"argument"'),
        piece(1, name="B", arguments='{"argument": "2"}'),
        piece(0, arguments=': "1"}'),
        end(),
    ]
    assert calls(*events) == [("A", "1"), ("B", "2")]


def test_servers_that_send_whole_calls_without_an_index_are_understood() -> None:
    whole = piece(None, name="A", arguments='{"argument": "1"}'), piece(None, name="B", arguments={"argument": "2"})
    assert calls(*whole, end("stop")) == [("A", "1"), ("B", "2")]
    message = {"tool_calls": [{"function": {"name": "A", "arguments": '{"text": "1"}'}}]}
    assert calls({"choices": [{"message": message, "finish_reason": "tool_calls"}]}) == [("A", "1")]


def call(index: object, number: object, name: object, arguments: object) -> dict[str, Any]:
    """A piece of a call. What is None is left out."""
    function = {"name": name, "arguments": arguments}
    fields = {
        "index": index,
        "id": number,
        "function": {key: each for key, each in function.items() if each is not None},
    }
    piece = {key: each for key, each in fields.items() if each is not None}
    return {"choices": [{"delta": {"tool_calls": [piece]}}]}


ONE, TWO = '{"argument": "1"}', '{"argument": "2"}'
FIRST, REST = ONE[:6], ONE[6:]


@pytest.mark.parametrize(
    "pieces",
    [
        [call(0, "a", "A", ONE), call(0, "b", "B", TWO)],  # one index for all
        [call(0, "a", "A", FIRST), call(0, "a", None, REST), call(0, "b", "B", TWO)],
        [call(0, "a", "A", FIRST), call(0, None, None, REST), call(0, "b", "B", TWO)],
        [call(0, "a", "A", ""), call(0, "b", "B", ""), call(0, "a", None, ONE), call(0, "b", None, TWO)],
        [call(0, None, "A", ONE), call(0, None, "B", TWO)],
        [call(0, None, "A", FIRST), call(0, None, "A", REST), call(0, None, "B", TWO)],  # the name in each piece
        [call(0, "a", "A", FIRST), call(0, "x", None, REST), call(1, "b", "B", TWO)],  # another id in each piece
        [call(None, "a", "A", ONE), call(None, "b", "B", TWO)],
        [call(None, "a", "A", FIRST), call(None, "a", None, REST), call(None, "b", "B", TWO)],
        [call(None, None, "A", FIRST), call(None, None, None, REST), call(None, None, "B", TWO)],
        [call(0, "c", "A", ONE), call(1, "c", "B", TWO)],  # one id for all
        [call(0, "", "A", ONE), call(1, "", "B", TWO)],
        [call("0", None, "A", ONE), call("1", None, "B", TWO)],
        [call(1, "a", "A", ONE), call(0, "b", "B", TWO)],
        [call(0, "a", "A", json.loads(ONE)), call(0, "b", "B", json.loads(TWO))],
        [call(0, "a", "A", {}), call(0, "a", None, ONE), call(1, "b", "B", TWO)],
        [call(0, "a", "A", ONE), call(0, "a", "A", ONE), call(1, "b", "B", TWO)],  # repeated as a whole
        [{"choices": [{"delta": {"tool_calls": [{"name": "A", "arguments": ONE}, {"name": "B", "arguments": TWO}]}}]}],
    ],
)
def test_calls_are_told_apart_by_whatever_the_server_gives(pieces: list[dict[str, Any]]) -> None:
    assert calls(*pieces, end()) == [("A", "1"), ("B", "2")]


def test_two_calls_of_one_tool_are_two_calls() -> None:
    for index, numbers in ((0, ("a", "b")), (0, (None, None)), (None, (None, None)), (None, ("a", "b"))):
        assert calls(call(index, numbers[0], "A", ONE), call(index, numbers[1], "A", TWO), end()) == [
            ("A", "1"),
            ("A", "2"),
        ]


@pytest.mark.parametrize("field", ["tool_calls", "function_call"])
@pytest.mark.parametrize("place", ["delta", "message"])
def test_a_single_call_may_be_an_object_in_the_delta_or_in_the_message(field: str, place: str) -> None:
    whole = {"name": "A", "arguments": ONE}
    made = whole if field == "function_call" else {"id": "x", "function": whole}
    assert calls({"choices": [{place: {field: made}, "finish_reason": "function_call"}]}) == [("A", "1")]


def test_a_function_call_of_older_servers_comes_in_pieces() -> None:
    pieces = [{"name": "A", "arguments": ""}, {"arguments": FIRST}, {"arguments": REST}]
    assert calls(*({"choices": [{"delta": {"function_call": each}}]} for each in pieces), end()) == [("A", "1")]


@pytest.mark.parametrize(
    "reason",
    ["tool_calls", "tool_call", "toolUse", "TOOL_CALLS", "tool-use", "function_call", "stop", "STOP", "end_turn"],
)
def test_a_call_is_made_whatever_the_server_calls_the_end(reason: str) -> None:
    assert calls(piece(name="A", arguments=ONE), end(reason)) == [("A", "1")]


@pytest.mark.parametrize("reason", [None, "length", "content_filter", "MAX_TOKENS", "malformed_function_call", "error"])
def test_a_call_whose_stream_was_cut_never_fires(reason: str | None) -> None:
    assert calls(piece(name="A", arguments='{"argument": "1000000"}'), end(reason)) == []


TOOLS = ("READ", "READ_PAGE", "CALCULATOR", "B")


@pytest.mark.parametrize("rest", [call(0, None, None, ONE), call(0, None, "", ONE), call(0, "a", None, ONE)])
@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("CALCULATOR", ["CALC", "ULATOR"]),
        ("CALCULATOR", list("CALCULATOR")),
        ("CALCULATOR", ["functions", ".", "calc", "ulator"]),
        ("CALCULATOR", ["CALCULATOR", "CALCULATOR"]),
        ("CALCULATOR", ["CALC", "CALCULATOR"]),
        ("READ_PAGE", ["READ", "_PAGE"]),
        ("READ_PAGE", ["READ", "_", "PAGE"]),
    ],
)
@pytest.mark.parametrize("ids", [("a", None), ("a", "a"), (None, None), ("", "")])
def test_a_name_may_come_in_pieces(name: str, pieces: list[str], ids: Any, rest: dict[str, Any]) -> None:
    first, *others = pieces
    events = [call(0, ids[0], first, None), *(call(0, ids[1], each, None) for each in others), rest]
    assert calls(*events, call(1, "b", "B", TWO), end(), names=TOOLS) == [(name, "1"), ("B", "2")]


def test_the_name_of_an_older_server_s_call_may_come_in_pieces_too() -> None:
    pieces = [{"name": "CALC"}, {"name": "ULATOR", "arguments": ""}, {"arguments": ONE}]
    events = ({"choices": [{"delta": {"function_call": each}}]} for each in pieces)
    assert calls(*events, end(), names=TOOLS) == [("CALCULATOR", "1")]


def test_two_names_are_not_two_pieces_of_one() -> None:
    assert calls(call(0, None, "CALCULATOR", None), call(0, None, "B", TWO), end(), names=TOOLS)[-1] == ("B", "2")
    assert calls(call(None, None, "READ", None), call(None, None, "B", TWO), end(), names=TOOLS)[-1] == ("B", "2")


@pytest.mark.parametrize(
    "name",
    ["calculator", "functions.CALCULATOR", "functions.calculator", "Calculator", "default_api.tools.Calculator"],
)
def test_a_name_in_another_form_means_the_one_function_that_fits(name: str) -> None:
    assert calls(call(0, None, name, ONE), end(), names=TOOLS) == [("CALCULATOR", "1")]


@pytest.mark.parametrize(
    "name", ["CALCULATORS", "CALCULATOR.", "functions/CALCULATOR", "run", "functions.Run", ".", "RUN"]
)
def test_a_name_that_fits_none_or_several_stays_as_it_is(name: str) -> None:
    assert calls(call(0, None, name, ONE), end(), names=("CALCULATOR", "Run", "RUN")) == [(name, "1")]


SIX = '{"expression": "6*7"}'


@pytest.mark.parametrize(
    "arguments",
    [
        json.dumps(SIX),
        json.dumps(json.dumps(SIX)),
        f"```json\n{SIX}\n```",
        f"\n```\n{SIX}```\n",
        f"```JSON\r\n{SIX}\r\n```",
        json.dumps(f"```json\n{SIX}\n```"),
    ],
)
def test_arguments_in_a_fence_or_encoded_twice_are_read(arguments: str) -> None:
    pieces = [call(0, None, None, arguments[at : at + 5]) for at in range(0, len(arguments), 5)]
    assert calls(call(0, "a", "CALCULATOR", None), *pieces, end(), names=TOOLS) == [("CALCULATOR", "6*7")]


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ('"6*7"', "6*7"),
        ('"{6*7"', "{6*7"),
        ('"[1]"', "[1]"),
        ("```json\n[1]\n```", ""),
        ("[" * 90_000, ""),
        ("42", "42"),
    ],
)
def test_arguments_that_hold_no_object_are_read_as_before(arguments: str, argument: str) -> None:
    assert calls(call(0, None, "CALCULATOR", arguments), end(), names=TOOLS) == [("CALCULATOR", argument)]


def test_pieces_count_as_something_that_came_and_text_streams_at_once() -> None:
    text = {"choices": [{"delta": {"content": "Let me see."}}]}
    assert said(text, piece(name="A")) == [Delta("Let me see."), Delta()]


@pytest.mark.parametrize("junk", [None, 7, "x", [], [None], [{}], [{"function": 3}], [{"function": {"name": 5}}]])
def test_what_is_not_of_the_expected_type_counts_as_absent(junk: object) -> None:
    assert calls({"choices": [{"delta": {"tool_calls": junk}}]}, end()) == []


def test_one_endless_call_does_not_fill_the_memory() -> None:
    dialect = FunctionDialect()
    for _ in range(300):
        dialect.read(piece(name="A", arguments="x" * 1_000))
    dialect.read(end())
    rest = dialect.rest()
    assert rest
    assert len(rest.calls[0].raw) < 102_000
    assert rest.calls[0].argument == ""


def test_a_conversation_goes_out_with_calls_and_their_results_matched_by_id() -> None:
    both = (example_call(Tool("A", "", str), "1"), example_call(Tool("B", "", str), "2"))
    sent = as_sent([Message("user", "q"), Message("assistant", "", both), Message("tool", "x"), Message("tool", "y")])
    assert [entry["role"] for entry in sent] == ["user", "assistant", "tool", "tool"]
    ids = [call["id"] for call in sent[1]["tool_calls"]]
    assert [(entry["tool_call_id"], entry["content"]) for entry in sent[2:]] == [(ids[0], "x"), (ids[1], "y")]
    assert sent[1]["tool_calls"][0]["function"] == {"name": "A", "arguments": '{"text": "1"}'}


@given(st.lists(st.sampled_from(["user", "call", "two", "tool", "words"])))
def test_every_call_has_exactly_one_result_whatever_happened(kinds: list[str]) -> None:
    shapes = {
        "user": Message("user", "q"),
        "call": Message("assistant", "", (example_call(Tool("A", "", str), "1"),)),
        "two": Message("assistant", "", (example_call(Tool("A", "", str), "1"), example_call(Tool("B", "", str), "2"))),
        "tool": Message("tool", "r"),
        "words": Message("assistant", "a"),
    }
    wanted: list[str] = []
    for entry in as_sent([shapes[kind] for kind in kinds]):
        if "tool_call_id" in entry:
            assert entry["tool_call_id"] == wanted.pop(0)
        else:
            assert not wanted
        wanted += [call["id"] for call in entry.get("tool_calls", [])]
    assert not wanted


def test_a_call_that_was_never_made_says_so() -> None:
    sent = as_sent([Message("assistant", "", (example_call(Tool("A", "", str), "1"),)), Message("user", "and now?")])
    assert sent[1]["content"] == NOT_MADE


def test_arguments_that_are_not_json_are_not_sent_back() -> None:
    sent, _ = as_sent([Message("assistant", "", (function_call("A", '{"argument": '),))])
    assert sent["tool_calls"][0]["function"]["arguments"] == "{}"


def test_calls_arrive_over_a_real_connection_however_its_packets_were_cut(server: Any, collect: Any) -> None:
    usage = {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 8}}
    events = [piece(name="CALCULATOR", arguments='{"argu'), piece(arguments='ment": "6*7"}'), end(), usage]
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events).encode() + b"data: [DONE]\n\n"
    server.pieces = [body[at : at + 11] for at in range(0, len(body), 11)]
    model = create("m", ModelOptions(base_url=server.url)).with_functions()
    tools = tuple(load_tools(["CALCULATOR"]).values())
    deltas = collect(model, Request((Message("user", "6*7?"),), "", 50, 20.0, tools=tools))
    assert [call.argument for delta in deltas for call in delta.calls] == ["6*7"]
    assert [delta.usage.output_tokens for delta in deltas if delta.usage] == [Count(8, "reported")]
    assert server.bodies[0]["tools"][0]["function"]["name"] == "CALCULATOR"
