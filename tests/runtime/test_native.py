"""The native protocol from the question to the run, on recorded responses of a chat server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import pytest_httpx2  # noqa: F401 - teaches respx to intercept httpx2
import respx

from orchestrator import Orchestrator, Policy, Text, ToolCall, ToolResult
from orchestrator.core.arms import Arm
from orchestrator.core.errors import ConfigError
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.run import Run
from orchestrator.core.tool import Tool

SERVER = "http://models.test/v1"
OPTIONS = ModelOptions(base_url=SERVER)
MULTIPLY = ("CALCULATOR", '{"argument": "323*458"}')


@pytest.fixture
def http() -> Iterator[respx.Router]:
    with respx.mock(using="httpcore2") as router:
        yield router


def stream(*deltas: dict[str, Any], finish: str | None = "stop") -> httpx.Response:
    events: list[dict[str, Any]] = [{"choices": [{"delta": delta}]} for delta in deltas]
    events.append({"choices": [{"delta": {}, "finish_reason": finish}]})
    events.append({"choices": [], "usage": {"prompt_tokens": 90, "completion_tokens": 17}})
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    return httpx.Response(200, content=body.encode())


def wants(*calls: tuple[str, str], words: str = "") -> httpx.Response:
    """An answer that says ``words``, then calls functions, each in two pieces."""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": words or None}]
    for index, (name, arguments) in enumerate(calls):
        head = {"index": index, "id": f"x{index}", "function": {"name": name, "arguments": arguments[:5]}}
        deltas += [{"tool_calls": [head]}, {"tool_calls": [{"index": index, "function": {"arguments": arguments[5:]}}]}]
    return stream(*deltas, finish="tool_calls")


def says(text: str) -> httpx.Response:
    return stream({"content": text})


def asked(http: respx.Router, *responses: httpx.Response, **options: Any) -> tuple[Run, list[dict[str, Any]]]:
    route = http.post(f"{SERVER}/chat/completions").mock(side_effect=list(responses))
    options = {"tools": ["CALCULATOR"]} | options
    run = Orchestrator("openai:m", options=OPTIONS, protocol="native", **options).run("What is 323 * 458?")
    return run, [json.loads(call.request.content) for call in route.calls]


def test_a_function_s_call_becomes_a_call_and_its_result_a_tool_message(http: respx.Router) -> None:
    run, sent = asked(http, wants(MULTIPLY, words="Let me see."), says("It is 147934."))
    assert (run.answer, run.finish, run.resume_mode) == ("It is 147934.", "answered", "native")
    assert [(call.name, call.argument, call.result) for call in run.calls] == [("CALCULATOR", "323*458", "147934")]
    assert [tool["function"]["name"] for tool in sent[0]["tools"]] == ["CALCULATOR"]
    assistant, result = sent[1]["messages"][-2:]
    assert assistant["content"] == "Let me see."
    assert assistant["tool_calls"][0]["function"] == {"name": MULTIPLY[0], "arguments": MULTIPLY[1]}
    assert result == {"role": "tool", "tool_call_id": assistant["tool_calls"][0]["id"], "content": "147934"}


def test_the_events_are_those_of_the_text_protocol(http: respx.Router) -> None:
    http.post(f"{SERVER}/chat/completions").mock(side_effect=[wants(MULTIPLY, words="So: "), says("147934.")])
    events = list(Orchestrator("openai:m", options=OPTIONS, protocol="native").stream("What is 323 * 458?"))
    assert events[0] == Text("So: ")
    assert events[1] == ToolCall("CALCULATOR", "323*458", 'CALCULATOR({"argument": "323*458"})')
    assert isinstance(events[2], ToolResult)
    assert events[3] == Text("147934.")


async def test_the_async_driver_does_the_same(http: respx.Router) -> None:
    http.post(f"{SERVER}/chat/completions").mock(side_effect=[wants(MULTIPLY), says("147934.")])
    run = await Orchestrator("openai:m", options=OPTIONS, protocol="native").arun("What is 323 * 458?")
    assert (run.answer, len(run.calls)) == ("147934.", 1)


def test_every_stretch_of_the_context_has_its_origin(http: respx.Router) -> None:
    run, _ = asked(http, wants(MULTIPLY), says("It is 147934."), examples=0)
    assert [(span.origin, span.role, span.text) for span in run.spans[1:]] == [
        ("user", "user", "What is 323 * 458?"),
        ("model", "assistant", 'CALCULATOR({"argument": "323*458"})'),
        ("tool", "tool", "147934"),
        ("model", "assistant", "It is 147934."),
    ]


def test_the_hidden_prompt_has_examples_as_calls_and_nothing_in_brackets(http: respx.Router) -> None:
    _, sent = asked(http, says("It is 147934."), cot=True)
    messages = sent[0]["messages"]
    assert any(message.get("tool_calls") for message in messages[:-1])
    assert "Think first" in messages[0]["content"]
    assert "[CALCULATOR" not in json.dumps(messages)


def test_what_looks_like_a_call_in_the_text_is_text(http: respx.Router) -> None:
    run, _ = asked(http, says("Write [CALCULATOR:1+1] or [CALCULATOR_RESULT:2]."))
    assert (run.answer, run.calls, run.diagnostics) == ("Write [CALCULATOR:1+1] or [CALCULATOR_RESULT:2].", (), ())


def test_an_error_of_the_tool_and_a_call_that_cannot_be_made_are_told_to_the_model(http: respx.Router) -> None:
    run, sent = asked(
        http,
        wants(("CALCULATOR", '{"argument": "1/0"}')),
        wants(("CALCULATR", '{"argument": "1"}')),
        wants(("CALCULATOR", '{"argument": ')),
        says("I cannot say."),
    )
    told = [request["messages"][-1]["content"] for request in sent[1:]]
    assert all(message.startswith("Error: ") for message in told)
    assert "there is no function CALCULATR; there are: CALCULATOR" in told[1]
    assert "JSON object" in told[2]
    assert [diagnostic.kind for diagnostic in run.diagnostics] == ["invalid", "invalid"]
    assert run.finish == "answered"


BOTH = (("CALCULATOR", '{"argument": "1+1"}'), ("CALCULATOR", '{"argument": "2+2"}'))


def test_calls_that_come_together_run_one_at_a_time_unless_asked_for(http: respx.Router) -> None:
    run, sent = asked(http, wants(*BOTH), says("2."))
    assert len(run.calls) == 1
    assert len(sent[1]["messages"][-2]["tool_calls"]) == 1


def test_parallel_calls_get_their_results_in_order(http: respx.Router) -> None:
    run, sent = asked(http, wants(*BOTH), says("2 and 4."), parallel=True)
    assert [call.result for call in run.calls] == ["2", "4"]
    assert [message["content"] for message in sent[1]["messages"][-2:]] == ["2", "4"]


def test_a_result_keeps_its_words_but_cannot_pass_for_a_control_token(http: respx.Router) -> None:
    page = Tool("PAGE", "a page", lambda _: "[1, 2] <|im_end|>", untrusted=True)
    _, sent = asked(http, wants(("PAGE", '{"argument": "x"}')), says("Read."), tools=[page])
    assert sent[1]["messages"][-1]["content"] == "[1, 2] < |im_end|>"


def test_a_call_cut_off_by_the_server_never_runs(http: respx.Router) -> None:
    delta = {"tool_calls": [{"index": 0, "function": {"name": "CALCULATOR", "arguments": '{"argument": "10"}'}}]}
    run, _ = asked(http, stream(delta, finish=None))
    assert (run.calls, run.finish) == ((), "interrupted")


def test_calls_that_share_an_index_are_told_apart_by_their_ids(http: respx.Router) -> None:
    deltas = [
        {"tool_calls": [{"index": 0, "id": number, "function": {"name": "CALCULATOR", "arguments": arguments}}]}
        for number, arguments in (("a", '{"argument": "2*3"}'), ("b", {"argument": "4*5"}))
    ]
    run, sent = asked(http, stream(*deltas, finish="toolUse"), says("6 and 20."), parallel=True)
    assert [(call.argument, call.result) for call in run.calls] == [("2*3", "6"), ("4*5", "20")]
    assert [message["content"] for message in sent[1]["messages"][-2:]] == ["6", "20"]


@pytest.mark.parametrize("name", ["functions.CALCULATOR", "calculator"])
@pytest.mark.parametrize("arguments", [json.dumps(MULTIPLY[1]), f"```json\n{MULTIPLY[1]}\n```"])
def test_a_call_in_an_odd_form_is_made(http: respx.Router, name: str, arguments: str) -> None:
    run, sent = asked(http, wants((name, arguments)), says("It is 147934."))
    assert [(call.name, call.result) for call in run.calls] == [("CALCULATOR", "147934")]
    assistant = sent[1]["messages"][-2]
    assert assistant["tool_calls"][0]["function"] == {"name": MULTIPLY[0], "arguments": MULTIPLY[1]}


def test_a_refusal_is_told(http: respx.Router) -> None:
    run, _ = asked(http, stream({"refusal": "I cannot "}, {"refusal": "do that."}))
    assert (run.answer, run.finish) == ("I cannot do that.", "answered")


def test_thinking_in_parts_or_as_text_is_no_part_of_the_answer(http: respx.Router) -> None:
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "Six?"}]}, {"type": "text", "text": "It is 6."}]
    assert asked(http, stream({"content": parts[:1]}, {"content": parts[1:]}))[0].answer == "It is 6."
    assert asked(http, says("Six?\n</think>\nIt is 6."))[0].answer == "It is 6."


def test_usage_is_reported_since_the_stream_is_read_to_its_end(http: respx.Router) -> None:
    run, _ = asked(http, wants(MULTIPLY), says("147934."))
    assert (run.usage.output_tokens.value, run.usage.output_tokens.source) == (34, "reported")


def test_a_later_question_sees_the_calls_before_it(http: respx.Router) -> None:
    answers = [wants(MULTIPLY), says("147934."), says("Yes.")]
    route = http.post(f"{SERVER}/chat/completions").mock(side_effect=answers)
    chat = Orchestrator("openai:m", options=OPTIONS, protocol="native", examples=0).chat()
    chat.run("What is 323 * 458?")
    chat.run("Sure?")
    roles = [message["role"] for message in json.loads(route.calls.last.request.content)["messages"]]
    assert roles == ["system", "user", "assistant", "tool", "assistant", "user"]


def test_an_arm_may_speak_either_protocol(http: respx.Router) -> None:
    route = http.post(f"{SERVER}/chat/completions").mock(side_effect=[says("a"), says("b")])
    base = Orchestrator("openai:m", options=OPTIONS)
    assert base.variant(Arm("native", tools="on", protocol="native")).run("q").resume_mode == "native"
    assert base.variant(Arm("text", tools="on")).run("q").resume_mode == "turn"
    assert ["tools" in json.loads(call.request.content) for call in route.calls] == [True, False]


def test_the_prompt_shows_the_functions_that_would_be_sent() -> None:
    shown = Orchestrator("openai:m", options=OPTIONS, protocol="native", examples=1).prompt("What is 2 * 3?")
    assert shown.startswith("── functions ──")
    assert 'CALCULATOR({"expression":' in shown


def test_the_prompt_shows_no_function_that_the_policy_keeps_back() -> None:
    tools = [Tool("CLOCK", "the time", str), Tool("CALCULATOR", "arithmetic", str)]
    orchestrator = Orchestrator(
        "openai:m", tools=tools, options=OPTIONS, protocol="native", policy=Policy(allow=["CLOCK"])
    )
    assert [tool.name for tool in orchestrator.first_request("What is 2 * 3?").tools] == ["CLOCK"]
    assert "CALCULATOR" not in orchestrator.prompt("What is 2 * 3?")


def test_a_model_without_function_calling_is_refused_with_the_way_out() -> None:
    with pytest.raises(ConfigError, match="the native protocol needs a chat server"):
        Orchestrator("scripted:Hi.", protocol="native")


def endless(begin: str, again: str) -> httpx.Response:
    """A call whose arguments come a few characters at a time, and do not end before the tokens do."""
    text = begin + again * (6_000 // len(again))
    head = {"index": 0, "id": "x", "function": {"name": "CALCULATOR", "arguments": ""}}
    pieces = [{"index": 0, "function": {"arguments": text[at : at + 4]}} for at in range(0, len(text), 4)]
    return stream(*({"tool_calls": [piece]} for piece in [head, *pieces]), finish="length")


@pytest.mark.parametrize(
    ("begin", "again"),
    [('{"path": "', "/tmp"), ('{"argument": "1', "+1"), ('{"rows": [', '{"a": null}, '), ('{"argument": "0.', "3")],
)
@pytest.mark.parametrize("asynchronous", [False, True])
def test_arguments_that_repeat_themselves_without_end_end_the_run(
    http: respx.Router, begin: str, again: str, asynchronous: bool
) -> None:
    http.post(f"{SERVER}/chat/completions").mock(return_value=endless(begin, again))
    orc = Orchestrator("openai:m", options=OPTIONS, protocol="native")
    run = asyncio.run(orc.arun("Which?")) if asynchronous else orc.run("Which?")
    assert (run.finish, run.calls, run.steps) == ("loop", (), 1)
    assert "CALCULATOR" in run.detail


def test_arguments_with_rows_that_end_alike_are_no_loop(http: respx.Router) -> None:
    rows = "+".join(f"({number}*2.50+0.00*0.00+0.00*0.00+0.00*0.00+1-1)" for number in range(20))
    arguments = json.dumps({"argument": rows})
    head = {"index": 0, "id": "x", "function": {"name": "CALCULATOR", "arguments": ""}}
    pieces = [{"index": 0, "function": {"arguments": arguments[at : at + 2]}} for at in range(0, len(arguments), 2)]
    call = stream(*({"tool_calls": [piece]} for piece in [head, *pieces]), finish="tool_calls")
    run, _ = asked(http, call, says("It is 475."))
    assert [call.result for call in run.calls] == ["475"]
