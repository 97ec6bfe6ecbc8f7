"""Lists the files of a folder to index, and what is not indexed and why.

It looks at names, sizes and .gitignore files, and opens no other file. Links are never followed: they could lead out of
the folder, into a circle, or to the same code again. Knows names; not contents.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from orchestrator.code.index import gitignore
from orchestrator.code.languages import language_of
from orchestrator.code.words import word_lists

LARGEST = 4_000_000  # bytes; a larger file is data or generated
LARGEST_RULES = 100_000_000  # bytes of a .gitignore; git does not read a larger one either
NAMES = "index/names.toml"
MARKER = "orchestrator-index"  # a folder with a file of this name is an index, and is skipped


@dataclass(frozen=True, slots=True)
class Found:
    """A file to index.

    Attributes:
        path: The path relative to the root, with forward slashes.
        mtime_ns: The time of the last change in nanoseconds.
        size: The size in bytes.
    """

    path: str
    mtime_ns: int
    size: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or a whole folder, that is not indexed. The path of a folder ends with a slash."""

    path: str
    reason: str


Entries = Iterator["Found | Skipped | Entries"]
"""What is in a folder: files, what is skipped, and the entries of the folders in it."""

Rule = Callable[[str], bool | None]
"""The rules of one .gitignore: returns whether git ignores a path; None if the file does not say. The path of a folder
ends with a slash."""
Rules = tuple[Rule, ...]


def walk(root: Path) -> Iterator[Found | Skipped]:
    """Yield everything below ``root``, folder by folder in the order of names."""
    open_ = [_folder(root, "", _rules_above(root))]  # no recursion: folders may nest deeper than Python allows
    while open_:
        each = next(open_[-1], None)
        if each is None:
            open_.pop()
        elif isinstance(each, Found | Skipped):
            yield each
        else:
            open_.append(each)


def _folder(folder: Path, relative: str, rules: Rules) -> Entries:
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield Skipped(relative, f"unreadable: {error.strerror}")
        return
    names = {entry.name for entry in inside}
    if relative and names & {MARKER, "pyvenv.cfg"}:
        yield Skipped(relative, "an index" if MARKER in names else "a virtual environment")
        return
    if ".gitignore" in names:
        rules = (*_rules(folder / ".gitignore", depth=len(relative)), *rules)
    for entry in inside:
        yield from _entry(entry, relative + entry.name, rules)


def _entry(entry: os.DirEntry[str], path: str, rules: Rules) -> Entries:
    try:
        if not entry.name.isascii() and any("\ud800" <= letter <= "\udfff" for letter in entry.name):
            # Linux allows any bytes in a name; databases and JSON do not.
            yield Skipped(path.encode("utf-8", "replace").decode("utf-8"), "its name is not Unicode")
        elif entry.is_symlink() or (hasattr(entry, "is_junction") and entry.is_junction()):
            yield Skipped(path, "a symbolic link")
        elif entry.is_dir(follow_symlinks=False):
            reason = "never source" if entry.name in word_lists(NAMES)["never"] else _ignored(f"{path}/", rules)
            yield Skipped(f"{path}/", reason) if reason else _folder(Path(entry.path), f"{path}/", rules)
        elif not entry.is_file(follow_symlinks=False):
            yield Skipped(path, "not a file")
        elif reason := _ignored(path, rules) or _unwanted(path):
            yield Skipped(path, reason)
        elif (status := entry.stat(follow_symlinks=False)).st_size > LARGEST:
            yield Skipped(path, f"larger than {LARGEST // 1_000_000} MB")
        else:
            yield Found(path, status.st_mtime_ns, status.st_size)
    except OSError as error:
        yield Skipped(path, f"unreadable: {error.strerror}")


def _unwanted(path: str) -> str | None:
    name, names = PurePosixPath(path).name.lower(), word_lists(NAMES)
    if name in names["locks"]:
        return "a lock file"
    if name.endswith(tuple(names["generated"])):
        return "generated"
    if language_of(path) or PurePosixPath(name).suffix in names["text"] or name in names["files"]:
        return None
    return "not source"


def _ignored(path: str, rules: Rules) -> str | None:
    """The reason if git ignores the path: the nearest .gitignore with a matching rule decides."""
    for each in rules:
        decision = each(path)
        if decision is not None:
            return "ignored by .gitignore" if decision else None
    return None


def _rules_above(root: Path) -> Rules:
    """The rules of the folders above, up to the repository's own.

    There are none if they ignore ``root`` itself, because the user asked for it by name.
    """
    found: list[Rule] = []
    ignored = False
    prefix = ""
    folder = root.absolute()
    while not (folder / ".git").exists():
        if folder.parent == folder:
            return ()  # in no repository
        prefix = f"{folder.name}/{prefix}"
        folder = folder.parent
        found += _rules(folder / ".gitignore", prefix=prefix)
        ignored = ignored or any(_ignores_folder(each, prefix) for each in _rules(folder / ".gitignore"))
    exclude = folder / ".git" / "info" / "exclude"
    ignored = ignored or any(_ignores_folder(each, prefix) for each in _rules(exclude))
    return () if ignored else (*found, *_rules(exclude, prefix=prefix))


def _ignores_folder(rule: Rule, path: str) -> bool:
    """Whether a rule ignores a folder, or one that it is in."""
    names = path.split("/")[:-1]
    return any(rule("/".join((*names[:count], ""))) for count in range(1, len(names) + 1))


def _rules(file: Path, *, prefix: str = "", depth: int = 0) -> list[Rule]:
    """The rules of one .gitignore, if there is one.

    They are about paths relative to its own folder. So a path gets ``prefix`` (the file is above the root), or loses
    its first ``depth`` characters (the file is below the root).
    """
    try:
        if not file.is_file() or file.is_symlink() or file.stat().st_size > LARGEST_RULES:
            return []
        ignore = gitignore.parsed(file.read_bytes())
    except OSError:
        return []

    def rule(path: str) -> bool | None:
        return ignore.decides(prefix + path[depth:].removesuffix("/"), is_folder=path.endswith("/"))

    return [rule] if ignore else []
