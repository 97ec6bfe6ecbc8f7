"""The default folder of an index: a folder in the user's cache, named by the project's absolute path.

An index is not kept in the project: other searches would find it, watchers would watch it, images would contain it and
somebody would commit it; and a read-only project could have none. It takes seconds to make an index again. Knows paths;
not what an index holds.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from orchestrator.core.errors import ConfigError
from orchestrator.runtime.settings import Settings


def index_folder(project: str | Path, db: str | Path | None) -> Path:
    """Return the folder of a project's index: ``db`` if it is given, or else the default."""
    return Path(db).expanduser() if db else default_folder(Path(project).expanduser())


def default_folder(project: Path) -> Path:
    """Return the default index folder of a project. It need not exist."""
    whole = str(project.resolve())
    short = re.sub(r"[^\w.-]+", "_", project.resolve().name)[:40]
    return Settings.from_environment().cache / "code" / f"{short}-{key(whole)}"


def key(text: str) -> str:
    """Return the first 12 hexadecimal digits of the SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def project_folder(path: str | Path) -> Path:
    """Return the absolute path of the folder to index.

    Raises:
        ConfigError: There is nothing at the path, or it is a file.
    """
    folder = Path(path).expanduser()
    if not folder.exists():
        raise ConfigError(f"there is no folder {path}: give the path of the code to index")
    if not folder.is_dir():
        raise ConfigError(f"{path} is a file: give the folder that it is in")
    return folder.resolve()
