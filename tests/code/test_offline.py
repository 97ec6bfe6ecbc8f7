from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = """
import socket, sys
from pathlib import Path

def refuse(*_arguments, **_options):
    raise AssertionError("the network was used")

socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = refuse
from orchestrator.code import CodeIndex, code_search

project, db = map(Path, sys.argv[1:])
with CodeIndex.build(project, db) as index:
    print(index.search("where do we validate the e-mail?", 1)[0].name)
print(code_search(project, db=db).run("validate e-mail").splitlines()[0])
"""


def test_indexing_and_searching_need_no_network_and_download_nothing(project, tmp_path):
    """With an empty home and cache, as after a fresh install; the default embedder; sockets blocked."""
    environment = {
        "PYTHONPATH": str(ROOT / "src"), "HOME": str(tmp_path / "home"), "ORCHESTRATOR_CACHE": str(tmp_path / "cache"),
        "SYSTEMROOT": r"C:\\Windows",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", SCRIPT, str(project), str(tmp_path / "db")],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["validate_email", "mail.py:1-5 validate_email"]
    assert done.stderr == ""
    assert not (tmp_path / "cache").exists()
    assert not list((tmp_path / "home").glob("**/*.onnx"))
