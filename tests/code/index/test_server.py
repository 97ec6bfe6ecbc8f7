from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.code.conftest import HashEmbedder

from orchestrator.code import CodeIndex
from orchestrator.code.index.vectors import Vectors
from orchestrator.core.errors import ConfigError


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real `chroma run`."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--path", str(tmp_path_factory.mktemp("chroma"))],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, "chroma run ended"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def collections(server: str) -> set[str]:
    with closing(Vectors(server, "probe")) as probe:
        return {each.name for each in probe._client.list_collections()} - {"probe"}


def test_a_server_gives_what_a_folder_gives(server, project, tmp_path, embedder):
    with (
        CodeIndex.build(project, tmp_path / "here", embedder=embedder) as here,
        CodeIndex.build(project, tmp_path / "there", chroma=server, embedder=embedder) as there,
    ):
        for query in ("validate e-mail", "deposit", "transfer money"):
            far, near = there.search(query), here.search(query)
            assert [replace(hit, score=0) for hit in far] == [replace(hit, score=0) for hit in near]
            # a cosine that went through JSON differs in its eighth place
            assert [hit.score for hit in far] == pytest.approx([hit.score for hit in near], abs=1e-6)
        assert not list((tmp_path / "there").glob("*/chroma"))
        assert there.setup.collection in collections(server)


def test_an_index_on_a_server_is_updated_and_opened_again(server, project, tmp_path, embedder):
    with CodeIndex.build(project, tmp_path / "db", chroma=server, embedder=embedder) as index:
        (project / "mail.py").write_text("def brand_new():\n    return 1\n", "utf-8")
        report = index.update()
        assert (report.added_chunks, report.removed_chunks) == (1, 1)
    with CodeIndex.open(tmp_path / "db", embedder=embedder) as again:
        assert again.search("brand_new", 1)[0].path == "mail.py"
        assert set(again._current_vectors().ids()) == again._catalogue.ids()


def test_several_processes_may_use_a_server_at_once(server, project, tmp_path, embedder):
    with (
        CodeIndex.build(project, tmp_path / "db", chroma=server, embedder=embedder) as index,
        CodeIndex.open(tmp_path / "db", embedder=HashEmbedder()) as other,
        index._lock.held("indexing"),
    ):
        assert other.search("deposit")


def test_another_embedder_leaves_one_collection_on_the_server(server, project, tmp_path, embedder):
    CodeIndex.build(project, tmp_path / "db", chroma=server, embedder=embedder).close()
    before = collections(server)
    with CodeIndex.build(project, tmp_path / "db", embedder=HashEmbedder("other")) as index:
        after = collections(server)
        assert len(after) == len(before)
        assert index.setup.collection in after - before


def test_a_server_that_is_not_there_is_a_clear_error(project, tmp_path, embedder):
    with pytest.raises(ConfigError, match=r"127\.0\.0\.1:9 does not answer .*: start it with `chroma run`"):
        CodeIndex.build(project, tmp_path / "db", chroma="http://127.0.0.1:9", embedder=embedder)
