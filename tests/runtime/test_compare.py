from __future__ import annotations

import asyncio
from functools import partial

import pytest

from orchestrator import Arm, Finished, ModelError, Orchestrator, Tool
from orchestrator.core.errors import ConfigError
from orchestrator.models.scripted import Reply, ScriptedModel
from orchestrator.runtime.compare import events


def answer(request):
    """Calls the calculator where it has one, thinks where it is asked to."""
    prompt = "".join(message.text for message in request.messages)
    if "CALCULATOR_RESULT:42]" in prompt:
        return "It is 42."
    if "[CALCULATOR:expression]" in prompt:
        return "[CALCULATOR:6*7]"
    return "Step by step: 41." if "step by step" in prompt else "40."


def orchestrator(script=answer):
    return Orchestrator(ScriptedModel(script))


def test_the_same_question_goes_to_every_arm():
    compared = orchestrator().compare("What is 6 * 7?")
    assert compared.answers == {"direct": "40.", "cot": "Step by step: 41.", "tools": "It is 42."}
    assert compared["tools"].calls[0].result == "42"
    assert [side.arm.name for side in compared.sides] == ["direct", "cot", "tools"]
    with pytest.raises(KeyError):
        compared["other"]


def test_arms_are_texts_or_values():
    compared = orchestrator().compare("What is 6 * 7?", [Arm("plain"), "off=described"])
    assert list(compared.answers) == ["plain", "off"]
    assert compared["off"].calls[0].ok is False


async def test_it_works_inside_a_running_loop():
    assert orchestrator().compare("What?", "direct").answers == {"direct": "40."}
    assert (await orchestrator().acompare("What?", "direct,cot")).answers["cot"] == "Step by step: 41."


def test_a_server_that_fails_ends_its_own_arm_only():
    def script(request):
        failing = "step by step" in "".join(message.text for message in request.messages)
        return Reply("Half", error=ModelError("the server is gone")) if failing else "40."

    compared = orchestrator(script).compare("What?", "direct,cot")
    direct, cot = compared.sides
    assert (direct.error, compared["direct"].answer) == ("", "40.")
    assert (cot.error, cot.run and cot.run.text) == ("the server is gone", "Half")


def test_a_tool_that_is_not_set_up_ends_all_arms():
    def broken(_: str) -> str:
        raise ConfigError("no key")

    tool = Tool("CALCULATOR", "", broken, syntax="expression")
    with pytest.raises(ConfigError, match="no key"):
        Orchestrator(ScriptedModel(answer), tools=[tool]).compare("What?", "direct,tools")


async def test_an_error_in_one_arm_ends_the_others_at_once():
    def broken(_: str) -> str:
        raise ConfigError("no key")

    class Waiting(ScriptedModel):
        async def astream(self, request):
            if "CLOCK" not in "".join(message.text for message in request.messages):
                await asyncio.Event().wait()
            async for delta in super().astream(request):
                yield delta

    asked = Orchestrator(Waiting(lambda _: "[CLOCK:now]"), tools=[Tool("CLOCK", "the time", broken)])
    with pytest.raises(ConfigError, match="no key"):
        await asyncio.wait_for(asked.acompare("What time is it?", "direct,tools"), 60)


async def test_whoever_watches_is_told_every_event_of_every_arm():
    told = []
    compared = await orchestrator().acompare("What?", "direct,cot", lambda arm, event: told.append((arm.name, event)))
    assert [name for name, event in told if isinstance(event, Finished)] == list(compared.answers)


def test_an_empty_question_and_no_arms_are_refused():
    with pytest.raises(ConfigError, match="question is empty"):
        orchestrator().compare(" ")
    with pytest.raises(ConfigError, match="at least one arm"):
        orchestrator().compare("What?", [])


async def test_events_of_all_arms_come_as_they_happen_and_closing_stops_every_model():
    class Endless(ScriptedModel):
        async def astream(self, request):
            self.requests.append(request)
            try:
                while True:
                    async for delta in super().astream(request):
                        yield delta
                    await asyncio.sleep(0)
            finally:
                stopped.append(request)

    stopped: list[object] = []
    model = Endless(lambda _: Reply("word after word ", finish=None))
    seen = set()
    sides = [(arm, Orchestrator(model).variant(arm)) for arm in (Arm("one"), Arm("two", cot=True))]
    happening = events([(arm, partial(side.astream, "What?")) for arm, side in sides])
    async for arm, event in happening:
        assert not isinstance(event, Finished)
        seen.add(arm.name)
        if len(seen) == 2:
            break
    await happening.aclose()
    assert len(stopped) == 2
