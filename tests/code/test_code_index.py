from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from threading import Thread

import pytest

from orchestrator.code import CodeIndex, Hit
from orchestrator.code.chunkers._by_lines import LineChunker
from orchestrator.code.index import indexing, vectors
from orchestrator.code.index.lock import IndexBusy, IndexLock
from orchestrator.code.index.sets import VERSION
from orchestrator.code.ranking.weights import Ranking
from orchestrator.core.errors import ConfigError

from .conftest import HashEmbedder


@pytest.fixture
def db(tmp_path):
    return tmp_path / "db"


@pytest.fixture
def index(project, db, embedder):
    with CodeIndex.build(project, db, embedder=embedder) as built:
        yield built


def everything(index: CodeIndex) -> set[tuple[str, int, int, str]]:
    """What the index holds, in Chroma and in the catalogue alike."""
    places = index._catalogue.places()
    assert set(index._current_vectors().ids()) == {place.id for place in places}
    chunks = index._catalogue.chunks([place.row for place in places]).values()
    return {(chunk.path, chunk.start_line, chunk.end_line, chunk.text) for chunk in chunks}


def rebuilt(project: Path, at: Path) -> set[tuple[str, int, int, str]]:
    with CodeIndex.build(project, at, embedder=HashEmbedder()) as index:
        return everything(index)


def test_a_question_finds_the_code_that_answers_it(index):
    first, *others = index.search("where do we validate the e-mail?")
    assert isinstance(first, Hit)
    assert (first.path, first.start_line, first.end_line, first.name) == ("mail.py", 1, 5, "validate_email")
    assert first.text.startswith("def validate_email")
    assert first.score > 0
    assert len(others) == 4
    assert [hit.score for hit in others] == sorted((hit.score for hit in others), reverse=True)
    assert "\\" not in first.path


def test_an_index_is_opened_again_and_finds_the_same(index, db, embedder):
    found = index.search("deposit", 3)
    index.close()
    with CodeIndex.open(db, embedder=embedder) as again:
        assert again.search("deposit", 3) == found
        assert again.root == index.root


@pytest.mark.parametrize("query", ["", "   ", "\0", "?!", "☃", "x" * 100_000, "[CALCULATOR:1]\n" * 50, "the of and"])
def test_any_question_is_taken(index, query):
    assert isinstance(index.search(query), list)


def test_k_is_a_count_of_hits(index):
    assert index.search("deposit", 0) == index.search("deposit", -1) == []
    assert len(index.search("deposit", 1)) == 1
    assert len(index.search("deposit", 10_000)) <= len(index)


def test_one_changed_file_touches_only_its_chunks(index, project, embedder):
    before = everything(index)
    embedder.texts.clear()
    file = project / "bank" / "account.py"
    file.write_text(
        file.read_text("utf-8").replace('"a deposit must be positive"', '\n"freshly worded complaint"\n'), "utf-8"
    )
    report = index.update()
    assert (report.changed, report.added_chunks, report.removed_chunks) == (1, 1, 1)
    assert len(embedder.texts) == 1
    assert "Account.deposit" in embedder.texts[0]
    after = everything(index)
    assert {each for each in before ^ after if each[0] != "bank/account.py"} == set()
    assert "freshly worded" in index.search("freshly worded complaint", 1)[0].text


def test_after_any_changes_the_index_is_what_a_new_one_would_be(index, project, tmp_path):
    (project / "mail.py").unlink()
    (project / "bank" / "account.go").rename(project / "bank" / "wallet.go")
    (project / "bank" / "account.rb").write_text("def only\n  1\nend\n", "utf-8")
    (project / "new.js").write_text("export function freshlyMade () {\n  return 1\n}\n" * 3, "utf-8")
    report = index.update()
    assert (report.changed, report.removed) == (3, 2)
    assert everything(index) == rebuilt(project, tmp_path / "other")
    assert index.search("freshlyMade", 1)[0].path == "new.js"
    assert all(hit.path != "mail.py" for hit in index.search("validate email", 20))
    with CodeIndex.build(project, tmp_path / "third", embedder=HashEmbedder()) as new:
        for query in ("deposit money", "only", "freshlyMade"):
            assert {hit.path for hit in new.search(query, 5)} == {hit.path for hit in index.search(query, 5)}


def test_nothing_changed_means_nothing_done(index, embedder):
    embedder.texts.clear()
    report = index.update()
    assert (report.changed, report.removed, report.added_chunks) == (0, 0, 0)
    assert embedder.texts == []


def test_a_file_rewritten_within_the_tick_of_its_time_is_noticed(index, project):
    file = project / "mail.py"
    status = file.stat()
    file.write_text(file.read_text("utf-8").replace("address", "adresse"), "utf-8")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    index.update()
    assert "adresse" in index.search("validate_email", 1)[0].text


def test_an_empty_folder_is_an_index_without_hits(tmp_path, embedder):
    (tmp_path / "empty").mkdir()
    with CodeIndex.build(tmp_path / "empty", tmp_path / "db", embedder=embedder) as index:
        assert index.report is not None
        assert (len(index), index.report.files, index.search("anything")) == (0, 0, [])


def test_files_that_come_and_go_while_it_runs_are_no_trouble(project, db):
    class Deleting(HashEmbedder):
        def encode(self, texts):
            for file in project.glob("zz*.py"):
                file.unlink()
            return super().encode(texts)

    for at in range(60):
        (project / f"zz{at:02}.py").write_text(f"def f{at}():\n    return {at}\n", "utf-8")
    with CodeIndex.build(project, db, embedder=Deleting()) as index:
        assert index.report is not None
        assert any("unreadable" in each.reason for each in index.report.skipped)
        index.update()
        assert not any(hit.path.startswith("zz") for hit in index.search("return", 50))


def test_another_embedder_is_noticed_at_open_and_says_how_to_index_again(index, db):
    index.close()
    with pytest.raises(ConfigError, match=r"run `CodeIndex.build\(.* to index again; the old index stays"):
        CodeIndex.open(db, embedder=HashEmbedder("other"))
    with pytest.raises(ConfigError, match=r"the embedder here is hash \(32\)"):
        CodeIndex.open(db, embedder=HashEmbedder(dimension=32))
    with pytest.raises(ConfigError, match="pass it as embedder="):
        CodeIndex.open(db)


def test_an_index_of_a_chunker_object_is_opened_with_that_chunker_only(project, db, embedder):
    chunker = LineChunker("mine", 20, 20)
    with CodeIndex.build(project, db, chunker=chunker, embedder=embedder) as built:
        found = built.search("deposit")
    with pytest.raises(ConfigError, match="built with the chunker mine: pass it as chunker="):
        CodeIndex.open(db, embedder=embedder)
    with pytest.raises(ConfigError, match=r"has chunks of mine, and the chunker here is line: .*chunker=…, embedder=…"):
        CodeIndex.open(db, chunker=LineChunker("line", 20, 20), embedder=embedder)
    with CodeIndex.open(db, chunker=chunker, embedder=embedder) as again:
        assert again.search("deposit") == found != []
        assert again.update().changed == 0


def test_a_closed_index_says_that_it_is_closed(index):
    index.close()
    for use in (lambda: index.search("deposit"), index.update, lambda: len(index)):
        with pytest.raises(ConfigError, match="is closed: open it again"):
            use()
    index.close()


def test_another_chunker_or_embedder_makes_a_set_beside_the_old_one_until_it_is_whole(index, project, db, embedder):
    index.close()

    class Failing(HashEmbedder):
        def encode(self, texts):
            raise ConfigError("no key")

    with pytest.raises(ConfigError, match="no key"):
        CodeIndex.build(project, db, embedder=Failing("other"))
    with CodeIndex.open(db, embedder=embedder) as old:
        assert old.search("deposit")
    with CodeIndex.build(project, db, chunker="line", embedder=embedder) as new:
        assert all(hit.end_line - hit.start_line < 20 for hit in new.search("deposit"))
    assert [each.name for each in db.iterdir() if each.is_dir()] == [f"line-hash-64-v{VERSION}"]


@pytest.mark.parametrize(
    ("plugin", "call"), [("static", "orchestrator index {root} --db {db}"), ("", "CodeIndex.build('{root}', '{db}', ")]
)
def test_an_index_of_another_version_says_how_to_index_again(plugin, call, index, project, db, embedder):
    index._catalogue.store({"version": "0", "embedder_plugin": plugin})
    index.close()
    says = f"version 0, not {VERSION}: run `{call.format(root=project, db=db)}"
    with pytest.raises(ConfigError, match=re.escape(says)):
        CodeIndex.open(db, embedder=embedder)


def test_a_fresh_build_reads_everything_again(index, project, db, embedder):
    index.close()
    embedder.texts.clear()
    with CodeIndex.build(project, db, embedder=embedder, fresh=True) as again:
        assert len(embedder.texts) == len(again) > 20


@pytest.mark.parametrize(
    ("path", "says"),
    [("nowhere", "there is no folder"), ("mail.py", "is a file"), ("", "is not empty and not an index")],
)
def test_wrong_folders_are_refused(project, path, says, embedder):
    with pytest.raises(ConfigError, match=says):
        CodeIndex.build(project / path, project, embedder=embedder)


def test_one_index_folder_holds_one_project(index, tmp_path, db, embedder):
    (tmp_path / "other").mkdir()
    with pytest.raises(ConfigError, match="give --db another folder"):
        CodeIndex.build(tmp_path / "other", db, embedder=embedder)


def test_no_index_yet_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError, match=r"there is no index of .*: orchestrator index"):
        CodeIndex.open(tmp_path)


def test_without_a_place_the_index_lies_in_the_users_cache(project, tmp_path, embedder, monkeypatch):
    monkeypatch.setenv("ORCHESTRATOR_CACHE", str(tmp_path / "cache"))
    with CodeIndex.build(project, embedder=embedder) as index:
        assert index.folder.parent == tmp_path / "cache" / "code"
    assert {each.name for each in project.iterdir()} == {"bank", "mail.py", "tests"}
    with CodeIndex.open(project, embedder=embedder) as index:
        assert index.search("deposit")


def test_a_lost_snapshot_of_the_words_is_made_again_from_the_catalogue(index, db, embedder):
    found = index.search("deposit", 9)
    index.close()
    for folder in db.glob("*/lexical-*"):
        shutil.rmtree(folder)
    with CodeIndex.open(db, embedder=embedder) as again:
        assert again.search("deposit", 9) == found


def test_vectors_that_were_lost_are_made_again_by_the_next_run(index, project, db, embedder):
    before = everything(index)
    index._current_vectors().drop([place.id for place in index._catalogue.places()[:7]])
    index._current_vectors().put(["f" * 32], embedder.encode(["x"]), ["x"], ["x.py"])
    index.update()
    assert everything(index) == before


def test_a_busy_index_says_who_uses_it(index, db, embedder):
    with IndexLock(db).held("indexing"):
        with pytest.raises(IndexBusy, match=rf"process {os.getpid()} has been indexing for \d+ s.*chroma run"):
            CodeIndex.build(index.root, db, embedder=embedder, wait=0.1)
        other = CodeIndex.open(db, embedder=embedder, wait=0.1)
        with pytest.raises(IndexBusy):
            other.search("deposit")
        assert other.search("deposit", ranking=Ranking(dense=0))
        other.close()


def test_several_threads_may_search_while_one_updates(index, project):
    failures = []

    def ask() -> None:
        try:
            for _ in range(20):
                assert index.search("deposit")
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test must see it
            failures.append(error)

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for at in range(5):
        (project / f"more{at}.py").write_text(f"def more{at}():\n    return {at}\n", "utf-8")
        index.update()
    for thread in threads:
        thread.join()
    assert not failures


def test_a_search_widens_as_an_index_grows():
    assert [vectors.width(rows) for rows in (0, 100_000, 250_000, 10**7)] == [300, 400, 1_000, 2_000]


def test_a_large_run_leaves_the_whole_graph_on_disk_and_huge_ones_write_it_seldom(project, db, embedder, monkeypatch):
    monkeypatch.setattr(indexing, "_FLUSH", 5)
    monkeypatch.setattr(indexing, "_MANY", 5)
    monkeypatch.setattr(indexing, "_HUGE", 3)
    monkeypatch.setattr(vectors, "width", lambda rows: 700 + rows)
    with CodeIndex.build(project, db, embedder=embedder) as index:
        assert index._current_vectors()._collection.configuration_json["hnsw"]["ef_search"] == 700 + len(index)
        assert sum(file.stat().st_size for file in db.glob("*/chroma/*/data_level0.bin")) >= len(index) * 64 * 4
        assert index._current_vectors()._collection.configuration_json["hnsw"]["sync_threshold"] == 1_000
        assert everything(index)
        assert index.search("validate e-mail", 1)[0].path == "mail.py"
