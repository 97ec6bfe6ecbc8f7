"""Reads packages from registries: name, version, licence and source files. Knows archives; not pairs."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from training.code_embedder.commented_source import LINE_MARKS

SUFFIXES = frozenset({".py", *LINE_MARKS})
LARGEST = 200_000  # bytes; a larger file is data, minified or generated
MOST_FILES = 1_000  # of one package

# Copies of other projects, and generated files.
_SKIPPED_FOLDERS = re.compile(
    r"(?:^|/)(?:_?vendor(?:ed)?|third[_-]?party|node_modules|extern(?:al)?s?|deps|contrib|dist|umd|fesm\w*|esm\d*|cjs|min|"
    r"testdata|locale|generated|packaged)(?:/|$)|\.min\.js$|\.d\.ts$|_pb2|\.pb\.|zz_generated|bundle"
)
_FREE = re.compile(
    r"\b(?:MIT|Expat|BSD|0BSD|Apache|ISC|PSF|Python|Zlib|BSL|Boost|Unlicense|CC0|public[- ]domain|PostgreSQL|HPND|ZPL|"
    r"NCSA|curl|X11|NumPy|SQLite|OpenSSL|Ruby|Go$)",
    re.IGNORECASE,
)
_NOT_FREE_ENOUGH = re.compile(
    r"GPL|MPL|Mozilla|EPL|Eclipse|CDDL|EUPL|SSPL|BUSL|proprietary|non-?commercial|Artistic", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Package:
    """A package from which training pairs come.

    Attributes:
        registry: The registry, such as PyPI.
        name: Its name.
        version: Its version.
        licence: Its licence, as its metadata has it.
    """

    registry: str
    name: str
    version: str
    licence: str

    @property
    def is_permissive(self) -> bool:
        """Whether the licence is MIT, BSD, Apache or similar. If it offers a choice, one of these must be in it."""
        if _NOT_FREE_ENOUGH.search(self.licence) and not re.search(r"\bor\b|\|", self.licence, re.IGNORECASE):
            return False
        return _FREE.search(self.licence) is not None


def describe(archive: Path) -> Package | None:
    """Return the package in an archive; None if the file is no package."""
    if archive.suffix == ".whl":
        return _wheel(archive)
    if archive.suffix == ".tgz":
        return _npm(archive)
    if archive.suffix == ".deb":
        return _deb(archive)
    if re.search(r"\.orig\.tar\.\w+$", archive.name):
        return _debian_source(archive)
    return None


def source_files(archive: Path) -> Iterator[tuple[str, str]]:
    """Yield path and text of the source files in an archive, without copies of other projects.

    If there are more than 1,000, the choice depends on the hashes of their paths, so it is always the same.
    """
    chosen = sorted(_files(archive), key=lambda file: hashlib.sha256(file[0].encode()).digest())
    for path, data in chosen[:MOST_FILES]:
        yield path, data.decode("utf-8", errors="replace")


def _files(archive: Path) -> Iterator[tuple[str, bytes]]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as zipped:
            for info in zipped.infolist():
                if _is_wanted(info.filename, info.file_size):
                    yield info.filename, zipped.read(info)
        return
    with _tar(archive) as tar:
        for member in tar:
            if member.isfile() and _is_wanted(member.name, member.size) and (file := tar.extractfile(member)):
                yield member.name.removeprefix("./"), file.read()


def _tar(archive: Path) -> tarfile.TarFile:
    if archive.suffix != ".deb":
        return tarfile.open(archive)
    contents = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(archive)], capture_output=True, check=True)  # noqa: S607
    return tarfile.open(fileobj=io.BytesIO(contents.stdout))


def _is_wanted(path: str, size: int) -> bool:
    return PurePosixPath(path).suffix.lower() in SUFFIXES and size <= LARGEST and not _SKIPPED_FOLDERS.search(path)


def _wheel(archive: Path) -> Package:
    with zipfile.ZipFile(archive) as zipped:
        metadata = next(name for name in zipped.namelist() if name.endswith(".dist-info/METADATA"))
        head = zipped.read(metadata).decode("utf-8", errors="replace").split("\n\n", 1)[0]
    fields = re.findall(r"^(License-Expression|License|Classifier): (.*)$", head, re.MULTILINE)
    expression = next((value for field, value in fields if field == "License-Expression"), "")
    classified = [value.rpartition(" :: ")[2] for field, value in fields if value.startswith("License ::")]
    stated = next((value for field, value in fields if field == "License"), "")
    name, version = archive.name.split("-")[:2]
    licence = expression or ", ".join(classified) or stated[:60]
    return Package("PyPI", name, version, " ".join(licence.split()))


def _npm(archive: Path) -> Package:
    with tarfile.open(archive) as tar:
        member = next(m for m in tar if re.fullmatch(r"[^/]+/package\.json", m.name))
        file = tar.extractfile(member)
        about = json.load(file) if file else {}
    licence = about.get("license", "")
    return Package(
        "npm", about["name"], about["version"], licence if isinstance(licence, str) else licence.get("type", "")
    )


def _deb(archive: Path) -> Package:
    name, version = archive.name.split("_")[:2]
    with _tar(archive) as tar:
        for member in tar:
            if member.name.endswith("/copyright") and (file := tar.extractfile(member)):
                return Package("Debian", name, _plain(version), _debian_licence(file.read().decode("utf-8", "replace")))
    return Package("Debian", name, _plain(version), "")


def _debian_source(archive: Path) -> Package:
    name, version = archive.name.partition(".orig")[0].split("_")
    for packaging in archive.parent.glob(f"{name}_{version}-*.debian.tar.*"):
        with tarfile.open(packaging) as tar:
            file = tar.extractfile("debian/copyright")
            text = file.read().decode("utf-8", "replace") if file else ""
        return Package("Debian source", name, version, _debian_licence(text))
    return Package("Debian source", name, version, "")


def _debian_licence(copyright_file: str) -> str:
    """The licence of the stanza for all files, or else the first licence."""
    stanza = re.search(r"^Files: ?\*.*?^License: *([^\n]*)", copyright_file, re.MULTILINE | re.DOTALL)
    named = stanza or re.search(r"^License: *([^\n]*)", copyright_file, re.MULTILINE)
    if named:
        return named.group(1).strip()
    return ", ".join(sorted({match.group(0) for match in _FREE.finditer(copyright_file[:4_000])}))[:60]


def _plain(version: str) -> str:
    return version.replace("%3a", ":").replace("%2b", "+")
