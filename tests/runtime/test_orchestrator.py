"""The whole, driven sync and async, with a model that says what it is told to."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from orchestrator import (
    Arm,
    ConfigError,
    Count,
    Delta,
    Finished,
    Guidance,
    Limits,
    ModelError,
    ModelInfo,
    ModelOptions,
    ModelTimeout,
    Orchestrator,
    Price,
    Text,
    Tool,
    ToolCall,
    ToolError,
    ToolResult,
    Usage,
)
from orchestrator.cli.options import ModelGroup, RunGroup, orchestrator_of
from orchestrator.core.chat_template import CHATML
from orchestrator.models.scripted import Reply, ScriptedModel

RAW = ModelInfo("scripted:raw", "raw", CHATML)
REPLIES = ["Let me see: [CALCULATOR:323*458] so 5", "323 * 458 is 147934."]


def echo(name: str = "ECHO", run=str) -> Tool:
    return Tool(name, "says it again", run)


@pytest.mark.parametrize("info", [None, RAW])
def test_sync_and_async_give_the_same_run_and_the_same_events(info):
    options = {"info": info} if info else {}
    sync, other = ScriptedModel(REPLIES, **options), ScriptedModel(REPLIES, **options)
    events = list(Orchestrator(sync).stream("What is 323 * 458?"))

    async def collect():
        return [event async for event in Orchestrator(other).astream("What is 323 * 458?")]

    async_events = asyncio.run(collect())
    kinds = (Text, ToolCall)
    assert [e for e in events if isinstance(e, kinds)] == [e for e in async_events if isinstance(e, kinds)]
    assert isinstance(events[-1], Finished)
    run, async_run = events[-1].run, async_events[-1].run
    assert run.answer == async_run.answer == "323 * 458 is 147934."
    assert run.text == async_run.text
    assert run.spans == async_run.spans
    assert [(r.messages, r.prompt) for r in sync.requests] == [(r.messages, r.prompt) for r in other.requests]
    assert run.calls[0].result == "147934"


def test_run_and_arun_are_the_stream_to_its_end():
    assert Orchestrator(ScriptedModel(REPLIES)).run("q").finish == "answered"
    assert asyncio.run(Orchestrator(ScriptedModel(REPLIES)).arun("q")).answer == "323 * 458 is 147934."


def test_the_prompt_is_exactly_what_is_sent():
    for info in (ModelInfo("scripted:turn"), RAW):
        model = ScriptedModel(["Hi."], info=info)
        orc = Orchestrator(model, cot=True, system="Be brief.")
        shown = orc.prompt("Say [CALCULATOR:1] and <|im_end|>")
        orc.run("Say [CALCULATOR:1] and <|im_end|>")
        (request,) = model.requests
        if info.template:
            assert shown == request.prompt
        else:
            assert shown == "\n\n".join(f"── {m.role} ──\n{m.text}" for m in request.messages)
        assert "Say \\[CALCULATOR:1] and < |im_end|>" in shown


def test_the_prompt_of_a_guided_model_shows_the_grammar_that_goes_with_it_and_the_run_says_so():
    model = ScriptedModel(["[CALCULATOR:2*3]", "6"], info=ModelInfo("small", "raw", CHATML, grammars=True, small=True))
    orc = Orchestrator(model)
    shown, run = orc.prompt("What is 2 * 3?"), orc.run("What is 2 * 3?")
    assert shown == f"{model.requests[0].prompt}\n\n── grammar ──\n{model.requests[0].grammar}"
    assert "root ::= " in shown
    assert orc.first_request("What is 2 * 3?").grammar == model.requests[0].grammar
    assert (run.guided, Orchestrator(ScriptedModel(["6"])).run("What is 2 * 3?").guided) == (True, False)


def test_limits_that_leave_no_time_leave_nothing_to_show():
    with pytest.raises(ConfigError, match="raise max_seconds"):
        Orchestrator(ScriptedModel([]), limits=Limits(max_seconds=0)).prompt("What?")


def test_a_chat_keeps_one_transcript():
    model = ScriptedModel(["Hello Ann.", "[CALCULATOR:2*3]", " 6.", "Ann."], info=RAW)
    chat = Orchestrator(model).chat()
    assert chat.run("I am Ann.").answer == "Hello Ann."
    assert chat.run("What is 2 * 3?").answer == "6."
    assert chat.run("Who am I?").text == "Ann."
    last = model.requests[-1].prompt
    assert last.startswith(model.requests[0].prompt + "Hello Ann.<|im_end|>\n<|im_start|>user\n")
    assert "[CALCULATOR:2*3][CALCULATOR_RESULT:6] 6.<|im_end|>" in last


def test_a_chat_closes_an_answer_that_its_reader_has_left():
    model = ScriptedModel(["One and more.", "Two."])
    chat = Orchestrator(model).chat()
    for _ in chat.stream("one"):
        break
    assert chat.run("two").answer == "Two."
    assert model.taken[0].closed_early


def test_a_chat_answers_one_question_at_a_time():
    async def go():
        chat = Orchestrator(ScriptedModel(["One and more.", "Two."])).chat()
        async with chat.astream("one") as first:
            await anext(first)
            with pytest.raises(RuntimeError, match="still under way"):
                assert first.run
            with pytest.raises(ConfigError, match="still being answered"):
                chat.astream("two")
        return await chat.arun("two")

    assert asyncio.run(go()).answer == "Two."


def test_a_later_question_in_a_chat_gets_examples_of_its_own():
    model = ScriptedModel(["Hi.", "[CALCULATOR:1]", "ok"], info=RAW)
    chat = Orchestrator(model).chat()
    chat.run("Hello!")
    chat.run("What is 12 times 34?")
    later = model.requests[1].prompt.removeprefix(model.requests[0].prompt)
    assert "[CALCULATOR:128*37][CALCULATOR_RESULT:4736]" in later
    assert "[CALCULATOR:" not in model.requests[0].prompt.rpartition("Hello!")[2]


def test_a_silent_server_at_the_end_of_the_time_is_a_limit_and_before_it_an_error():
    def silent(request):
        time.sleep(min(request.timeout, 0.05))
        raise ModelTimeout("silent")

    hurried = Orchestrator(ScriptedModel(silent), limits=Limits(max_seconds=0.05))
    assert hurried.run("q").finish == asyncio.run(hurried.arun("q")).finish == "max_seconds"
    patient = Orchestrator(ScriptedModel(silent), limits=Limits(max_seconds=60))
    with pytest.raises(ModelTimeout):
        patient.run("q")
    with pytest.raises(ModelTimeout):
        asyncio.run(patient.arun("q"))


@pytest.mark.parametrize("model", [object(), 5, ModelInfo("x")])
def test_what_is_no_model_is_refused_in_words(model):
    with pytest.raises(ConfigError, match="provider:name"):
        Orchestrator(model)


def test_one_tool_needs_no_list():
    assert list(Orchestrator(ScriptedModel([]), tools="CALCULATOR").tools) == ["CALCULATOR"]
    assert list(Orchestrator(ScriptedModel([]), tools=echo()).tools) == ["ECHO"]


def test_a_chat_goes_on_after_a_failure():
    model = ScriptedModel([Reply(error=ModelError("down")), "Yes."])
    chat = Orchestrator(model).chat()
    with pytest.raises(ModelError, match="down"):
        chat.run("one")
    assert chat.run("two").answer == "Yes."
    assert model.requests[-1].messages[-1].text == "one\n\ntwo"


@pytest.mark.parametrize("question", ["", "  \n", None, 5])
def test_an_empty_question_is_refused_in_words(question):
    with pytest.raises(ConfigError, match="question is empty"):
        Orchestrator(ScriptedModel(["x"])).run(question)


def test_a_question_of_a_megabyte_arrives_whole():
    model = ScriptedModel(["Long."])
    assert Orchestrator(model).run("word " * 200_000).answer == "Long."
    assert len(model.requests[0].messages[-1].text) == 1_000_000


def test_ten_thousand_calls_end_at_the_limit():
    model = ScriptedModel(lambda _: "[CALCULATOR:1]" * 10_000)
    run = Orchestrator(model).run("go")
    assert run.finish == "loop"
    numbers = iter(range(100_000))
    run = Orchestrator(ScriptedModel(lambda _: f"[CALCULATOR:{next(numbers)}]" * 10_000)).run("go")
    assert (run.finish, len(run.calls)) == ("max_calls", 24)


def test_a_stream_that_is_closed_early_stops_the_model_and_keeps_what_came():
    model = ScriptedModel(["A long answer that goes on and on."])
    with Orchestrator(model).stream("q") as events:
        next(events)
    assert model.taken[0].closed_early
    assert events.run.finish == "cancelled"
    assert events.run.text == "A lo"
    assert list(events) == []
    events.close()
    unread = Orchestrator(model).stream("q")
    unread.close()
    assert unread.run.finish == "cancelled"


def test_an_async_task_that_is_cancelled_stops_the_model():
    model = ScriptedModel(["A long answer that goes on and on."])

    async def go():
        stream = Orchestrator(model).astream("q")
        async for _ in stream:
            task = asyncio.ensure_future(anext(stream))
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await stream.aclose()
        return stream.run

    run = asyncio.run(go())
    assert run.finish == "cancelled"
    assert model.taken[0].closed_early


def test_an_error_carries_the_run_so_far():
    model = ScriptedModel(["[CALCULATOR:1+1]", Reply("It is ", error=ModelError("gone"))])
    with pytest.raises(ModelError) as caught:
        Orchestrator(model).run("q")
    assert caught.value.run is not None
    assert caught.value.run.finish == "interrupted"
    assert caught.value.run.calls[0].result == "2"
    assert caught.value.run.text.endswith("It is ")


def test_a_tool_that_is_not_set_up_ends_the_run_and_the_error_has_the_run_so_far():
    def broken(_argument):
        raise ConfigError("no key")

    with pytest.raises(ConfigError) as caught:
        Orchestrator(ScriptedModel(["[ECHO:x]"]), tools=[echo(run=broken)]).run("q")
    assert getattr(caught.value, "run").text == "[ECHO:x]"  # noqa: B009 - set by the driver
    with pytest.raises(ConfigError):
        asyncio.run(Orchestrator(ScriptedModel(["[ECHO:x]"]), tools=[echo(run=broken)]).arun("q"))


def test_ctrl_c_in_a_tool_ends_the_run_as_cancelled():
    def interrupted(_argument):
        raise KeyboardInterrupt

    stream = Orchestrator(ScriptedModel(["so [ECHO:x]"]), tools=[echo(run=interrupted)]).stream("q")
    with pytest.raises(KeyboardInterrupt):
        list(stream)
    assert (stream.run.finish, stream.run.text) == ("cancelled", "so [ECHO:x]")


async def _async_tool(argument: str) -> str:
    await asyncio.sleep(0)
    if argument == "no":
        raise ToolError("say yes")
    return argument.upper()


async def _stops(_argument: str) -> str:
    raise StopAsyncIteration


def test_async_tools_work_in_sync_and_async_runs_and_inside_a_running_loop():
    def ask():
        orc = Orchestrator(ScriptedModel(["[ECHO:a]", "[ECHO:no]", "done"]), tools=[echo(run=_async_tool)])
        return orc.run("q")

    async def inside():
        return ask()

    for run in (ask(), asyncio.run(inside())):
        assert [(call.result, call.ok) for call in run.calls] == [("A", True), ("say yes", False)]
    orc = Orchestrator(ScriptedModel(["[ECHO:a]", "done"]), tools=[echo(run=_async_tool)])
    assert asyncio.run(orc.arun("q")).calls[0].result == "A"


def test_a_sync_tool_does_not_block_the_event_loop():
    gate = threading.Event()

    def slow(_argument):
        assert gate.wait(10)
        return "ok"

    async def go():
        orc = Orchestrator(ScriptedModel(["[ECHO:a]", "done"]), tools=[echo(run=slow)])
        task = asyncio.ensure_future(orc.arun("q"))
        while not task.done():
            await asyncio.sleep(0)
            gate.set()
        return task.result()

    assert asyncio.run(go()).calls[0].ok


def test_one_orchestrator_serves_many_threads():
    orc = Orchestrator(
        ScriptedModel(
            lambda request: f"[CALCULATOR:{request.messages[-1].text}]" if len(request.messages) == 2 else "ok"
        )
    )
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(orc.run, [f"{number}*{number}" for number in range(100)]))
    assert [run.calls[0].result for run in runs] == [str(number * number) for number in range(100)]


def test_a_cost_limit_needs_a_price():
    for most in (0.01, 1.0):
        with pytest.raises(ConfigError, match="max_cost needs the price of openai:x"):
            Orchestrator("openai:x", limits=Limits(max_cost=most), options=ModelOptions(api_key="k"))
    priced = ModelOptions(api_key="k", price=Price(1, 2))
    bounded = Orchestrator("openai:x", limits=Limits(max_cost=0.01), options=priced)
    with pytest.raises(ConfigError, match="max_cost needs the price of scripted"):
        bounded.variant(Arm.of("model:scripted:hi"))
    assert bounded.variant(Arm.of("cot"))


def test_the_cost_is_worked_out_once_from_what_was_reported_with_cached_input_at_full_price():
    used = Usage(Count(1000, "reported"), Count(100, "reported"), Count(800, "reported"))
    reply = [Reply("Hi.", usage=used)]
    assert Orchestrator(ScriptedModel(reply, info=ModelInfo("m", price=Price(2, 8)))).run("q").usage.cost == 0.0028
    assert Orchestrator(ScriptedModel(reply, info=ModelInfo("m", price=Price(0, 0)))).run("q").usage.cost == 0.0
    assert Orchestrator(ScriptedModel(reply)).run("q").usage.cost is None


@pytest.mark.parametrize(
    ("price", "cost"), [(Price(2, 8, 1), 0.002), (Price(2, 8, 0), 0.0012), (Price(2, 8, cached_input=2), 0.0028)]
)
def test_cached_input_has_its_own_price_if_it_is_known(price, cost):
    used = Usage(Count(1000, "reported"), Count(100, "reported"), Count(800, "reported"))
    model = ScriptedModel([Reply("Hi.", usage=used)], info=ModelInfo("m", price=price))
    assert Orchestrator(model).run("q").usage.cost == pytest.approx(cost)


def test_a_model_with_a_price_stops_at_a_dollar_where_nothing_was_said():
    dear = ModelInfo("dear", price=Price(1e6, 1e6))
    run = Orchestrator(ScriptedModel(REPLIES, info=dear)).run("q")
    assert (run.finish, run.detail) == ("max_cost", "stopped after 1 dollars (raise max_cost to allow more)")


def test_the_default_model_is_said_in_one_line(caplog, monkeypatch):
    monkeypatch.setenv("ORCHESTRATOR_MODEL", "scripted:Hi.")
    assert Orchestrator().run("q").answer == "Hi."
    assert [record.getMessage() for record in caplog.records] == ["model: scripted:Hi. (from ORCHESTRATOR_MODEL)"]


def test_a_model_of_your_own_needs_two_methods_and_an_info():
    class Parrot:
        info = ModelInfo("parrot")

        def stream(self, request):
            yield Delta(request.messages[-1].text)
            yield Delta(finish="stop")

        async def astream(self, request):
            for delta in self.stream(request):
                yield delta

    assert Orchestrator(Parrot()).run("Polly").answer == "Polly"
    assert asyncio.run(Orchestrator(Parrot()).arun("Polly")).answer == "Polly"


def test_results_of_any_type_become_text():
    run = Orchestrator(ScriptedModel(["[ECHO:x]", "ok"]), tools=[echo(run=lambda _: 42)]).run("q")
    assert run.calls[0] == ToolResult("ECHO", "x", "42", True, run.calls[0].seconds)


def test_a_stream_that_is_dropped_closes_the_model_at_once():
    model = ScriptedModel(["A long answer that goes on and on."])
    for _ in Orchestrator(model).stream("q"):
        break
    assert model.taken[0].closed_early


@pytest.mark.parametrize("tool", [lambda _: next(iter(())), _stops])
def test_a_tool_that_raises_stop_iteration_ends_no_run_and_hangs_nothing(tool, tool_bugs):
    asked = Orchestrator(
        ScriptedModel(lambda request: "Done." if "ERROR" in str(request) else "[ECHO:x]"), tools=[echo(run=tool)]
    )
    for run in (asked.run("q"), asyncio.run(asked.arun("q"))):
        assert (run.finish, run.answer, run.calls[0].ok) == ("answered", "Done.", False)
        assert "Iteration" in run.calls[0].result
    assert len(tool_bugs) == 2
    tool_bugs.clear()


@pytest.mark.parametrize("temperature", [-1.0, float("nan"), float("inf")])
def test_a_senseless_temperature_is_refused(temperature):
    with pytest.raises(ConfigError, match="temperature"):
        Orchestrator(ScriptedModel([]), temperature=temperature)


def test_a_tool_that_cannot_run_here_is_refused_before_anything_is_asked(monkeypatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    model = ScriptedModel(["Hello."])
    with pytest.raises(
        ConfigError, match=r"READ_PAGE tool needs trafilatura: pip install 'orchestrator-llm\[search\]'"
    ):
        Orchestrator(model, tools="READ_PAGE")
    assert not model.requests


def test_a_usual_tool_that_is_left_out_is_logged_with_its_install_command(monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "pydantic_monty", None)
    assert list(Orchestrator(ScriptedModel(["4"])).tools) == ["CALCULATOR"]
    assert "pip install 'orchestrator-llm[python]'" in caplog.text
    caplog.clear()
    Orchestrator(ScriptedModel(["4"]), tools="CALCULATOR")
    assert not caplog.text


def test_the_tools_of_an_orchestrator_cannot_be_changed():
    asked = Orchestrator(ScriptedModel(["4"]), tools="CALCULATOR")
    with pytest.raises(TypeError):
        asked.tools["OTHER"] = asked.tools["CALCULATOR"]  # type: ignore[index]


@pytest.mark.parametrize(
    "options",
    [
        ModelOptions(price=Price(1, 2)),
        ModelOptions(base_url="http://localhost/v1"),
        ModelOptions(template="chatml"),
        ModelOptions(context_size=4096),
    ],
)
def test_options_beside_a_model_object_are_refused(options):
    with pytest.raises(ConfigError, match="options are for a model that is given by name"):
        Orchestrator(ScriptedModel(["a"]), options=options)
    assert Orchestrator(ScriptedModel(["a"]), options=ModelOptions()).run("q").answer == "a"


@pytest.mark.parametrize("told", [{"resume": "turn"}, {"grammars": "grammar"}, {"thinks": True}, {"thinks": False}])
def test_options_of_the_text_protocol_are_refused_in_the_native_one(told):
    options = ModelOptions(base_url="http://models.test/v1", **told)
    Orchestrator("openai:m", options=options)
    with pytest.raises(ConfigError, match=rf"^{next(iter(told))} .* is for the text protocol"):
        Orchestrator("openai:m", options=options, protocol="native")


@pytest.mark.parametrize("field", ["grammar", "structured_outputs", "guided_grammar"])
@pytest.mark.parametrize("model", ["openai:m", "completions:m"])
def test_a_model_whose_server_is_said_to_take_grammars_is_guided_as_on_the_command_line(model, field):
    options = ModelOptions(base_url="http://models.test/v1", grammars=field)
    assert Orchestrator(model, options=options).guidance == Guidance()
    assert Orchestrator(model, options=options, cot=True).guidance == Guidance()
    assert Orchestrator(model, options=options, guidance=False).guidance is None
    assert Orchestrator(model, options=options, guidance=Guidance(most_calls=2)).guidance == Guidance(most_calls=2)
    assert Orchestrator(model, options=options, tools=()).guidance is None
    line = ModelGroup(model, base_url="http://models.test/v1", grammars=field)
    assert orchestrator_of(line, RunGroup()).guidance == Guidance()
