from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.code.conftest import HashEmbedder

from orchestrator.code import CodeIndex

ROOT = Path(__file__).parents[3]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has neither fork nor SIGKILL")
def test_an_index_killed_at_20_random_points_opens_and_is_finished_by_the_next_run(tmp_path):
    project, db = tmp_path / "project", tmp_path / "db"
    project.mkdir()
    script = Path(__file__).with_name("killed.py")
    done = subprocess.run(
        [sys.executable, script, project, db, "20", "7"],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["killed"] >= 12  # some came late, on a machine that was faster than the first time
    with CodeIndex.build(project, tmp_path / "other", embedder=HashEmbedder()) as new:
        expected = {place.id for place in new._catalogue.places()}
    with CodeIndex.open(db, embedder=HashEmbedder()) as index:
        assert set(index._current_vectors().ids()) == index._catalogue.ids() == expected
        assert index.update().changed == 0
