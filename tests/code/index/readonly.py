"""Indexes a folder, makes the index read-only, and uses it as somebody who may not write it. Run by test_read_only.py.

Root may write everything. So a script that runs as root becomes another user after the index was made.

    readonly.py FOLDER   prints one JSON object: what searches said, and whether a file of the index changed
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from orchestrator.code import CodeIndex, code_search
from orchestrator.core.errors import ConfigError

NOBODY = 65_534


def files(db: Path) -> dict[str, tuple[int, bytes]]:
    return {str(each): (each.stat().st_mtime_ns, each.read_bytes()) for each in db.rglob("*") if each.is_file()}


def refused(**options: Any) -> str:
    try:
        CodeIndex.build(**options).close()
    except ConfigError as error:
        return str(error)
    return ""


def main() -> None:
    folder = Path(sys.argv[1])
    project, db = folder / "project", folder / "db"
    with CodeIndex.build(project, db) as index:
        first = index.search("work 3")
    CodeIndex.open(db).close()
    before = files(db)
    for each in (db, *db.rglob("*")):
        each.chmod(0o555 if each.is_dir() else 0o444)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    said: dict[str, Any] = {}
    with CodeIndex.open(db) as index:
        said["same"] = index.search("work 3") == first
        said["read_only"], said["notice"], said["dense"] = index.read_only, index.notice, len(index._dense("work 3", 5))
    said["tool"] = code_search(project, db=db).run("work 3")
    said["index"], said["fresh"] = refused(path=project, db=db), refused(path=project, db=db, fresh=True)
    said["unchanged"] = files(db) == before
    print(json.dumps(said))


if __name__ == "__main__":
    main()
