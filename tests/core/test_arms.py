from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator import ModelInfo, ModelOptions, Orchestrator, Price, Tool
from orchestrator.core.arms import Arm, arms_of
from orchestrator.core.chat_template import CHATML
from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.guidance.options import Guidance
from orchestrator.models.scripted import ScriptedModel
from orchestrator.runtime.registry import usual_tools

SWITCHED_OFF = "this tool is switched off now: go on and answer without it"


@pytest.mark.parametrize(
    ("text", "arm"),
    [
        ("direct", Arm("direct")),
        (" cot ", Arm("cot", cot=True)),
        ("tools", Arm("tools", tools="on")),
        ("described", Arm("described", tools="described")),
        ("cot+tools", Arm("cot+tools", cot=True, tools="on")),
        ("native+tools", Arm("native+tools", tools="on", protocol="native")),
        ("text", Arm("text")),
        ("tools:PYTHON/CALCULATOR", Arm("tools:PYTHON/CALCULATOR", tools="on", tool_names=("PYTHON", "CALCULATOR"))),
        ("both=cot+described:PYTHON", Arm("both", cot=True, tools="described", tool_names=("PYTHON",))),
        ("big=model:openai:gpt-5.4+cot", Arm("big", "openai:gpt-5.4", cot=True)),
        ("odd=model:a+b=c+tools", Arm("odd", "a+b=c", tools="on")),
    ],
)
def test_an_arm_is_read(text, arm):
    assert Arm.of(text) == arm


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("tool", "unknown setting 'tool'"),
        ("", "unknown setting ''"),
        ("model:", "unknown setting 'model'"),
        ("cot+cot", "says cot twice"),
        ("direct+tools", "contradicts itself"),
        ("text+native", "contradicts itself"),
        ("cot:5", "takes no value"),
    ],
)
def test_what_is_no_arm_is_a_clear_error(text, why):
    with pytest.raises(ConfigError, match=why):
        Arm.of(text)


def test_several_arms_need_names_of_their_own():
    assert [arm.name for arm in arms_of("direct, cot,")] == ["direct", "cot"]
    with pytest.raises(ConfigError, match="two arms are named 'cot'"):
        arms_of("cot,cot")
    with pytest.raises(ConfigError, match="at least one arm"):
        arms_of(",")


@pytest.mark.parametrize("name", ["gold", "question", "kind", "direct_ok", "direct_finish"])
def test_an_arm_cannot_be_named_as_what_stands_beside_it_in_a_recording(name):
    with pytest.raises(ConfigError, match=f"cannot be named '{name}'"):
        arms_of(f"direct,{name}=cot")


def test_a_described_tool_stands_in_the_prompt_and_is_not_run():
    def fail(_: str) -> str:
        raise AssertionError

    orchestrator = Orchestrator(
        ScriptedModel(["[CLOCK:now]", "I cannot say."]), tools=[Tool("CLOCK", "the time", fail)]
    )
    described = orchestrator.variant(Arm.of("described"))
    assert "CLOCK" in described.prompt("What time is it?")
    run = described.run("What time is it?")
    assert (run.answer, run.calls[0].ok, run.calls[0].result) == ("I cannot say.", False, SWITCHED_OFF)


def test_an_arms_own_model_is_told_the_options_only_where_it_is_of_the_same_provider():
    given = ModelOptions(base_url="http://localhost:9/v1", api_key="secret", price=Price(1, 2))
    here = Arm.of("x=model:Completions:other").options("completions:first", given)
    assert here == replace(given, price=None)
    assert Arm.of("x=model:openai:gpt").options("completions:first", given) == ModelOptions()
    assert replace(Arm.of("x=model:openai:gpt"), price=Price(3, 4)).options("embedded", given).price == Price(3, 4)
    assert Arm.of("cot").options("completions:first", given) is given


def test_an_arm_with_another_model_of_the_same_server_is_asked_there():
    options = ModelOptions(base_url="http://localhost:9/v1", price=Price(1, 2))
    base = Orchestrator("completions:first", options=options)
    other = base.variant(Arm.of("model:completions:other"))
    assert (other.model.info.name, other.model.info.price) == ("completions:other", None)
    with pytest.raises(ConfigError, match="OpenAI needs a key"):
        base.variant(Arm.of("model:openai:gpt"))


def test_a_variant_keeps_everything_but_what_its_arm_says():
    orchestrator = Orchestrator(ScriptedModel(["x"]), system="Be brief.", temperature=0.5)
    direct = orchestrator.variant(Arm.of("direct"))
    assert (dict(direct.tools), direct.model) == ({}, orchestrator.model)
    assert "Be brief." in direct.prompt("Hello?")
    assert "CALCULATOR" not in direct.prompt("Hello?")
    assert "step by step" in orchestrator.variant(Arm.of("cot")).prompt("Hello?")
    assert list(orchestrator.variant(Arm.of("tools")).tools) == list(usual_tools())
    assert orchestrator.variant(Arm.of("model:scripted:hi")).run("?").answer == "hi"
    assert list(orchestrator.tools) == list(usual_tools())


def test_an_arm_with_tools_of_an_orchestrator_without_gets_the_usual_ones():
    bare = Orchestrator(ScriptedModel(["x"]), tools=())
    assert list(bare.variant(Arm.of("tools")).tools) == list(usual_tools())
    assert list(bare.variant(Arm.of("tools:CALCULATOR")).tools) == ["CALCULATOR"]
    with pytest.raises(ConfigError, match="unknown tool"):
        bare.variant(Arm.of("tools:NOPE"))
    with pytest.raises(ToolError):
        bare.variant(Arm.of("described")).tools["CALCULATOR"].run("1")


SMALL = ModelInfo("scripted:small", "raw", CHATML, grammars=True, small=True)
LARGE = ModelInfo("scripted:large", grammars=True)
PLAIN = ModelInfo("scripted:plain")


class Talking(ScriptedModel):
    """A server with function calling as well."""

    def __init__(self, info):
        super().__init__(lambda _: "It is 42.", info=info)

    def with_functions(self):
        functions = Talking(ModelInfo(self.info.name, "native", grammars=self.info.grammars, small=self.info.small))
        functions.requests = self.requests
        return functions


def first_request(orchestrator):
    orchestrator.run("What is 6 * 7?")
    return orchestrator.model.requests[-1]


GUIDED = Guidance(most_calls=2)
BASES = [(info, asked) for info in (SMALL, LARGE) for asked in (None, True, False, GUIDED)] + [(PLAIN, None)]


@pytest.mark.parametrize("own", [SMALL, LARGE, PLAIN])
@pytest.mark.parametrize(
    ("arm", "options"),
    [
        ("direct", {"tools": ()}),
        ("cot", {"tools": (), "cot": True}),
        ("tools", {}),
        ("described", {}),
        ("cot+tools", {"cot": True}),
        ("native+tools", {"protocol": "native"}),
    ],
)
def test_an_arm_is_sent_what_an_orchestrator_of_its_own_would_be_sent(arm, options, own, monkeypatch):
    monkeypatch.setattr("orchestrator.runtime.run_config.load_model", lambda *_: Talking(own))
    for of_base, asked in BASES:
        base = Orchestrator(Talking(of_base), tools=["CALCULATOR"], guidance=asked)
        on_its_own = asked if own.grammars else None  # an arm whose server takes no grammars is asked without
        expected = Orchestrator(Talking(own), **{"tools": ["CALCULATOR"], "guidance": on_its_own} | options)
        sent, wanted = first_request(base.variant(Arm.of(f"{arm}+model:other"))), first_request(expected)
        assert (sent.messages, sent.prompt, sent.grammar) == (wanted.messages, wanted.prompt, wanted.grammar)
        assert [tool.name for tool in sent.tools] == [tool.name for tool in wanted.tools]


def test_what_was_said_of_the_examples_holds_in_every_arm():
    base = Orchestrator(Talking(SMALL), tools=["CALCULATOR"], examples=2)
    for arm in ("tools", "cot+tools", "native+tools"):
        spans = base.variant(Arm.of(arm)).run("What is 6 * 7?").spans
        assert sum(span.origin == "system" and span.role == "user" for span in spans) == 2
