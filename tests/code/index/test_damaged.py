from __future__ import annotations

import json
import logging
import os
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.code.conftest import HashEmbedder
from tests.code.index.damaged import DAMAGES

from orchestrator.code import CodeIndex
from orchestrator.code.index.vectors import Vectors
from orchestrator.core.errors import ConfigError


def test_damaged_vectors_leave_the_words_to_search_by_and_are_made_anew_by_the_next_run(tmp_path, caplog):
    project, db = tmp_path / "project", tmp_path / "db"
    project.mkdir()
    (project / "mail.py").write_text("def validate_email(text):\n    return '@' in text\n", "utf-8")
    CodeIndex.build(project, db, embedder=HashEmbedder()).close()
    (file,) = db.glob("*/chroma/chroma.sqlite3")
    file.write_bytes(b"SQLite format 3\0" + b"\xff" * 4_000)
    with caplog.at_level(logging.WARNING), CodeIndex.open(db, embedder=HashEmbedder()) as index:
        assert index.search("validate email")[0].path == "mail.py"
    assert "by words alone" in caplog.text
    with CodeIndex.build(project, db, embedder=HashEmbedder()) as index:
        assert index.search("validate email")[0].path == "mail.py"
        assert index._dense(query="validate email", count=1)


def test_what_cannot_be_written_is_said_once_and_costs_nothing_that_was_there(tmp_path, monkeypatch):
    project, db, embedder = tmp_path / "project", tmp_path / "db", HashEmbedder()
    project.mkdir()
    (project / "mail.py").write_text("def validate_email(text):\n    return '@' in text\n", "utf-8")
    CodeIndex.build(project, db, embedder=embedder).close()
    (project / "money.py").write_text("def transfer(amount):\n    return amount\n", "utf-8")

    class FullDisk:
        def __init__(self, real):
            self._real = real

        def __getattr__(self, name):
            return getattr(self._real, name)

        def upsert(self, **_):
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        opened = Vectors._collection_of
        patch.setattr(Vectors, "_collection_of", lambda self, client: FullDisk(opened(self, client)))
        with pytest.raises(ConfigError, match=r"cannot be written .*No space left"):
            CodeIndex.build(project, db, embedder=embedder)
    with CodeIndex.open(db, embedder=embedder) as index:
        assert index.search("validate email")[0].path == "mail.py"
    embedder.texts.clear()
    CodeIndex.build(project, db, embedder=embedder).close()
    assert not any("validate_email" in text for text in embedder.texts), "only what was not written is made again"


def test_damage_in_the_catalogue_is_a_clear_error_and_fresh_repairs_it(tmp_path):
    project, db = tmp_path / "project", tmp_path / "db"
    project.mkdir()
    (project / "many.py").write_text("\n".join(f"def f{n}():\n    return {n}\n" for n in range(400)), "utf-8")
    CodeIndex.build(project, db, embedder=HashEmbedder()).close()
    (file,) = db.glob("*/catalogue.sqlite")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:4_096] + b"\xff" * (len(whole) - 4_096))
    with pytest.raises(ConfigError, match="--fresh"), CodeIndex.open(db, embedder=HashEmbedder()) as index:
        index.search("f7")


def test_an_open_index_finds_by_vectors_what_another_process_has_written(tmp_path):
    project, db = tmp_path / "project", tmp_path / "db"
    project.mkdir()
    (project / "mail.py").write_text("def validate_email(text):\n    return '@' in text\n", "utf-8")
    with CodeIndex.build(project, db) as index:
        (hit,) = index.search("validate email")
        (project / "money.py").write_text("def transfer(amount):\n    return amount\n", "utf-8")
        code = f"from orchestrator.code import CodeIndex; CodeIndex.build({str(project)!r}, {str(db)!r}).close()"
        source = str(Path(__file__).parents[3] / "src")
        subprocess.run([sys.executable, "-c", f"import sys; sys.path.insert(0, {source!r}); {code}"], check=True)
        assert not index.fits("transfer the amount", hit)  # the words are current from here on
        assert len(index._dense("transfer the amount", 10)) == 2


@pytest.mark.parametrize("damage", ["no catalogue", "../../etc", "\0", b"\xff"])
def test_an_index_that_leads_nowhere_is_a_clear_error_and_is_made_anew(tmp_path, damage):
    project, db = tmp_path / "project", tmp_path / "db"
    project.mkdir()
    (project / "mail.py").write_text("def validate_email(text):\n    return '@' in text\n", "utf-8")
    CodeIndex.build(project, db, embedder=HashEmbedder()).close()
    if damage == "no catalogue":
        for file in db.glob("*/catalogue.sqlite*"):
            file.unlink()
    else:
        (db / "current").write_bytes(damage if isinstance(damage, bytes) else damage.encode())
    with pytest.raises(ConfigError, match=r"is damaged: run .*--fresh"):
        CodeIndex.open(db, embedder=HashEmbedder())
    with CodeIndex.build(project, db, embedder=HashEmbedder(), fresh=True) as index:
        assert index.search("validate email")[0].path == "mail.py"


def _link(file: Path, target: str) -> None:
    file.unlink(missing_ok=True)
    file.symlink_to(target)


@pytest.mark.parametrize("damage", ["/nonexistent", "current", "missing", "../no/where", "garbage", "folder", "empty"])
def test_a_lost_name_of_the_set_is_told_with_the_real_paths_and_healed(tmp_path, damage):
    project, db = tmp_path / "project", tmp_path / "db"
    project.mkdir()
    (project / "mail.py").write_text("def validate_email(text):\n    return '@' in text\n", "utf-8")
    CodeIndex.build(project, db).close()
    (db / "current").unlink()
    if damage == "folder":
        (db / "current").mkdir()
    elif damage in ("garbage", "empty"):
        (db / "current").write_bytes(b"\xff\0\xfe" if damage == "garbage" else b"")
    else:
        _link(db / "current", damage)
    with pytest.raises(ConfigError) as caught:
        CodeIndex.open(db)
    assert f"orchestrator index {project} --fresh --db {db}" in str(caught.value)
    with CodeIndex.build(project, db) as index:
        assert index.report is not None
        assert index.report.healed == ("current leads nowhere",)
        assert index.report.changed == 0
        assert index.search("validate email")[0].path == "mail.py"
    with CodeIndex.build(project, db) as index:
        assert index.report is not None
        assert index.report.healed == ()


@pytest.mark.parametrize("name", ["orchestrator-index", "lock", ".gitignore", "current.new", "lock.owner"])
def test_a_link_that_leads_nowhere_stops_no_index_run(tmp_path, name):
    project, db = tmp_path / "project", tmp_path / "db"
    project.mkdir()
    (project / "mail.py").write_text("def validate_email(text):\n    return '@' in text\n", "utf-8")
    CodeIndex.build(project, db).close()
    _link(db / name, "/nonexistent/file")
    with CodeIndex.build(project, db) as index:
        assert index.search("validate email")[0].path == "mail.py"


def test_links_in_a_folder_that_is_no_index_stay(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    _link(folder / "link", "/nonexistent")
    with pytest.raises(ConfigError, match="not empty and not an index"):
        CodeIndex.build(tmp_path, folder)
    assert (folder / "link").is_symlink()


@pytest.mark.parametrize("method", ["query", "count", "upsert", "get", "delete", "modify"])
def test_a_panic_of_chroma_is_an_error_and_no_search_ends_with_one(method, project, tmp_path, embedder, monkeypatch):
    """Rust's panics are no Exception: a library that catches Exception lets them pass."""
    panic = type("PanicException", (BaseException,), {})

    def panics(*_args, **_more):
        raise panic("range end index 50 out of range for slice of length 1")

    CodeIndex.build(project, tmp_path / "db", embedder=embedder).close()
    from chromadb.api.models.Collection import Collection

    with monkeypatch.context() as patch:
        patch.setattr(Collection, method, panics)
        with CodeIndex.open(tmp_path / "db", embedder=embedder) as index:
            assert index.search("validate email")[0].path == "mail.py"
            assert ("by words alone" in index.notice) == (method == "query")
        (project / "mail.py").write_text("def validate_email():\n    return 1\n", "utf-8")
        with suppress(ConfigError):  # not every method is called
            CodeIndex.build(project, tmp_path / "db", embedder=embedder).close()
    with CodeIndex.build(project, tmp_path / "db", embedder=embedder) as index:
        assert index.search("validate email")[0].text == "def validate_email():\n    return 1"
        assert index.notice == ""


NO_CONTENT = {".gitignore", "lock", "orchestrator-index"}  # what is in them does not matter


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork, and damage may end a process")
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_in_any_file_is_told_and_is_healed_by_the_next_run(damage, tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    for at in range(4):
        (project / f"file{at}.py").write_text(f"def work_{at}(x):\n    return x\n\n\ndef more_{at}():\n    pass\n")
    said = damaged(project, tmp_path, damage)
    assert len(said) > 10
    for file, trial in said.items():
        assert "crash" not in trial, (file, trial)
        assert trial["error"] == trial["after"] == "", (file, trial)
        assert trial["dense"] == 3, (file, trial)
        if file not in NO_CONTENT:
            assert trial["search"] or trial["healed"], (file, trial)
        if trial["search"]:
            assert "orchestrator index" in trial["search"] or "CodeIndex.build(" in trial["search"], (file, trial)
        if "chroma" in file:
            assert trial["hits"] > 0, (file, trial)
            assert "by words alone" in trial["search"], (file, trial)


def damaged(project: Path, folder: Path, damage: str) -> dict[str, dict[str, Any]]:
    script = Path(__file__).with_name("damaged.py")
    done = subprocess.run(
        [sys.executable, script, project, folder / "db", folder / "work", damage],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3] / "src")},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "panicked" not in done.stderr
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found
