from __future__ import annotations

import numpy as np
import pytest

from orchestrator import Orchestrator
from orchestrator.code import CodeIndex, code_search, tool
from orchestrator.code.embedders import openai
from orchestrator.code.index.lock import IndexLock
from orchestrator.core.errors import ToolError
from orchestrator.runtime.registry import load_tools


@pytest.fixture
def searched(project, tmp_path, embedder):
    return code_search(project, db=tmp_path / "db", embedder=embedder)


def test_the_tool_answers_with_code_and_its_place(searched):
    result = searched.run("validate e-mail")
    assert result.startswith("mail.py:1-5 validate_email\ndef validate_email(address):")
    assert searched.untrusted


def test_when_nothing_fits_it_says_so_in_words(searched):
    assert searched.run("quantum chromodynamics").startswith("Nothing in the code fits 'quantum chromodynamics' well.")


def test_an_orchestrator_takes_it_and_runs_it(searched):
    orc = Orchestrator("scripted:[CODE_SEARCH:validate email]", tools=[searched])
    run = orc.run("Where do we validate the e-mail?")
    assert "mail.py:1-5 validate_email" in run.calls[0].result
    assert "[CODE_SEARCH_RESULT:mail.py" in run.text


def test_it_sees_what_has_changed_since(searched, project, monkeypatch):
    monkeypatch.setattr(tool, "FRESH_SECONDS", 0.0)
    searched.run("deposit")
    (project / "new.py").write_text("def brand_new_thing():\n    return 1\n", "utf-8")
    assert "new.py:1-2" in searched.run("brand_new_thing")


def test_while_another_process_indexes_it_answers_from_what_it_has(searched, project, tmp_path, monkeypatch):
    monkeypatch.setattr(tool, "FRESH_SECONDS", 0.0)
    searched.run("deposit")
    monkeypatch.setattr("orchestrator.code.code_index.CodeIndex.update", _busy(tmp_path))
    assert "deposit" in searched.run("deposit")


def _busy(tmp_path):
    def update(index, on_progress=None):
        with IndexLock(tmp_path / "db").held("indexing"), IndexLock(tmp_path / "db").held(seconds=0.05):
            raise AssertionError

    return update


def test_a_folder_that_is_no_project_is_refused(tmp_path, monkeypatch, embedder):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    with pytest.raises(ToolError, match="is no project"):
        code_search(tmp_path, embedder=embedder).run("x")


def test_a_huge_folder_is_not_indexed_unasked(project, monkeypatch, embedder):
    monkeypatch.setattr(tool, "FILES", 3)
    with pytest.raises(ToolError, match=r"orchestrator index .* first"):
        code_search(project, embedder=embedder).run("x")


def test_a_huge_folder_that_was_indexed_before_is_searched(project, tmp_path, monkeypatch, embedder):
    CodeIndex.build(project, tmp_path / "db", embedder=embedder).close()
    monkeypatch.setattr(tool, "FILES", 3)
    found = code_search(project, db=tmp_path / "db", embedder=embedder).run("validate e-mail")
    assert str(found).startswith("mail.py")


def test_a_policy_learns_whether_the_embedder_sends_the_query_away(project, tmp_path, monkeypatch, embedder):
    monkeypatch.setenv("ORCHESTRATOR_CACHE", str(tmp_path / "cache"))
    assert not code_search(project).sends_data
    assert not code_search(project, embedder=embedder).sends_data
    embedder.sends_data = True
    assert code_search(project, embedder=embedder).sends_data
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert code_search(project, embedder="openai").sends_data
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    assert code_search(project, embedder="openai").sends_data


def test_an_index_whose_embedder_sends_queries_away_makes_a_tool_that_says_so(project, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    monkeypatch.setattr(
        openai.OpenAIEmbedder, "encode", lambda _, texts: np.ones((len(texts), openai.DIMENSION), np.float32)
    )
    before = code_search(project, db=tmp_path / "db")
    CodeIndex.build(project, tmp_path / "db", embedder="openai").close()
    assert code_search(project, db=tmp_path / "db").sends_data
    assert not before.sends_data
    with pytest.raises(ToolError, match="sends queries to a server now"):
        before.run("deposit")


def test_a_folder_that_is_not_there_is_told_to_the_model(tmp_path, embedder):
    with pytest.raises(ToolError, match="there is no folder"):
        code_search(tmp_path / "nowhere", embedder=embedder).run("x")


def test_the_registered_tool_has_examples_of_its_kind():
    (registered,) = load_tools(["CODE_SEARCH"]).values()
    assert len(registered.examples) >= 10
    assert all(len(example.result) < 300 for example in registered.examples)
