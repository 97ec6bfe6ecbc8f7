"""Where an index lies when nobody says: in the user's cache folder, keyed by the project's absolute path.

Not in the project: it would be found by every other search, watched by every watcher, packed into every image and
committed by accident, and a project that may only be read could have none. An index is made anew in seconds.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from orchestrator.core.errors import ConfigError
from orchestrator.runtime.settings import Settings


def default_folder(project: Path) -> Path:
    """The folder for the index of ``project``; it need not exist."""
    whole = str(project.resolve())
    short = re.sub(r"[^\w.-]+", "_", project.resolve().name)[:40]
    return Settings.from_environment().cache / "code" / f"{short}-{key(whole)}"


def key(text: str) -> str:
    """Twelve letters that stand for a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def project_folder(path: str | Path) -> Path:
    """The folder to index. Raises ConfigError where there is none."""
    folder = Path(path).expanduser()
    if not folder.exists():
        raise ConfigError(f"there is no folder {path}: give the path of the code to index")
    if not folder.is_dir():
        raise ConfigError(f"{path} is a file: give the folder that it is in")
    return folder.resolve()
