"""The sets of an index folder: which one is in use, how it was made, and whether this version can read it.

A set is the catalogue, the lexical index and the vectors of one chunker and embedder. Knows folders and settings; not
what is indexed.
"""

from __future__ import annotations

import os
import re
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from orchestrator.code.index import removal, seals
from orchestrator.code.index.catalogue import FILE, Catalogue, DamagedIndex
from orchestrator.code.index.location import default_folder, key
from orchestrator.code.index.lock import LOCK
from orchestrator.code.index.vectors import Vectors
from orchestrator.code.index.walk import MARKER
from orchestrator.code.protocols import Chunker, Embedder
from orchestrator.core.errors import ConfigError
from orchestrator.runtime.registry import plugin

VERSION = 3  # of a set's format; a set of another version is made again
CHUNKER, EMBEDDER = "function", "static"
VECTORS = "chroma"
SEALED = (FILE, VECTORS)  # what is sealed in the folder of a set; the lexical index has its own
_CURRENT = "current"
_LOST = f"{_CURRENT} leads nowhere"


@dataclass(frozen=True, slots=True)
class IndexConfig:
    """How a set is made.

    Attributes:
        root: The folder of the code.
        chunker: The chunker.
        embedder: The embedder.
        chunker_plugin: The registered name of the chunker; empty if an object was given.
        embedder_plugin: The registered name of the embedder; empty if an object was given.
        chroma: The address of the Chroma server; empty if the vectors are in the folder.
    """

    root: Path
    chunker: Chunker
    embedder: Embedder
    chunker_plugin: str = ""
    embedder_plugin: str = ""
    chroma: str = ""

    @property
    def key(self) -> str:
        """The name of the set's folder."""
        made = f"{self.chunker.name}-{self.embedder.name}-{self.embedder.dimension}-v{VERSION}"
        return re.sub(r"[^a-zA-Z0-9._-]+", "-", f"{made}-{key(self.chroma)[:6]}" if self.chroma else made)

    def vectors(self, folder: Path) -> Vectors:
        """Open the vectors of an index in this folder."""
        return Vectors(self.chroma or folder / self.key / VECTORS, self.collection)

    @property
    def collection(self) -> str:
        """The name of the Chroma collection. On a server it includes the project, as others are there too."""
        return _on_server(self.root, self.key) if self.chroma else f"code-{self.key}"

    def settings(self) -> dict[str, str]:
        """Return the settings that the catalogue of the set keeps."""
        return {
            "root": str(self.root),
            "chunker": self.chunker.name,
            "chunker_plugin": self.chunker_plugin,
            "embedder": self.embedder.name,
            "embedder_plugin": self.embedder_plugin,
            "dimension": str(self.embedder.dimension),
            "version": str(VERSION),
            "chroma": self.chroma,
        }


def _on_server(root: Path, key_: str) -> str:
    return f"code-{key(str(root))}-{key_}"


def prepare(folder: Path) -> None:
    """Make the folder and mark it as an index.

    Raises:
        ConfigError: The folder cannot be written, or it holds something else.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_lost_links(folder)
        removal.remove_folder(folder / LOCK)
        if not (folder / MARKER).exists():
            if any(folder.iterdir()) and not _settings_of_current(folder):
                raise ConfigError(f"{folder} is not empty and not an index: give --db a new folder")
            (folder / MARKER).write_text(
                "An index of code, made by `orchestrator index`. It can be removed.\n", "utf-8"
            )
            (folder / ".gitignore").write_text("*\n", "utf-8")
    except OSError as error:
        raise ConfigError(
            f"cannot write the index to {folder} ({error.strerror}): choose a folder of yours with --db"
        ) from error


def _remove_lost_links(folder: Path) -> None:
    """Remove links that lead nowhere from the folder of an index: a file is to be in the place of each."""
    if os.path.lexists(folder / MARKER):
        for each in folder.iterdir():
            if each.is_symlink() and not each.exists():
                each.unlink()


def lost(folder: Path) -> str:
    """Return why it is not known which set of an index is in use; "" if it is known, or if there was none yet."""
    return _LOST if os.path.lexists(folder / _CURRENT) and not _current(folder) else ""


def finished(folder: Path) -> bool:
    """Return whether there is an index in this folder that was finished once."""
    return os.path.lexists(folder / _CURRENT) and ((folder / MARKER).exists() or bool(_settings_of_current(folder)))


def find(path: Path) -> Path:
    """Return the folder of an index that exists.

    Args:
        path: The folder of the index; or the folder of the code, or one in it, if the index is in the user's cache.

    Raises:
        ConfigError: There is no index, or it was never finished.
    """
    whole = path.resolve()
    for folder in (path, *map(default_folder, (whole, *whole.parents))):
        if finished(folder):
            return folder
        if (folder / MARKER).exists():
            raise ConfigError(
                f"the index in {folder} was never finished: its run was stopped half-way, or is at work. Run "
                "`orchestrator index` again, it goes on there"
            )
    raise ConfigError(f"there is no index of {path} yet: orchestrator index {path}")


def configure(
    folder: Path,
    root: Path,
    *,
    chroma: str | None,
    chunker: str | Chunker | None,
    embedder: str | Embedder | None,
) -> IndexConfig:
    """Return the configuration of the index to build.

    A choice that is None is the one of the set in use, or else the default.

    Args:
        folder: The folder of the index.
        root: The folder of the code.
        chroma: The address of a Chroma server; empty for the folder.
        chunker: A registered name or a Chunker.
        embedder: A registered name or an Embedder.

    Raises:
        ConfigError: The folder is the index of other code, a name is not registered, or an extra is missing.
    """
    before = _settings_of_current(folder)
    if (indexed := before.get("root")) and Path(indexed) != root:
        raise ConfigError(f"{folder} is the index of {indexed}: give --db another folder for {root}")
    return _config(
        root,
        chunker or before.get("chunker_plugin") or CHUNKER,
        embedder or before.get("embedder_plugin") or EMBEDDER,
        (before.get("chroma", "") if chroma is None else chroma).rstrip("/"),
    )


def embedder_in_use(folder: Path) -> str:
    """Return the registered name of the embedder that ``configure`` takes if none is named."""
    return _settings_of_current(folder).get("embedder_plugin") or EMBEDDER


def _config(root: Path, chunker: str | Chunker, embedder: str | Embedder, chroma: str) -> IndexConfig:
    return IndexConfig(
        root,
        plugin("code.chunkers", chunker)() if isinstance(chunker, str) else chunker,
        plugin("code.embedders", embedder)() if isinstance(embedder, str) else embedder,
        chunker if isinstance(chunker, str) else "",
        embedder if isinstance(embedder, str) else "",
        chroma,
    )


def load(folder: Path, *, chunker: Chunker | None = None, embedder: Embedder | None = None) -> IndexConfig:
    """Return the configuration of the set in use.

    Args:
        folder: The folder of the index.
        chunker: The Chunker, if the index was built with an object.
        embedder: The Embedder, if the index was built with an object.

    Raises:
        ConfigError: The index is damaged, or of another version, chunker or embedder. The message says what to do.
    """
    set_ = _current(folder)
    settings = _settings_of(set_) if set_ else {}
    if not set_ or not settings.get("root"):
        raise _damaged(folder, settings or _settings_of_any(folder), _LOST)
    again = _how_to_index_again(folder, settings)
    if settings.get("version") != str(VERSION):
        raise ConfigError(f"the index in {folder} is of version {settings.get('version')}, not {VERSION}: {again}")
    if harm := seals.damage(set_, FILE):
        raise _damaged(folder, settings, harm)
    for part, given in (("chunker", chunker), ("embedder", embedder)):
        if not settings[f"{part}_plugin"] and given is None:
            raise ConfigError(f"this index was built with the {part} {settings[part]}: pass it as {part}=…")
    config = _config(
        Path(settings["root"]),
        chunker or settings["chunker_plugin"],
        embedder or settings["embedder_plugin"],
        settings["chroma"],
    )
    now = config.settings()
    for each in (settings, now):
        each["embedder"] += f" ({each['dimension']})"
    for part, made in (("chunker", "chunks"), ("embedder", "vectors")):
        if now[part] != settings[part]:
            has = f"the index in {folder} has {made} of {settings[part]}"
            raise ConfigError(f"{has}, and the {part} here is {now[part]}: {again}")
    return config


def _damaged(folder: Path, settings: dict[str, str], harm: str) -> DamagedIndex:
    again = f"run `orchestrator index {settings.get('root', 'PATH')} --fresh --db {folder}`"
    return DamagedIndex(f"the index in {folder} is damaged: {again} ({harm})")


def _how_to_index_again(folder: Path, settings: dict[str, str]) -> str:
    """The next step if an index cannot be read, for an error message."""
    return f"run `{command(folder, settings)}` to index again; the old index stays until the new one is whole"


def command(folder: Path, settings: dict[str, str]) -> str:
    """Return the command, or the call, that brings an index up to date.

    Args:
        folder: The folder of the index.
        settings: The settings of its set.
    """
    root = settings["root"]
    objects = [f"{part}=…" for part in ("chunker", "embedder") if settings.get(f"{part}_plugin") == ""]
    if objects:
        return f"CodeIndex.build({', '.join((repr(root), repr(str(folder)), *objects))})"
    return f"orchestrator index {root}" + (f" --db {folder}" if folder != default_folder(Path(root)) else "")


def activate(folder: Path, config: IndexConfig) -> None:
    """Make this set the one in use, and remove the others."""
    if _current(folder) == folder / config.key:
        return
    work = folder / f"{_CURRENT}.new"
    for place in (work, folder / _CURRENT):
        removal.remove_folder(place)
    work.write_text(config.key, "utf-8")
    work.replace(folder / _CURRENT)
    for other in folder.iterdir():
        if other.is_dir() and other.name != config.key and (other / FILE).exists():
            _remove_collection(other, config.root)
            removal.remove(other)


def begin_anew(folder: Path, config: IndexConfig) -> None:
    """Delete this set, whatever is in its place, and put an empty one there.

    The empty one takes its place at once, and deleting the old one, which takes long, is last: a run that is stopped
    leaves an index that says so.

    Raises:
        OSError: The folder cannot be written.
    """
    set_, new, gone = (folder / f"{config.key}{ending}" for ending in ("", ".new", ".gone"))
    for each in (new, gone):
        removal.remove(each)
    new.mkdir()
    with closing(Catalogue(new)) as catalogue:
        catalogue.store(config.settings())
    _remove_collection(set_, config.root)
    with suppress(OSError):  # there is none; and Windows does not move what another process has open
        set_.rename(gone)
    removal.remove(set_)
    new.rename(set_)
    removal.remove(gone)


def _remove_collection(set_: Path, root: Path) -> None:
    with suppress(ConfigError, OSError):  # if the server is gone, the collection stays there
        if chroma := _settings_of(set_).get("chroma"):
            with closing(Vectors(chroma, _on_server(root, set_.name))) as vectors:
                vectors.remove()


def _current(folder: Path) -> Path | None:
    """The set in use; None if there is none, or the file that names it cannot be read."""
    with suppress(OSError, ValueError):
        named = folder / (folder / _CURRENT).read_text("utf-8").strip()
        if named in folder.iterdir():  # and not a path out of the folder
            return named
    return None


def _settings_of_current(folder: Path) -> dict[str, str]:
    """The settings of the set in use; empty if there is none that can be read."""
    set_ = _current(folder)
    with suppress(DamagedIndex):
        return _settings_of(set_) if set_ else {}
    return {}


def _settings_of_any(folder: Path) -> dict[str, str]:
    """The settings of a set, in use or not; empty if there is none that can be read. All are of the same code."""
    for set_ in folder.iterdir():
        with suppress(DamagedIndex):
            if settings := _settings_of(set_):
                return settings
    return {}


def _settings_of(set_: Path) -> dict[str, str]:
    if not (set_ / FILE).exists():
        return {}
    with closing(Catalogue(set_)) as catalogue:
        return catalogue.settings()
