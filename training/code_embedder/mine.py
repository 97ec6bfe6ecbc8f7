"""Mines training pairs from a folder of packages: `python -m training.code_embedder.mine PACKAGES PAIRS`.

PACKAGES holds wheels, npm tarballs, .deb files and Debian source archives. The files `pairs.jsonl` and `sources.tsv`
(the packages with their numbers of pairs) are written to the folder PAIRS. The standard library of this Python comes
first.

Left out are packages without a permissive licence; every project that measures retrieval, from any registry and as a
copy inside another project; and every function that the docstring benchmark asks for.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple
from itertools import chain
from pathlib import Path

from training.code_embedder.archives import Package, describe, source_files
from training.code_embedder.measured import is_measured
from training.code_embedder.pairs import Pair

from training.code_embedder import commented_source, python_source, standard_library

MOST_OF_ONE_PACKAGE = 6_000
MOST_OF_ONE_DESCRIPTION = 2
FEWEST_CHARACTERS = 60  # of code


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("packages", type=Path)
    arguments.add_argument("pairs", type=Path)
    options = arguments.parse_args()
    options.pairs.mkdir(parents=True, exist_ok=True)
    said = standard_library.sentences_held_out()
    seen: Counter[str] = Counter()
    sources = []
    with (options.pairs / "pairs.jsonl").open("w", encoding="utf-8") as out, ProcessPoolExecutor() as pool:
        archives = sorted(path for path in options.packages.rglob("*") if path.is_file())
        # 6,378 pairs: all of it, without the functions that the benchmark asks for
        library = standard_library.PACKAGE, _chosen(standard_library.pairs())
        for package, mined in chain([library], pool.map(mine, archives, chunksize=1)):
            if package is None:
                continue
            kept = 0
            for pair in mined:
                if standard_library.is_copy(pair, said) or seen[pair.description] >= MOST_OF_ONE_DESCRIPTION:
                    continue
                seen[pair.description] += 1
                kept += 1
                out.write(json.dumps(astuple(pair)) + "\n")
            sources.append((package, kept))
            sys.stderr.write(f"{package.name} {package.version} [{package.licence}]: {kept}\n")
    lines = ["registry\tname\tversion\tlicence\tpairs\n"]
    lines += ["\t".join([*astuple(package), str(kept)]) + "\n" for package, kept in sources if kept]
    (options.pairs / "sources.tsv").write_text("".join(lines), encoding="utf-8")


def mine(archive: Path) -> tuple[Package | None, list[Pair]]:
    """Return the package in an archive and its pairs; (None, []) if the package must not be used."""
    package = describe(archive)
    if package is None or not package.is_permissive or is_measured(package.name):
        if package is not None:
            sys.stderr.write(f"left out: {package.name} [{package.licence}]\n")
        return None, []
    found = _chosen(pair for path, text in source_files(archive) for pair in _pairs(path, text))
    return package, found[:MOST_OF_ONE_PACKAGE]


def _chosen(pairs: Iterable[Pair]) -> list[Pair]:
    """Each piece of code once, if it is long enough, ordered by its hash."""
    found = {pair.code: pair for pair in pairs if len(pair.code) >= FEWEST_CHARACTERS}
    return sorted(found.values(), key=lambda pair: hashlib.sha256(pair.code.encode("utf-8", "replace")).digest())


def _pairs(path: str, text: str) -> Iterator[Pair]:
    if any(is_measured(folder) for folder in path.split("/")[:-1]):
        return
    of_file = python_source.pairs if path.endswith(".py") else commented_source.pairs
    yield from of_file(path, text)


if __name__ == "__main__":
    main()
