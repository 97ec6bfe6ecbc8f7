"""The real model in the real server: nothing here is mocked."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.core.chat_template import CHATML, LLAMA3
from orchestrator.core.errors import ConfigError, ModelRefused
from orchestrator.core.protocols import Model, ModelOptions
from orchestrator.core.tool import Request
from orchestrator.core.types import Delta, Price
from orchestrator.models import _llama, _weights
from orchestrator.models._chat_template import derived_template
from orchestrator.models.embedded import Embedded, create
from orchestrator.runtime.orchestrator import Orchestrator

pytest.importorskip("xllamacpp")

Collect = Callable[[Model, Request], list[Delta]]

PROMPT = "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n"
STORY = "<|im_start|>user\nTell a very long story about the sea.<|im_end|>\n<|im_start|>assistant\n"


def asking(prompt: str, max_tokens: int = 20) -> Request:
    return Request((), prompt, max_tokens, timeout=120.0)


def text(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas)


@pytest.fixture
def model(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Embedded:
    """The shipped model, found in a cache folder."""
    monkeypatch.setenv("ORCHESTRATOR_CACHE", str(weights.parent))
    assert weights == _weights.weights_path(weights.parent)
    return create("", ModelOptions())


def address_of(weights: Path) -> str:
    return _llama.server_for(_llama.ModelFile(weights, _llama.CONTEXT_SIZE)).address


def slots(weights: Path) -> list[dict[str, object]]:
    with urllib.request.urlopen(f"{address_of(weights)}/slots", timeout=60) as answer:
        found: list[dict[str, object]] = json.load(answer)
        return found


def test_it_answers_without_network_or_key(model: Embedded, collect: Collect) -> None:
    deltas = collect(model, asking(PROMPT))
    assert "Paris" in text(deltas)
    assert [delta.finish for delta in deltas if delta.finish] == ["stop"]


def test_the_same_question_gives_the_same_answer(model: Embedded) -> None:
    assert text(list(model.stream(asking(STORY)))) == text(list(model.stream(asking(STORY))))


def test_resuming_evaluates_only_the_new_tokens(model: Embedded, collect: Collect) -> None:
    opening = PROMPT + "Let me think about that for a while. The capital of France is the city of"
    first = collect(model, asking(opening, 4))
    said = text(first)
    resumed = collect(model, asking(opening + said + " [CALCULATOR_RESULT:147934]", 4))
    usage = resumed[0].usage
    assert usage is not None
    assert usage.input_tokens.source == "reported"
    assert usage.input_tokens.value - usage.cached_tokens.value < 24 < usage.cached_tokens.value


def test_usage_is_reported_and_free_even_when_the_stream_is_cut(
    model: Embedded, take_one: Callable[[Model, Request], Delta]
) -> None:
    usage = take_one(model, asking(PROMPT)).usage
    assert usage is not None
    assert (usage.output_tokens.source, usage.output_tokens.value) == ("reported", 1)
    assert model.info.price == Price(0, 0)


def test_closing_the_stream_stops_the_server(
    model: Embedded, weights: Path, take_one: Callable[[Model, Request], Delta]
) -> None:
    take_one(model, asking(STORY, 4000))
    patience = time.monotonic() + 20
    while any(slot["is_processing"] for slot in slots(weights)) and time.monotonic() < patience:
        time.sleep(0.01)
    assert not any(slot["is_processing"] for slot in slots(weights))


def test_four_requests_at_once_are_answered_side_by_side(model: Embedded) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: text(list(model.stream(asking(PROMPT)))), range(4)))
    assert all("Paris" in answer for answer in answers)


async def test_four_async_requests_at_once_are_answered_side_by_side(model: Embedded) -> None:
    async def ask() -> str:
        return text([delta async for delta in model.astream(asking(PROMPT))])

    assert all("Paris" in answer for answer in await asyncio.gather(*(ask() for _ in range(4))))


def test_a_prompt_beyond_the_context_is_refused_with_the_next_step(model: Embedded, collect: Collect) -> None:
    with pytest.raises(ModelRefused, match=r"longer than the model's context.*context_size"):
        collect(model, asking("sea " * 9000))
    assert "Paris" in text(collect(model, asking(PROMPT)))


def test_an_empty_prompt_crashes_nothing(model: Embedded, collect: Collect) -> None:
    collect(model, asking("", 2))
    assert "Paris" in text(collect(model, asking(PROMPT)))


def test_the_shipped_models_template_is_the_one_in_its_file(model: Embedded, weights: Path) -> None:
    assert model.info.template == CHATML
    assert replace(derived_template(address_of(weights)), name="chatml") == CHATML


def test_info_needs_no_weights_for_the_shipped_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_CACHE", str(tmp_path))
    for name, label, trained in (
        ("", _weights.MODEL, False),
        ("base", _weights.MODEL, False),
        ("adapted", f"{_weights.MODEL}+tool_calls", True),
    ):
        info = create(name, ModelOptions()).info
        assert (info.name, info.resume_mode, info.price) == (f"embedded:{label}", "raw", Price(0, 0))
        assert info.trained is trained


def test_a_file_of_the_users_brings_its_own_template(weights: Path) -> None:
    info = create(str(weights), ModelOptions()).info
    assert info.name == f"embedded:{weights.stem}"
    assert info.template is not None
    assert replace(info.template, name="chatml") == CHATML


def test_a_template_that_is_passed_goes_before_the_files_own(tmp_path: Path) -> None:
    assert create(str(tmp_path / "none.gguf"), ModelOptions(template="llama3")).info.template == LLAMA3


def test_models_of_one_file_share_one_server(model: Embedded, weights: Path) -> None:
    list(model.stream(asking(PROMPT, 1)))
    servers = len(_llama._servers)
    list(create(str(weights), ModelOptions()).stream(asking(PROMPT, 1)))
    assert len(_llama._servers) == servers


def test_missing_weights_are_a_config_error_that_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, collect: Collect
) -> None:
    monkeypatch.setenv("ORCHESTRATOR_CACHE", str(tmp_path))
    with pytest.raises(ConfigError, match="`orchestrator models pull` once \\(93 MB\\)"):
        collect(create("", ModelOptions()), asking(PROMPT))


def test_a_missing_extra_is_a_config_error_with_its_install_line(
    weights: Path, monkeypatch: pytest.MonkeyPatch, collect: Collect
) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    model = create(str(weights), ModelOptions(template="chatml", context_size=77))
    with pytest.raises(ConfigError, match=r"pip install 'orchestrator-llm\[local\]'"):
        collect(model, asking(PROMPT))


def test_a_context_size_below_one_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match="context_size is 0"):
        create("", ModelOptions(context_size=0))


@pytest.mark.parametrize("kind", ["missing", "empty", "text", "folder", "header only", "cut off"])
def test_a_file_that_is_no_model_is_a_config_error(kind: str, weights: Path, tmp_path: Path) -> None:
    path = tmp_path / "odd.gguf"
    if kind == "folder":
        path.mkdir()
    elif kind != "missing":
        with weights.open("rb") as file:
            start = file.read(5_000_000)
        path.write_bytes({"empty": b"", "text": b"hello", "header only": start[:64], "cut off": start}[kind])
    with pytest.raises(ConfigError, match=r"odd\.gguf"):
        list(create(str(path), ModelOptions(template="chatml")).stream(asking(PROMPT)))


SCRIPT = """
import asyncio, os, sys, warnings
from orchestrator.models.embedded import create
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.tool import Request
model = create(sys.argv[1], ModelOptions(template="chatml"))
story = Request((), "Once upon a time", 3000, 120.0)
"""
ENDINGS = {
    "at once": ("", 0),
    "with an open stream": ("stream = model.stream(story); next(stream)", 0),
    "with sys.exit and an open stream": ("stream = model.stream(story); next(stream); sys.exit(3)", 3),
    "in the middle of an async stream": (
        """
async def main():
    stream = model.astream(story)
    await anext(stream)
asyncio.run(main())
""",
        0,
    ),
    "with a loop that was never shut down": (
        """
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # Python itself complains about such a loop
loop = asyncio.new_event_loop()
stream = model.astream(story)
loop.run_until_complete(anext(stream))
""",
        0,
    ),
    "after a forked child that never used it": (
        """
warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of every fork beside threads
next(model.stream(story))
if os.fork() == 0:
    sys.exit(0)
assert os.wait()[1] == 0
assert next(model.stream(story)).text
""",
        0,
    ),
    "after a forked child that asked it too": (
        """
warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of every fork beside threads
first = next(model.stream(story))
if os.fork() == 0:
    assert next(model.stream(story)).text == first.text
    sys.exit(0)
assert os.wait()[1] == 0
""",
        0,
    ),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_process_ends_quickly_and_silently(ending: str, weights: Path) -> None:
    code, status = ENDINGS[ending]
    if "fork" in ending and not hasattr(os, "fork"):
        pytest.skip("this system cannot fork")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT + code, str(weights)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", status)


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_ctrl_c_in_the_middle_of_a_stream_ends_the_process_with_one_plain_traceback(weights: Path) -> None:
    code = SCRIPT + "for delta in model.stream(story): print(delta.text, flush=True)"
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(weights)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=60)
    assert child.returncode in {1, 130, -signal.SIGINT}
    assert errors.count("Traceback") == 1
    assert errors.rstrip().endswith("KeyboardInterrupt")


def test_two_threads_that_start_the_same_weights_get_one_server(weights: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.gguf"
    shutil.copy(weights, copy)
    wanted = _llama.ModelFile(copy, 512)
    with ThreadPoolExecutor(2) as pool:
        addresses = set(pool.map(lambda _: _llama.server_for(wanted).address, range(2)))
    assert len(addresses) == 1
    del _llama._servers[wanted]


@pytest.mark.parametrize("talk", ["hey, how's it going?", "My dog ran away yesterday and I feel awful"])
@pytest.mark.usefixtures("weights")
def test_small_talk_comes_to_an_end(talk: str) -> None:
    run = Orchestrator("embedded").run(talk)
    assert (run.finish, run.calls) == ("answered", ())
    assert len(run.answer.split()) < 90


@pytest.mark.usefixtures("weights")
def test_a_call_that_cannot_be_worked_out_is_made_once_and_told() -> None:
    run = Orchestrator("embedded").run("What is 8 divided by 0?")
    assert [(call.argument, call.ok) for call in run.calls] == [("8/0", False)]
    assert run.finish == "answered"
