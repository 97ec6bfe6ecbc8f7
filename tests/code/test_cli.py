from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

import pytest
from typer.testing import CliRunner, Result

from orchestrator.cli import app
from orchestrator.code import CodeIndex, IndexReport
from orchestrator.code.watch import watch

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def hash_embedder(monkeypatch, embedder):
    """Stands in for the default embedder, whose weights these tests do not need."""
    from orchestrator.code.index import sets
    from orchestrator.runtime import registry

    real = registry.plugin

    def plugin(kind, name):
        return (lambda: embedder) if (kind, name) == ("code.embedders", "static") else real(kind, name)

    monkeypatch.setattr(sets, "plugin", plugin)


def command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def test_index_says_what_it_did_and_what_it_skipped(project, tmp_path):
    (project / "photo.png").write_bytes(b"\x89PNG")
    done = command("index", project, "--db", tmp_path / "db")
    assert done.exit_code == 0, done.output
    assert "16 files" in done.stdout
    assert "skipped, not source: photo.png" in done.stderr
    again = command("index", project, "--db", tmp_path / "db", "--json")
    report = json.loads(again.stdout)
    assert (report["files"], report["changed"], report["db"]) == (16, 0, str(tmp_path / "db"))
    assert {"path": "photo.png", "reason": "not source"} in report["skipped"]


def test_search_shows_place_score_and_code(project, tmp_path):
    command("index", project, "--db", tmp_path / "db")
    done = command("search", "validate e-mail", "--db", tmp_path / "db", "-k", "1")
    assert done.exit_code == 0
    first, *code = done.stdout.splitlines()
    assert first.startswith("mail.py:1-5  validate_email  ")
    assert code[0] == "     1  def validate_email(address):"
    found = json.loads(command("search", "validate e-mail", "--db", tmp_path / "db", "--json").stdout)
    assert len(found) == 5
    assert set(found[0]) == {"path", "start_line", "end_line", "name", "text", "score"}


def test_search_finds_the_index_of_the_folder_one_is_in(project, tmp_path, monkeypatch):
    monkeypatch.setenv("ORCHESTRATOR_CACHE", str(tmp_path / "cache"))
    command("index", project)
    monkeypatch.chdir(project / "bank")
    done = command("search", "validate_email", "-k", "1")
    assert done.stdout.startswith("mail.py:1-5")


def test_nothing_found_exits_with_1_and_nothing_that_fits_is_said(project, tmp_path):
    command("index", project, "--db", tmp_path / "db")
    done = command("search", "?", "--db", tmp_path / "db")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "nothing found" in done.stderr
    assert "nothing fits well" in command("search", "quantum chromodynamics", "--db", tmp_path / "db").stderr


@pytest.mark.parametrize("kept", [0, 20, 10_000])
def test_damage_is_said_by_a_search_and_by_the_next_index_run_and_by_no_later_one(kept, project, tmp_path):
    command("index", project, "--db", tmp_path / "db")
    (file,) = (tmp_path / "db").glob("*/chroma/chroma.sqlite3")
    file.write_bytes(file.read_bytes()[:kept])
    done = command("search", "validate e-mail", "--db", tmp_path / "db", "--json")
    assert (done.exit_code, json.loads(done.stdout)[0]["path"]) == (0, "mail.py")
    says = " ".join(done.stderr.split())
    assert "searching by words alone: the vectors are damaged (chroma/chroma.sqlite3 has" in says
    assert f"orchestrator index {project} --db" in says
    healed = " ".join(command("index", project, "--db", tmp_path / "db").stderr.split())
    assert "the index was damaged, and was made anew" in healed
    assert "damaged" not in command("index", project, "--db", tmp_path / "db").stderr
    assert command("search", "validate e-mail", "--db", tmp_path / "db").stderr == ""


def test_terminal_controls_in_code_are_not_passed_on(project, tmp_path):
    (project / "evil.py").write_text("evil = '\x1b[2J\x07'\n", "utf-8")
    command("index", project, "--db", tmp_path / "db")
    assert "evil = '[2J'" in command("search", "evil", "--db", tmp_path / "db").stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["index", "/no/such/folder"], "there is no folder"),
        (["index", ".", "--db", "x", "--chroma", "y"], "give one of them"),
        (["index", ".", "--db", "{db}", "--chunker", "functoin"], "did you mean function"),
        (["index", ".", "--db", "{db}", "--embedder", "sttic"], "unknown embedder"),
        (["index", ".", "--chroma", "http://127.0.0.1:9"], "start it with `chroma run`"),
        (["index", ".", "--chroma", "http://:9"], "no address"),
        (["search", "x", "--db", "/no/such/folder"], "there is no index of /no/such/folder yet"),
        (["search"], "Missing argument"),
    ],
)
def test_wrong_use_is_explained_and_exits_with_2(arguments, says, tmp_path, project, monkeypatch):
    monkeypatch.setenv("ORCHESTRATOR_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(project)
    done = command(*(each.format(db=tmp_path / "db") for each in arguments))
    assert done.exit_code == 2, done.output
    assert says in " ".join(done.stderr.split())
    assert "Traceback" not in done.output


def test_a_missing_extra_names_its_install_line():
    code = (
        "import sys; sys.modules['chromadb'] = None; sys.modules['numpy'] = None\n"
        "from orchestrator.cli import main; sys.argv = ['o', 'search', 'x']; main()"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 2, done.stderr
    assert "pip install 'orchestrator-llm[code]'" in " ".join(done.stderr.split())


def test_watching_brings_changes_in_and_leaves_others_out(project, tmp_path, embedder):
    (tmp_path / "node_modules").mkdir()
    project = project.rename(tmp_path / "node_modules" / "project")  # where it lies itself is nobody's concern
    with CodeIndex.build(project, tmp_path / "db", embedder=embedder) as index:
        stop = Event()
        reports: list[IndexReport] = []
        thread = Thread(target=lambda: reports.extend(watch(index, stop)))
        thread.start()
        try:
            time.sleep(0.5)  # the watcher has to be there first
            (project / "node_modules").mkdir()
            (project / "node_modules" / "a.js").write_text("ignored()\n", "utf-8")
            for at in range(100):  # a change just before the watcher is ready is not seen: write until it is
                (project / "fresh.py").write_text(f"def freshly_written():\n    return {at}\n", "utf-8")
                time.sleep(0.3)
                if any(hit.path == "fresh.py" for hit in index.search("freshly_written", 3)):
                    break
            assert index.search("freshly_written", 1)[0].path == "fresh.py"
        finally:
            stop.set()
            thread.join()
        assert all(report.changed == 1 for report in reports)
        assert reports
