"""``run(question, output_type=…)``: what is asked, what is corrected, and when there is no output. Sync and async."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal, assert_type

import pytest
from pydantic import BaseModel

from orchestrator import (
    ConfigError,
    Finished,
    Limits,
    ModelError,
    ModelInfo,
    Orchestrator,
    OrchestratorError,
    OutputError,
    Policy,
    Run,
    Text,
    tool,
)
from orchestrator.core.chat_template import CHATML
from orchestrator.core.types import Price
from orchestrator.models.scripted import Reply, ScriptedModel

Ask = Callable[..., Run]


class Invoice(BaseModel):
    vendor: str
    total: float


GOOD = '{"vendor": "Acme", "total": 12.5}'
INVOICE = Invoice(vendor="Acme", total=12.5)


@tool
def lookup(key: str) -> str:
    """the value of a key"""
    return '{"vendor": "Evil", "total": 666}' if key == "evil" else f"value of {key}"


@pytest.fixture(params=["run", "arun", "stream", "astream", "chat", "achat"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """One run, in each way that a program can make one."""

    async def arun(orchestrator: Orchestrator, question: str, **options: Any) -> Run:
        if request.param == "arun":
            return await orchestrator.arun(question, **options)
        if request.param == "achat":
            return await orchestrator.chat().arun(question, **options)
        async with orchestrator.astream(question, **options) as events:
            async for _ in events:
                pass
        return events.run

    def run(orchestrator: Orchestrator, question: str, **options: Any) -> Run:
        match request.param:
            case "run":
                return orchestrator.run(question, **options)
            case "chat":
                return orchestrator.chat().run(question, **options)
            case "stream":
                with orchestrator.stream(question, **options) as events:
                    for _ in events:
                        pass
                return events.run
        return asyncio.run(arun(orchestrator, question, **options))

    return run


def scripted(*replies: str | Reply, tools: object = (), **options: Any) -> tuple[Orchestrator, ScriptedModel]:
    model = ScriptedModel(replies, info=options.pop("info", None))
    return Orchestrator(model, tools=tools, **options), model  # type: ignore[arg-type]


def test_the_output_is_a_value_of_the_type(ask: Ask) -> None:
    orchestrator, model = scripted(GOOD)
    run = ask(orchestrator, "Which invoice?", output_type=Invoice)
    assert (run.finish, run.answer, run.output) == ("answered", GOOD, INVOICE)
    assert run.output is run.output
    asked = model.requests[0].messages[-1].text
    assert asked.endswith("Which invoice?")
    assert '"vendor": {"type": "string"}' in asked


def test_tools_come_before_the_answer(ask: Ask) -> None:
    orchestrator, model = scripted("[LOOKUP:acme]", GOOD, tools=[lookup])
    run = ask(orchestrator, "Which invoice?", output_type=Invoice)
    assert run.output == INVOICE
    assert [call.result for call in run.calls] == ["value of acme"]
    assert [request.schema for request in model.requests] == [None, None]


def test_an_answer_that_does_not_fit_is_corrected_once(ask: Ask) -> None:
    orchestrator, model = scripted('{"vendor": "Acme", "total": "12.50"}', f"```json\n{GOOD}\n```")
    run = ask(orchestrator, "Which invoice?", output_type=Invoice)
    assert (run.output, run.answer) == (INVOICE, GOOD)
    assert [each.kind for each in run.diagnostics] == ["invalid_output"]
    assert "total: Input should be a valid number" in model.requests[1].messages[-1].text
    assert model.requests[1].messages[-1].role == "user"
    assert model.requests[1].schema


def test_after_the_second_answer_that_does_not_fit_there_is_no_output(ask: Ask) -> None:
    orchestrator, model = scripted("It is Acme.", "It is still Acme.")
    run = ask(orchestrator, "Which invoice?", output_type=Invoice)
    assert (run.finish, len(model.requests)) == ("invalid_output", 2)
    assert run.answer == "It is still Acme."
    with pytest.raises(OutputError, match=r"invalid_output: this is not JSON") as caught:
        _ = run.output
    assert caught.value.run is run
    assert isinstance(caught.value, OrchestratorError)


@pytest.mark.parametrize(
    ("reply", "finish"),
    [
        (Reply('{"vendor": "Acme"', finish=None), "interrupted"),
        (Reply(GOOD, finish=None), "interrupted"),
        (Reply(GOOD, finish="length"), "length"),
        (Reply(GOOD, finish="content_filter"), "content_filter"),
        (Reply(""), "interrupted"),
    ],
)
def test_a_run_that_did_not_end_with_an_answer_has_no_output(ask: Ask, reply: Reply, finish: str) -> None:
    orchestrator, model = scripted(reply)
    run = ask(orchestrator, "Which invoice?", output_type=Invoice)
    assert (run.finish, len(model.requests)) == (finish, 1)
    with pytest.raises(OutputError, match=finish) as caught:
        _ = run.output
    assert caught.value.run is run


def test_a_server_that_fails_raises_its_error_with_a_run_that_has_no_output(ask: Ask) -> None:
    orchestrator, _ = scripted(Reply('{"vendor": "A', error=ModelError("gone")))
    with pytest.raises(ModelError, match="gone") as caught:
        ask(orchestrator, "Which invoice?", output_type=Invoice)
    assert caught.value.run
    with pytest.raises(OutputError, match="interrupted"):
        _ = caught.value.run.output


def test_json_of_a_tool_is_never_the_answer(ask: Ask) -> None:
    orchestrator, _ = scripted("[LOOKUP:evil]", "", tools=[lookup])
    run = ask(orchestrator, "Which invoice?", output_type=Invoice)
    with pytest.raises(OutputError):
        _ = run.output
    orchestrator, _ = scripted(f"{GOOD} [LOOKUP:evil]", "That is it.", "Yes.", tools=[lookup])
    run = ask(orchestrator, "Which invoice?", output_type=Invoice)
    assert run.finish == "invalid_output"


def test_thinking_is_no_part_of_the_answer(ask: Ask) -> None:
    orchestrator, _ = scripted(f'<think>Maybe {{"vendor": "X", "total": 1}}?</think>{GOOD}')
    assert ask(orchestrator, "Which invoice?", output_type=Invoice).output == INVOICE


def test_a_call_in_a_text_of_the_answer_is_not_made_without_tools(ask: Ask) -> None:
    orchestrator, _ = scripted('"[LOOKUP:evil]"')
    run = ask(orchestrator, "Which text?", output_type=Literal["[LOOKUP:evil]"])
    assert (run.output, run.calls) == ("[LOOKUP:evil]", ())


@pytest.mark.parametrize("answer", ["[]", "{}", '""', "0"])
def test_an_answer_without_a_letter_is_an_answer(ask: Ask, answer: str) -> None:
    orchestrator, _ = scripted("[LOOKUP:a]", answer, tools=[lookup])
    run = ask(orchestrator, "What?", output_type={})
    assert run.output == json.loads(answer)


def test_a_text_is_the_answer_as_it_is(ask: Ask) -> None:
    orchestrator, model = scripted("It is Acme.")
    run = ask(orchestrator, "Who?", output_type=str)
    assert (run.output, run.answer) == ("It is Acme.", "It is Acme.")
    assert model.requests[0].messages[-1].text == "Who?"
    assert model.requests[0].schema is None


def test_without_an_output_type_the_output_says_how_to_ask(ask: Ask) -> None:
    orchestrator, _ = scripted(GOOD)
    run = ask(orchestrator, "Which invoice?")
    with pytest.raises(OutputError, match=r"output_type=TYPE") as caught:
        _ = run.output
    assert caught.value.run is run


def test_a_type_without_a_schema_is_refused_before_the_model_is_asked(ask: Ask) -> None:
    orchestrator, model = scripted(GOOD)
    with pytest.raises(ConfigError, match="no JSON schema"):
        ask(orchestrator, "Which invoice?", output_type=object())
    assert model.requests == []


def test_a_free_answer_that_repeats_itself_is_corrected_too() -> None:
    endless = "one two three four five six seven eight nine ten " * 40
    orchestrator, model = scripted(endless, GOOD, tools=[lookup])
    assert orchestrator.run("Which invoice?", output_type=Invoice).output == INVOICE
    assert [bool(request.schema) for request in model.requests] == [False, True]
    orchestrator, model = scripted(endless, GOOD)
    assert orchestrator.run("Which invoice?", output_type=Invoice).finish == "loop"
    orchestrator, model = scripted(endless, endless, tools=[lookup])
    assert orchestrator.run("Which invoice?", output_type=Invoice).finish == "loop"
    orchestrator, model = scripted(endless, tools=[lookup])
    assert orchestrator.run("Which invoice?").finish == "loop"


def test_a_run_stays_a_text_and_comes_back_without_its_type() -> None:
    orchestrator, _ = scripted(GOOD)
    run = orchestrator.run("Which invoice?", output_type=Invoice)
    stored = Run.from_json(run.to_json())
    assert stored == run
    assert "output_type" not in json.loads(run.to_json())
    with pytest.raises(OutputError, match=r"stored run"):
        _ = stored.output
    assert replace(run, seconds=1.0).output == INVOICE
    with pytest.raises(OutputError, match="the answer is not valid: this is not JSON"):
        _ = replace(run, answer="Acme").output


def test_the_server_gets_the_schema_when_its_text_can_be_nothing_else() -> None:
    orchestrator, model = scripted(GOOD)
    orchestrator.run("Which invoice?", output_type=Invoice)
    assert model.requests[0].schema == {
        "type": "object",
        "properties": {"vendor": {"type": "string"}, "total": {"type": "number"}},
        "required": ["vendor", "total"],
    }
    orchestrator, model = scripted("[LOOKUP:a]", "Acme", GOOD, tools=[lookup])
    run = orchestrator.run("Which invoice?", output_type=Invoice)
    assert [bool(request.schema) for request in model.requests] == [False, False, True]
    assert run.output == INVOICE


def test_with_chain_of_thought_the_model_thinks_before_it_is_held_to_the_schema() -> None:
    orchestrator, model = scripted("Let me see. It is Acme.", GOOD, cot=True)
    assert orchestrator.run("Which invoice?", output_type=Invoice).output == INVOICE
    assert [bool(request.schema) for request in model.requests] == [False, True]


def test_a_correction_within_a_prompt_string_is_a_message_of_the_user() -> None:
    info = ModelInfo("raw", "raw", CHATML, Price(0, 0))
    orchestrator, model = scripted("Acme.", GOOD, info=info)
    assert orchestrator.run("Which invoice?", output_type=Invoice).output == INVOICE
    assert "Acme.<|im_end|>\n<|im_start|>user\nThat is not valid" in model.requests[1].prompt
    assert model.requests[1].prompt.endswith("<|im_start|>assistant\n")
    assert [request.schema for request in model.requests] == [None, None]  # for chat servers


def test_a_limit_of_one_request_leaves_no_correction() -> None:
    orchestrator, _ = scripted("Acme.", limits=Limits(max_steps=1))
    run = orchestrator.run("Which invoice?", output_type=Invoice)
    with pytest.raises(OutputError, match="max_steps"):
        _ = run.output


def test_each_question_of_a_chat_has_its_own_type() -> None:
    orchestrator, _ = scripted(GOOD, "It is Acme.", "3")
    chat = orchestrator.chat()
    assert chat.run("Which invoice?", output_type=Invoice).output == INVOICE
    assert chat.run("Who?", policy=Policy()).answer == "It is Acme."
    assert chat.run("How many?", output_type=int).output == 3


def test_a_type_checker_knows_the_output() -> None:
    orchestrator, _ = scripted(GOOD, "3", "[1]", '"a"')
    assert_type(orchestrator.run("Which invoice?", output_type=Invoice).output, Invoice)
    assert_type(orchestrator.chat().run("How many?", output_type=int).output, int)
    assert_type(orchestrator.run("Which?", output_type=list[int]).output, list[int])
    assert_type(orchestrator.run("Which?", output_type=Literal["a"]).output, Any)


def test_the_events_are_those_of_any_run() -> None:
    orchestrator, _ = scripted(GOOD)
    events = list(orchestrator.stream("Which invoice?", output_type=Invoice))
    assert "".join(event.text for event in events if isinstance(event, Text)) == GOOD
    assert isinstance(events[-1], Finished)
    assert events[-1].run.output == INVOICE


def test_the_prompt_shows_what_is_sent() -> None:
    orchestrator, _ = scripted()
    shown = orchestrator.prompt("Which invoice?", output_type=Invoice)
    assert "── schema ──" in shown
    assert orchestrator.first_request("Which?", output_type=int).schema
    assert "schema" not in orchestrator.prompt("Which invoice?")


RAW = ModelInfo("raw", "raw", CHATML, Price(0, 0), grammars=True)


def test_a_server_with_grammars_gets_a_call_or_the_answer() -> None:
    orchestrator, model = scripted("[LOOKUP:a]", GOOD, tools=[lookup], info=RAW)
    run = orchestrator.run("Which invoice?", output_type=Invoice)
    assert run.guided
    assert run.output == INVOICE
    for request in model.requests:
        assert '"[LOOKUP:"' in request.grammar
        assert r'"\"vendor\": "' in request.grammar
        assert request.schema is None


def test_a_small_model_gets_the_values_of_the_question() -> None:
    orchestrator, model = scripted(GOOD, info=replace(RAW, small=True))
    orchestrator.run("Acme wants 12.5 euros.", output_type=Invoice)
    assert '"Acme "' in model.requests[0].grammar
    assert "<think>" not in model.requests[0].grammar
    orchestrator, model = scripted(GOOD, info=replace(RAW, small=True), guidance=False)
    orchestrator.run("Acme wants 12.5 euros.", output_type=Invoice)
    assert '"Acme "' not in model.requests[0].grammar


def test_with_chain_of_thought_a_grammar_comes_with_the_correction() -> None:
    orchestrator, model = scripted("Let me see: Acme.", GOOD, cot=True, info=RAW)
    assert orchestrator.run("Which invoice?", output_type=Invoice).output == INVOICE
    assert [bool(request.grammar) for request in model.requests] == [False, True]


def test_words_of_the_type_str_are_not_held_by_a_grammar() -> None:
    orchestrator, model = scripted("Acme", info=RAW)
    assert orchestrator.run("Who?", output_type=str).output == "Acme"
    assert model.requests[0].grammar == ""


def test_chain_of_thought_leaves_guidance_that_was_asked_for_on() -> None:
    orchestrator, model = scripted("Hello.", GOOD, tools=[lookup], cot=True, guidance=True, info=RAW)
    orchestrator.run("Hello there, you!")
    orchestrator.run("Which invoice?", output_type=Invoice)
    assert all(request.grammar for request in model.requests)
