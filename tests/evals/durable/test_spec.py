"""A sample's key: the same for what cannot matter, another for whatever its answer depends on."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from orchestrator import ModelInfo, ModelOptions, Price
from orchestrator.core.arms import Arm
from orchestrator.core.chat_template import CHATML
from orchestrator.evals.durable.spec import SampleSpec, planned
from orchestrator.evals.sampling import Setting
from orchestrator.evals.scorers import number
from orchestrator.evals.types import Dataset, Item
from orchestrator.guidance.example_files import no_tool_examples
from orchestrator.models.scripted import ScriptedModel

DATASET = Dataset("one", (Item("1", "What is 6 * 7?", "42"),), number.score)
SETTING = Setting("scripted:x")


def key(arm="tools", setting=SETTING, dataset=DATASET, trial=0):
    (found,) = planned(dataset, [Arm.of(arm) if isinstance(arm, str) else arm], setting, trial)
    assert SampleSpec.from_json(found.spec.to_json()) == found.spec
    return found.key


@pytest.fixture
def guided(monkeypatch):
    """A small model whose server takes grammars."""
    info = ModelInfo("small", "raw", CHATML, grammars=True, small=True)
    monkeypatch.setattr(
        "orchestrator.evals.sampling.load_model", lambda choice, options: ScriptedModel(["x"], info=info)
    )


def test_names_and_prices_do_not_matter():
    assert key("tools") == key("mine=tools") == key("tools:CALCULATOR")
    assert key("x=model:scripted:x") == key("direct")
    assert key(replace(Arm.of("direct"), price=Price(1, 1), model="scripted:x")) == key("direct")
    dear = replace(SETTING, options=ModelOptions(price=Price(1, 1)))
    assert key(setting=dear) == key()


def test_arm_question_setting_and_trial_matter():
    other = Dataset("one", (Item("1", "What is 6 * 8?", "42"),), number.score)
    keys = [
        key(),
        key("direct"),
        key("cot"),
        key("described"),
        key("tools:PYTHON"),
        key(dataset=other),
        key(setting=replace(SETTING, temperature=1.0)),
        key(setting=replace(SETTING, system="Be brief.")),
        key(setting=replace(SETTING, options=ModelOptions(template="chatml"))),
        key(setting=Setting("scripted:y")),
        key(trial=1),
    ]
    assert len(set(keys)) == len(keys)


def test_guidance_and_the_examples_that_vote_matter(guided, monkeypatch):
    held = key()
    monkeypatch.setattr("orchestrator.runtime.run_config.guidance_for", lambda *_, **__: None)
    free = key()
    monkeypatch.undo()
    assert held != free


def test_the_bank_of_a_guided_arm_matters(guided, monkeypatch):
    guided_before, free_before = key(), key("direct")
    fewer = no_tool_examples()[:-1]
    monkeypatch.setattr("orchestrator.evals.durable.spec.no_tool_examples", lambda: fewer)
    assert key() != guided_before
    assert key("direct") == free_before


def test_the_grammar_of_the_request_matters(guided, monkeypatch):
    before = key()
    monkeypatch.setattr("orchestrator.guidance.guide.Guide.grammar", lambda *_: 'root ::= "another"')
    assert key() != before


def test_another_file_under_the_models_name_is_another_model(tmp_path):
    script = tmp_path / "replies.json"
    script.write_text('["1"]', "utf-8")
    setting = Setting(f"scripted:{script}")
    first = key(setting=setting)
    assert key(setting=setting) == first
    script.write_text('["1", "2"]', "utf-8")
    second = key(setting=setting)
    os.utime(script, ns=(1, 1))
    assert len({first, second, key(setting=setting)}) == 3
