"""Removes whatever is at a path: damage can put a folder in a file's place, and a file in a folder's."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder, as far as the system allows it. There need not be one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def remove_folder(path: Path) -> None:
    """Remove a folder in the place of a file that is about to be written."""
    if path.is_dir():
        remove(path)
