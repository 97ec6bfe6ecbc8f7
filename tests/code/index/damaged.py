"""Damages each file of an index in turn, then searches and indexes. Run by test_damaged.py, in a process of its own.

Everything is imported once and each trial is a fork, as damage may end a process.

    damaged.py PROJECT DB WORK DAMAGE   prints one JSON object: file → what a search and an index run said
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.code.conftest import HashEmbedder

from orchestrator.code import CodeIndex
from orchestrator.code.index import indexing
from orchestrator.core.errors import ConfigError

Change = Callable[[bytes], bytes]


def flipped(share: float) -> Change:
    def change(data: bytes) -> bytes:
        at = int(share * max(0, len(data) - 64))
        return data[:at] + bytes(each ^ 0xFF for each in data[at : at + 64]) + data[at + 64 :]

    return change


CONTENT: dict[str, Change] = {
    "empty": lambda _: b"",
    "half": lambda data: data[: len(data) // 2],
    "start flipped": flipped(0),
    "middle flipped": flipped(0.5),
    "end flipped": flipped(1),
    "one bit": lambda data: data[:-1] + bytes([data[-1] ^ 1]) if data else data,
    "all ones": lambda data: b"\xff" * len(data),
    "longer": lambda data: data + b"\0" * 5_000,
    "text": lambda _: b"not what it was\n",
}
DAMAGES = (*CONTENT, "missing", "folder")


def damage(file: Path, kind: str) -> bool:
    """Whether that changed anything."""
    if kind in CONTENT:
        data = file.read_bytes()
        file.write_bytes(CONTENT[kind](data))
        return file.read_bytes() != data
    file.unlink()
    if kind == "folder":
        file.mkdir()
        (file / "inside").write_text("x")
    return True


def build(project: Path, db: Path) -> CodeIndex:
    return CodeIndex.build(project, db, embedder=HashEmbedder())


def trial(project: Path, db: Path) -> dict[str, Any]:
    said = {"search": "", "hits": -1, "healed": "", "error": "", "after": "", "dense": 0}
    try:
        with CodeIndex.open(db, embedder=HashEmbedder()) as index:
            said["hits"] = len(index.search("work 3"))
            said["search"] = index.notice
    except ConfigError as error:
        said["search"] = str(error)
    try:
        with build(project, db) as index:
            assert index.report
            said["healed"] = "; ".join(index.report.healed)
    except ConfigError as error:
        said["error"] = str(error)
    with CodeIndex.open(db, embedder=HashEmbedder()) as index:
        assert index.search("work 3")
        said["after"] = index.notice
        said["dense"] = len(index._dense("work 3", 3))
    return said


def forked(answer: Path, job: Callable[[], Any]) -> Any:
    child = os.fork()
    if child == 0:
        try:
            answer.write_text(json.dumps(job()))
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - told to the parent
            answer.write_text(json.dumps({"crash": repr(error)}))
            os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status):
        return {"crash": f"exit status {os.waitstatus_to_exitcode(status)}"}
    return json.loads(answer.read_text())


def files(db: Path, *, all_words: bool) -> list[Path]:
    """Every file of the index. One mechanism is for all files of the words: mostly, some of them are enough."""
    found = sorted(each.relative_to(db) for each in db.rglob("*") if each.is_file())
    words = [file for file in found if "lexical-" in str(file)]
    return [file for file in found if file not in words or all_words or file in words[::12]]


def main() -> None:
    project, db, work, kind = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    indexing._MANY = 5  # so that the whole graph is on disk
    import chromadb  # noqa: F401 - once, before the forks

    answer = work.with_name("answer.json")
    if not db.exists():
        forked(answer, lambda: build(project, db).close())
    said = {}
    for file in files(db, all_words=kind == "middle flipped"):
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(db, work)
        if damage(work / file, kind):
            said[file.as_posix()] = forked(answer, lambda: trial(project, work))
    print(json.dumps(said))


if __name__ == "__main__":
    main()
