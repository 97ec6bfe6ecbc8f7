"""The second process, for real."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.code import CodeIndex
from orchestrator.code.index import workers
from orchestrator.code.index.analysis import Task
from orchestrator.code.index.workers import FILES, WORTH_IT, Analyser
from orchestrator.core.errors import ConfigError
from orchestrator.runtime import registry

ROOT = Path(__file__).parents[3]
PLUGINS = """
import numpy as np, os

class Constant:
    name, dimension = "constant", 4
    def encode(self, texts):
        if any("crash_here" in text for text in texts):
            os._exit(9)
        return np.tile(np.float32([1, 0, 0, 0]), (len(texts), 1))

def failing():
    from orchestrator.core.errors import ConfigError
    raise ConfigError("no key: set ONE")
"""


@pytest.fixture
def plugins(tmp_path, monkeypatch):
    """Embedders that come from an installed package, as other people's do: the worker finds them too."""
    site = tmp_path / "site"
    (site / "constants-1.dist-info").mkdir(parents=True)
    (site / "constants.py").write_text(PLUGINS, "utf-8")
    (site / "constants-1.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: constants\nVersion: 1\n", "utf-8"
    )
    entries = "[orchestrator.code.embedders]\nconstant = constants:Constant\nfailing = constants:failing\n"
    (site / "constants-1.dist-info" / "entry_points.txt").write_text(entries, "utf-8")
    monkeypatch.syspath_prepend(site)
    registry._plugins.cache_clear()
    yield site
    registry._plugins.cache_clear()


@pytest.fixture
def many(tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for at in range(WORTH_IT + 2 * FILES):
        (folder / f"f{at:03}.py").write_text(f"def work_{at}(x):\n    y = x\n    z = y\n    return z + {at}\n", "utf-8")
    return folder


def test_a_second_process_finds_what_this_one_would(plugins, many, tmp_path, monkeypatch):
    with CodeIndex.build(many, tmp_path / "db", embedder="constant") as index:
        with Analyser(index.setup).expecting(WORTH_IT) as analyser:
            assert analyser._worker is not None
        beside = {place.id for place in index._catalogue.places()}
    monkeypatch.setattr(workers, "WORTH_IT", 1_000_000)
    monkeypatch.setattr(workers, "ChildProcess", None)
    with CodeIndex.build(many, tmp_path / "other", embedder="constant") as index:
        assert {place.id for place in index._catalogue.places()} == beside
    assert len(beside) == WORTH_IT + 2 * FILES


def test_a_file_on_which_the_process_dies_is_left_out_and_the_others_go_on(plugins, many, tmp_path):
    (many / "f050.py").write_text("def crash_here():\n    return 1\n", "utf-8")
    with CodeIndex.build(many, tmp_path / "db", embedder="constant") as index:
        assert index.report is not None
        assert [(each.path, each.reason) for each in index.report.skipped] == [("f050.py", "its grammar crashed on it")]
        assert len(index) == WORTH_IT + 2 * FILES - 1


def test_nothing_is_under_way_beside_a_job_of_one_file():
    one, many = [Task("a.py")], [Task("b.py"), Task("c.py")]
    assert workers._may_go(one, [])
    assert workers._may_go(many, [many] * 7)
    assert not workers._may_go(one, [many])
    assert not workers._may_go(many, [one])
    assert not workers._may_go(many, [many] * 8)


def test_an_embedder_that_cannot_be_made_is_the_users_to_mend(plugins, many, tmp_path):
    with pytest.raises(ConfigError, match="no key: set ONE"):
        CodeIndex.build(many, tmp_path / "db", embedder="failing")


def test_a_script_without_a_main_guard_may_build_an_index(many, tmp_path):
    """What multiprocessing would break: it imports the script again in its processes."""
    script = tmp_path / "script.py"
    script.write_text(
        "from orchestrator.code import CodeIndex\n"
        f"with CodeIndex.build({str(many)!r}, {str(tmp_path / 'db')!r}) as index:\n"
        "    print(index.search('work_7', 1)[0].path)\n",
        "utf-8",
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout) == (0, "f007.py\n"), done.stderr


@pytest.mark.parametrize("program", ["/bin/false", "/nonexistent"])
@pytest.mark.skipif(sys.platform == "win32", reason="programs of POSIX")
def test_without_a_second_process_files_are_analysed_in_this_one(many, tmp_path, monkeypatch, program):
    monkeypatch.setattr(sys, "executable", program)
    with CodeIndex.build(many, tmp_path / "db", fresh=True) as index:
        assert index.report
        assert (index.report.files, index.report.skipped) == (WORTH_IT + 2 * FILES, ())
