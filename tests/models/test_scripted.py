from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.core.chat_template import PLAIN
from orchestrator.core.errors import ConfigError, ModelError, ModelTimeout
from orchestrator.core.protocols import Model, ModelOptions
from orchestrator.core.tool import Request
from orchestrator.core.types import Delta, ModelInfo
from orchestrator.core.usage import Count, Usage
from orchestrator.models.scripted import Reply, ScriptedModel, Taken, create

Collect = Callable[[Model, Request], list[Delta]]


def test_each_request_gets_the_next_reply_in_small_pieces(collect: Collect, asked: Request) -> None:
    model = ScriptedModel(["Hello you", "Bye"])
    assert collect(model, asked) == [Delta("Hell"), Delta("o yo"), Delta("u"), Delta(finish="stop")]
    assert collect(model, asked) == [Delta("Bye"), Delta(finish="stop")]
    assert model.requests == [asked, asked]
    assert model.taken == [Taken(9), Taken(3)]


def test_a_request_beyond_the_script_is_an_error(collect: Collect, asked: Request) -> None:
    with pytest.raises(ModelError, match="the script has 0 replies and this is request 1: add a reply"):
        collect(ScriptedModel([]), asked)


def test_closing_early_is_recorded(take_one: Callable[[Model, Request], Delta], asked: Request) -> None:
    model = ScriptedModel(["Hello you"])
    take_one(model, asked)
    assert model.taken == [Taken(4, closed_early=True)]


def test_a_reply_may_have_reasoning_usage_and_no_finish(collect: Collect, asked: Request) -> None:
    usage = Usage(Count(1, "reported"), Count(2, "reported"))
    model = ScriptedModel([Reply("a", finish=None, reasoning="b", usage=usage), Reply("c", finish=None)])
    assert collect(model, asked) == [Delta(reasoning="b"), Delta("a"), Delta(usage=usage)]
    assert collect(model, asked) == [Delta("c")]


def test_a_reply_may_fail_after_its_text(collect: Collect, asked: Request) -> None:
    model = ScriptedModel([Reply("abc", error=ModelTimeout("too late"))])
    with pytest.raises(ModelTimeout, match="too late"):
        collect(model, asked)
    assert model.taken == [Taken(3)]


def test_a_function_may_make_the_replies(collect: Collect, asked: Request) -> None:
    assert collect(ScriptedModel(lambda request: request.prompt[:4]), asked)[0] == Delta("User")
    assert collect(ScriptedModel(lambda _: [Delta("one"), Delta("two")]), asked) == [Delta("one"), Delta("two")]
    assert collect(ScriptedModel(lambda _: Reply("x", "length"), chunk=1), asked)[-1] == Delta(finish="length")


def test_the_chunk_is_the_length_of_the_pieces(collect: Collect, asked: Request) -> None:
    assert [delta.text for delta in collect(ScriptedModel(["abc"], chunk=1), asked)] == ["a", "b", "c", ""]


def test_on_the_command_line_the_name_is_the_reply_to_every_request(collect: Collect, asked: Request) -> None:
    model = create("Hi!", ModelOptions())
    assert collect(model, asked) == collect(model, asked) == [Delta("Hi!"), Delta(finish="stop")]
    assert model.info == ModelInfo("scripted")


def test_on_the_command_line_a_json_file_holds_the_replies(collect: Collect, asked: Request, tmp_path: Path) -> None:
    path = tmp_path / "replies.json"
    path.write_text(json.dumps(["a", {"text": "b", "finish": None}]), "utf-8")
    model = create(str(path), ModelOptions(template="plain"))
    assert collect(model, asked) == [Delta("a"), Delta(finish="stop")]
    assert collect(model, asked) == [Delta("b")]
    assert model.info == ModelInfo("scripted", "raw", PLAIN)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "check the path"),
        ("[", "is not JSON"),
        ("{}", "holds no list"),
        ('[{"txt": 1}]', "a reply is"),
        ("[1]", "a reply is"),
    ],
)
def test_a_script_that_cannot_be_used_is_a_config_error(content: str | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "replies.json"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=words):
        create(str(path), ModelOptions())
