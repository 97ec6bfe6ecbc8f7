"""Rows: what a line may be, and what a bad one says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestrator import ConfigError, Tool
from orchestrator.posttraining.rows import Call, Row, argument_of, read_groups, read_rows, tool_of
from orchestrator.posttraining.texts import continuations

WEATHER = {
    "name": "get.weather",
    "description": "The weather in a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The city"}, "days": {"type": "integer"}},
        "required": ["city"],
    },
}


def written(folder: Path, *lines: object) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines), "utf-8")
    return path


def test_a_line_is_a_group(tmp_path: Path):
    calls = [{"name": "get.weather", "arguments": {"days": 3, "city": "Õnne"}, "result": "rain"}]
    line = {"functions": [WEATHER], "questions": [{"question": "Õnne?", "calls": calls}, {"question": "there?"}]}
    (group,) = read_groups(written(tmp_path, line, "", "  "))
    assert [tool.name for tool in group.tools] == ["GET_WEATHER"]
    assert group.rows == (
        Row("Õnne?", (Call("GET_WEATHER", '{"city": "Õnne", "days": 3}', "rain"),)),
        Row("there?"),
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1"),
        ("[]", "line 1"),
        ("null", "line 1"),
        ({"functions": []}, "'questions' is missing"),
        ({"functions": [WEATHER], "questions": [{"question": ""}]}, "not empty"),
        ({"functions": [WEATHER], "questions": [{"question": 3}]}, "are texts"),
        ({"functions": [WEATHER], "questions": [{"question": "x", "calls": [{"name": "other"}]}]}, "no tool 'other'"),
        (
            {
                "functions": [WEATHER],
                "questions": [{"question": "x", "calls": [{"name": "get.weather", "arguments": {"days": "many"}}]}],
            },
            "days",
        ),
        ({"functions": [WEATHER], "questions": [{"question": "x", "calls": [{"name": "get.weather"}]}]}, "is missing"),
        ("[" * 5000, "line 1"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: object, said: str):
    with pytest.raises(ConfigError, match=said):
        read_groups(written(tmp_path, line))


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"none\.jsonl"):
        read_groups(tmp_path / "none.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        read_groups(tmp_path / "latin.jsonl")


def test_rows_name_tools_by_function_or_token_and_text_tools_by_argument(tmp_path: Path):
    tools = {"GET_WEATHER": tool_of(WEATHER), "ECHO": Tool("ECHO", "Echoes.", str)}
    path = written(
        tmp_path,
        {"question": "a", "calls": [{"name": "GET_WEATHER", "arguments": {"city": "Oslo"}}]},
        {"question": "b", "calls": [{"name": "ECHO", "argument": "hello"}], "answer": "hello"},
    )
    assert read_rows(path, tools) == [
        Row("a", (Call("GET_WEATHER", '{"city": "Oslo"}'),)),
        Row("b", (Call("ECHO", "hello"),), "hello"),
    ]


def test_arguments_are_written_in_the_order_of_the_schema():
    assert argument_of(tool_of(WEATHER), {"days": 2, "city": 'a "b"'}) == '{"city": "a \\"b\\"", "days": 2}'


def test_continuations_follow_each_other(tmp_path: Path):
    calls = [{"name": "get.weather", "arguments": {"city": each}, "result": each[0]} for each in ("Oslo", "Rome")]
    line = {"functions": [WEATHER], "questions": [{"question": "Oslo, Rome [X]?", "calls": calls, "answer": "O, R."}]}
    (group,) = read_groups(written(tmp_path, line))
    first, second, last = continuations(group, group.rows[0])
    assert first.prompt.endswith("<|im_start|>assistant\n")
    assert first.written == '[GET_WEATHER:{"city": "Oslo"}]'
    assert second.prompt == f"{first.prompt}{first.written}[GET_WEATHER_RESULT:O]"
    assert last.prompt == f"{second.prompt}{second.written}[GET_WEATHER_RESULT:R]"
    assert last.written == " O, R.<|im_end|>"
