"""An index run that did not finish, and two that run at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

import pytest
from tests.code.conftest import HashEmbedder

from orchestrator.code import CodeIndex, code_search
from orchestrator.code.index import indexing, removal, seals, sets
from orchestrator.code.index.vectors import Vectors
from orchestrator.code.ranking.weights import Ranking
from orchestrator.core.errors import ConfigError

ROOT = Path(__file__).parents[3]
WORDS = Ranking(dense=0)


@pytest.fixture
def db(project, tmp_path, embedder, monkeypatch):
    monkeypatch.setattr(indexing, "_MANY", 5)  # so that Chroma's graph is on disk
    CodeIndex.build(project, tmp_path / "db", embedder=embedder).close()
    return tmp_path / "db"


class Stopped(HashEmbedder):
    """Is stopped as Ctrl-C stops it, when the first chunks are embedded."""

    def encode(self, texts):
        raise KeyboardInterrupt


def test_a_fresh_run_that_is_stopped_says_so_and_the_next_one_goes_on(project, db, embedder):
    with pytest.raises(KeyboardInterrupt):
        CodeIndex.build(project, db, embedder=Stopped(), fresh=True)
    with CodeIndex.open(db, embedder=embedder) as index:
        index.search("deposit")
        assert "stopped half-way" in index.notice
        assert "CodeIndex.build(" in index.notice
    with CodeIndex.build(project, db, embedder=embedder) as index:
        assert index.report
        assert index.report.healed == ()
        assert index.search("deposit")
        assert index.notice == ""


@pytest.mark.parametrize("at", ["begun", "moved", "listed", "vectors"])
def test_a_fresh_run_that_is_stopped_at_its_very_beginning_is_not_told_as_damage(
    at, project, db, embedder, monkeypatch
):
    def stop(*_args, **_more):
        raise KeyboardInterrupt

    place = {
        "begun": (sets, "begin_anew"),
        "moved": (removal, "remove_folder"),
        "listed": (CodeIndex, "_updated"),
        "vectors": (Vectors, "_open"),
    }[at]
    with monkeypatch.context() as patch:
        patch.setattr(*place, stop)
        with pytest.raises(KeyboardInterrupt):
            CodeIndex.build(project, db, embedder=embedder, fresh=True)
    with CodeIndex.open(db, embedder=embedder) as index:
        hits = index.search("deposit")
        assert hits or "stopped half-way" in index.notice


def test_a_changed_file_in_a_run_that_is_stopped_leaves_the_words_to_search_by(project, db, embedder):
    (project / "more.py").write_text("".join(f"def more_{n}():\n    return {n}\n\n" for n in range(20)))
    with pytest.raises(KeyboardInterrupt):
        CodeIndex.build(project, db, embedder=Stopped("hash", 64))
    with CodeIndex.open(db, embedder=embedder) as index:
        assert index.search("deposit")
        assert "by words alone: the last index run was stopped half-way" in index.notice
        assert index.search("deposit", ranking=WORDS)
        assert "stopped half-way" in index.notice


def test_the_tool_heals_what_it_finds_and_says_when_it_searches_by_words_alone(project, db, embedder, monkeypatch):
    (header,) = db.glob("*/chroma/*/header.bin")
    header.write_bytes(b"\xff" * 100)
    tool = code_search(project, db=db, embedder=embedder)
    assert "by words alone" not in str(tool.run("deposit"))  # the first search brought the index up to date
    (header,) = db.glob("*/chroma/*/header.bin")
    header.write_bytes(b"")
    with CodeIndex.open(db, embedder=embedder) as other:
        monkeypatch.setattr(CodeIndex, "build", lambda *_args, **_more: other)
        says = str(code_search(project, db=db, embedder=embedder).run("deposit"))
    assert "(searching by words alone: the vectors are damaged" in says
    assert "account" in says


def test_vectors_that_crash_chroma_after_a_killed_run_are_made_anew(project, db, embedder):
    """Without a seal, as a kill leaves them. Such a header ends the process that opens it."""
    (header,) = db.glob("*/chroma/*/header.bin")
    seals.unseal(header.parents[2])
    whole = header.read_bytes()
    header.write_bytes(whole[:50] + bytes(each ^ 0xFF for each in whole[50:]))
    with CodeIndex.open(db, embedder=embedder) as index:
        assert index.search("deposit")
        assert "by words alone" in index.notice
    with CodeIndex.build(project, db, embedder=embedder) as index:
        assert index.report
        assert "crash" in index.report.healed[0]
        assert index._dense("deposit", 3)


def test_an_index_that_another_process_is_writing_is_not_told_as_stopped_or_damaged(project, db, embedder):
    inside, leave = Event(), Event()

    class Slow(HashEmbedder):
        def encode(self, texts):
            inside.set()
            assert leave.wait(30)
            return super().encode(texts)

    (project / "more.py").write_text("def more():\n    return 1\n")
    thread = Thread(target=lambda: CodeIndex.build(project, db, embedder=Slow()).close())
    thread.start()
    try:
        assert inside.wait(30)
        with CodeIndex.open(db, embedder=embedder) as index:
            assert index.search("deposit", ranking=WORDS)
            assert index.notice == ""
    finally:
        leave.set()
        thread.join()


def test_two_runs_at_once_and_searches_between_them_all_end_well(project, db):
    code = (
        "import sys; sys.path[:0] = sys.argv[3:]\n"
        "from tests.code.conftest import HashEmbedder\nfrom orchestrator.code import CodeIndex\n"
        "for at in range(3):\n"
        "    with CodeIndex.build(sys.argv[1], sys.argv[2], embedder=HashEmbedder(), wait=60) as index:\n"
        "        assert not index.report.healed, index.report\n"
        "        assert index.search('deposit') and not index.notice, index.notice\n"
    )
    command = [sys.executable, "-c", code, project, db, ROOT, ROOT / "src"]
    runs = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for at in range(6):
        (project / f"more{at}.py").write_text(f"def more_{at}():\n    return {at}\n")
        with CodeIndex.open(db, embedder=HashEmbedder(), wait=60) as index:
            assert index.search("deposit")
            assert "damaged" not in index.notice
    for run in runs:
        _, errors = run.communicate()
        assert run.returncode == 0, errors


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
@pytest.mark.parametrize("room", [0, 3_000, 40_000, 150_000, 190_000])
def test_a_full_disk_is_told_and_costs_nothing_that_was_there(room, project, db, embedder):
    for at in range(5):
        (project / f"more{at}.py").write_text("".join(f"def more_{at}_{n}():\n    return {n}\n\n" for n in range(99)))
    code = (
        "import resource, sys; sys.path[:0] = sys.argv[4:]\n"
        "from tests.code.conftest import HashEmbedder\nfrom orchestrator.code import CodeIndex\n"
        "from orchestrator.core.errors import ConfigError\nimport chromadb\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)\n"
        "try:\n    CodeIndex.build(sys.argv[1], sys.argv[2], embedder=HashEmbedder())\n"
        "except ConfigError as error:\n    sys.exit(str(error))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, project, db, str(room), ROOT, ROOT / "src"],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "index" in done.stderr
    with CodeIndex.open(db, embedder=embedder) as index:
        assert index.search("validate email")[0].path == "mail.py"
    with CodeIndex.build(project, db, embedder=embedder) as index:
        assert index.search("more_3_7")[0].path == "more3.py"
        assert index.notice == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_search_that_is_killed_leaves_an_index_that_is_whole(project, db, embedder):
    code = (
        "import sys, time; sys.path[:0] = sys.argv[2:]\n"
        "from tests.code.conftest import HashEmbedder\nfrom orchestrator.code import CodeIndex\n"
        "from orchestrator.code.index.vectors import Vectors\n"
        "check = Vectors.check\n"
        "def slow(self, dimension):\n    check(self, dimension)\n    print(flush=True)\n    time.sleep(60)\n"
        "Vectors.check = slow\n"
        "CodeIndex.open(sys.argv[1], embedder=HashEmbedder()).search('deposit')\n"
    )
    run = subprocess.Popen([sys.executable, "-c", code, db, ROOT, ROOT / "src"], stdout=subprocess.PIPE)
    assert run.stdout
    run.stdout.readline()
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    time.sleep(0.05)
    with CodeIndex.open(db, embedder=embedder) as index:
        assert index.search("deposit")
        assert index.notice == ""
    with CodeIndex.build(project, db, embedder=embedder) as index:
        assert index.report
        assert index.report.healed == ()


def test_an_older_and_a_newer_format_say_what_to_do(project, db, embedder):
    for version in ("1", "999", "x"):
        with CodeIndex.open(db, embedder=embedder) as index:
            index._catalogue.store({"version": version})
        with pytest.raises(ConfigError, match=f"of version {version}, not {sets.VERSION}: run `CodeIndex.build"):
            CodeIndex.open(db, embedder=embedder)
        with CodeIndex.build(project, db, embedder=embedder) as index:
            assert index.search("deposit")
            assert index.notice == ""
