"""The sdist and the wheel, built once, and an environment that holds the wheel and its base dependencies only."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Built:
    sdist: Path
    wheel: Path  # built from the sdist
    wheel_of_tree: Path


@dataclass(frozen=True, slots=True)
class Installed:
    """``python`` is the interpreter of the environment; ``run`` uses it without the checkout on its path."""

    python: Path
    folder: Path  # an empty one, to run in

    def run(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        return run(str(self.python), "-I", *arguments, folder=self.folder, text=text)

    def command(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        script = self.python.with_name("orchestrator.exe" if os.name == "nt" else "orchestrator")
        return run(str(script), *arguments, folder=self.folder, text=text)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of one pytest-xdist session see."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "package"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def built(shared: Path) -> Built:
    """The first worker builds, the others wait for it."""
    dist, tree = shared / "dist", shared / "tree"
    with FileLock(shared / "built.lock"):
        if not (shared / "built").exists():
            python("-m", "build", "--no-isolation", "--outdir", str(dist), str(ROOT))
            python("-m", "build", "--no-isolation", "--wheel", "--outdir", str(tree), str(ROOT))
            (shared / "built").touch()
    return Built(only(dist, "*.tar.gz"), only(dist, "*.whl"), only(tree, "*.whl"))


@pytest.fixture(scope="session")
def installed(shared: Path, built: Built) -> Installed:
    """The wheel without any extra, in an environment of its own."""
    folder = shared / "environment"
    interpreter = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    with FileLock(shared / "installed.lock"):
        if not (shared / "installed").exists():
            venv.create(folder, with_pip=False, symlinks=os.name != "nt")
            pip = ("-m", "pip", "--python", str(interpreter), "--disable-pip-version-check", "install", "--quiet")
            python(*pip, "--no-warn-script-location", str(built.wheel))
            (shared / "installed").touch()
    (shared / "empty").mkdir(exist_ok=True)
    return Installed(interpreter, shared / "empty")


def python(*arguments: str) -> str:
    """The output of this interpreter; a failure shows what it said."""
    done = run(sys.executable, *arguments, folder=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run(*command: str, folder: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    """Without the settings and keys of the developer, and without a checkout on the path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORCHESTRATOR_", "OPENAI_"))}
    kept.pop("PYTHONPATH", None)
    kept |= {"ORCHESTRATOR_CACHE": str(folder / "cache"), "ORCHESTRATOR_DATA": str(folder / "data")}
    kept |= {"NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}
    return subprocess.run(
        command,
        cwd=folder,
        env=kept,
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def only(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found
