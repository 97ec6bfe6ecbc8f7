from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import pytest_httpx2  # noqa: F401 - teaches respx to intercept httpx2
import respx
from typer.testing import CliRunner, Result

from orchestrator.cli import app
from orchestrator.experiments._embedders import available


def experiment(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["experiment", *arguments])


def test_all_writes_a_report_of_each_and_a_synthesis_offline(tmp_path: Path) -> None:
    done = experiment("all", "--out", str(tmp_path), "--embedders", "static")
    assert done.exit_code == 0, done.stderr
    for name in ("embeddings", "similarity", "retrieval", "chunking", "synthesis"):
        assert (tmp_path / f"{name}.md").read_text("utf-8").startswith("# ")
        assert "“The notes” are the study notes" in (tmp_path / f"{name}.md").read_text("utf-8")
        assert "“The notes” are the study notes" in (tmp_path / f"{name}.html").read_text("utf-8")
        assert f"{name}.html" in done.stdout
    assert list(json.loads((tmp_path / "times.json").read_text())) == [
        "embeddings",
        "similarity",
        "retrieval",
        "chunking",
    ]
    assert "static: 256" in (tmp_path / "embeddings.md").read_text("utf-8")


def test_chunking_takes_a_repository(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    source = 'def area(width, height):\n    """The area of a rectangle."""\n    return width * height\n'
    (tmp_path / "code" / "shapes.py").write_text(source, "utf-8")
    options = ("--out", str(tmp_path / "out"), "--embedders", "static", "--repository", str(tmp_path / "code"))
    assert experiment("chunking", *options).exit_code == 0
    assert "1 files of the package code (2 lines)" in (tmp_path / "out" / "chunking.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["embedding"], "did you mean embeddings"),
        (["embeddings", "--embedders", "statik"], "did you mean static"),
        (["chunking", "--repository", "no/such"], "is not a folder"),
        (["embeddings", "--embedders", "openai"], "OPENAI_API_KEY"),
    ],
)
def test_mistakes_are_explained_and_nothing_is_written(arguments: list[str], says: str, tmp_path: Path) -> None:
    done = experiment(*arguments, "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert says in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.fixture
def openai(monkeypatch: pytest.MonkeyPatch) -> Iterator[respx.Route]:
    """OpenAI's embeddings, recorded: the vectors say only how many words of five letters or more a text has."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")

    def answer(request: httpx.Request) -> httpx.Response:
        texts = json.loads(request.content)["input"]
        rows = [[1.0, float(sum(len(word) > 4 for word in text.split())), *[0.0] * 1_534] for text in texts]
        data = [{"object": "embedding", "index": number, "embedding": row} for number, row in enumerate(rows)]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return httpx.Response(200, json={"object": "list", "model": "m", "data": data, "usage": usage})

    with respx.mock(using="httpcore2") as router:
        yield router.post("https://api.openai.com/v1/embeddings").mock(side_effect=answer)


def test_openai_s_embedder_stands_beside_the_offline_ones_where_a_key_is_set(
    openai: respx.Route, tmp_path: Path
) -> None:
    assert experiment("embeddings", "--out", str(tmp_path), "--embedders", "static,openai").exit_code == 0
    text = (tmp_path / "embeddings.md").read_text("utf-8")
    assert "static: 256, openai: 1,536" in text
    assert "Similarity matrix, openai" in text
    sent = [text for call in openai.calls for text in json.loads(call.request.content)["input"]]
    assert len(sent) == len(set(sent))  # nothing is paid for twice


def test_a_server_that_cannot_be_reached_is_left_out_and_said(
    openai: respx.Route, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from orchestrator.code.embedders import openai as embedder

    monkeypatch.setattr(embedder, "BACKOFF", 0.0)
    openai.mock(return_value=httpx.Response(401, json={"error": {"message": "no"}}))
    usable, left_out = available()
    assert "static" in [each.name for each in usable]
    assert any(line.startswith("openai is left out: ") and "check OPENAI_API_KEY" in line for line in left_out)


def test_what_was_embedded_before_does_not_change_a_report() -> None:
    (static,), _ = available(["static"])
    static.encode(["cat", "dog"])
    assert static.fresh()._known == {}
