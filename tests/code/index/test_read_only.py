from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user may read; those of tmp_path are closed to others."""
    made = Path(tempfile.mkdtemp(prefix="read-only-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        for each in (made, *made.rglob("*")):
            if each.is_dir():
                each.chmod(0o755)
        shutil.rmtree(made)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has other permissions")
def test_an_index_on_read_only_media_is_searched_with_its_vectors_and_nothing_is_written(folder):
    (folder / "project").mkdir()
    for at in range(4):
        (folder / "project" / f"file{at}.py").write_text(f"def work_{at}(x):\n    return x + {at}\n")
    copies = set(Path(tempfile.gettempdir()).glob("orchestrator-index-*"))
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("readonly.py"), folder],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["read_only"], said["same"], said["notice"], said["dense"]) == (True, True, "", 4)
    assert "work_3" in said["tool"]
    assert "cannot be written" in said["index"]
    assert "cannot lock the index" in said["fresh"]
    assert said["unchanged"]
    assert set(Path(tempfile.gettempdir()).glob("orchestrator-index-*")) <= copies
