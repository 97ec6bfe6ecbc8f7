from __future__ import annotations

import json
import sys

import pytest
from typer.testing import CliRunner, Result

from orchestrator.cli import app


def tokens(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, ["tokens", *arguments], input=stdin)


def test_vocabularies_stand_side_by_side_with_pieces_ids_and_why_counting_fails() -> None:
    done = tokens("strawberry", "-v", "o200k,cl100k")
    assert done.exit_code == 0
    assert ["o200k", "3", "st│raw│berry│", "302", "1618", "19772"] in [
        line.split() for line in done.stdout.splitlines()
    ]
    assert ["cl100k", "3", "str│aw│berry│", "496", "675", "15717"] in [
        line.split() for line in done.stdout.splitlines()
    ]
    assert "cannot look and count" in done.stderr


def test_json_has_every_token_with_its_bytes() -> None:
    (row,) = json.loads(tokens("🍓", "-v", "o200k", "--json").stdout)
    assert (row["text"], row["vocabulary"], row["count"]) == ("🍓", "o200k", 2)
    assert bytes.fromhex("".join(token["bytes"] for token in row["tokens"])).decode() == "🍓"
    assert row["tokens"][0]["text"] == "\\xf0\\x9f\\x8d"


def test_a_conversation_shows_the_embedded_model_s_template(weights: object) -> None:
    (row,) = json.loads(tokens("--chat", "--system", "Be brief.", "Hi", "-v", "embedded", "--json").stdout)
    text = "".join(token["text"] for token in row["tokens"] if token["template"])
    assert text == ("<|im_start|>system\\n<|im_end|>\\n<|im_start|>user\\n<|im_end|>\\n<|im_start|>assistant\\n")
    assert "".join(token["text"] for token in row["tokens"] if not token["template"]) == "Be·brief.Hi"


def test_a_text_of_any_length_is_counted_and_its_beginning_shown() -> None:
    done = tokens("-", "-v", "o200k", stdin="a " * 5_000)
    assert "more" in done.stdout
    assert len(done.stdout) < 20_000
    assert "10,000 characters" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["x", "-v", "o200"], "did you mean o200k"),
        (["", "-v", "o200k"], "the text is empty"),
        (["x", "--system", "y"], "add --chat"),
    ],
)
def test_mistakes_are_explained(arguments: list[str], says: str) -> None:
    done = tokens(*arguments)
    assert done.exit_code == 2
    assert says in done.stderr


def test_what_is_not_installed_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch, weights: object) -> None:
    monkeypatch.setitem(sys.modules, "quicktok", None)
    done = tokens("strawberry")
    assert done.exit_code == 0
    assert "st│raw│berry" in done.stdout
    assert "o200k is left out" in done.stderr
    assert "pip install 'orchestrator-llm[tokens]'" in done.stderr


def test_half_a_surrogate_pair_and_terminal_codes_do_no_harm() -> None:
    done = tokens("\udcff\x1b[31m", "-v", "o200k")
    assert done.exit_code == 0
    assert "\x1b" not in done.stdout
