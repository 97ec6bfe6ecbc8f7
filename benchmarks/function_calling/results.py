"""Keeps results as JSON lines: one file for each category and arm, one line for each question.

A file's name has a digest of what its results depend on: model, code, version of the benchmark. So another state of
the code begins another file, and nothing is mixed. The same command continues a file after Ctrl-C. Of a ``live_``
question only its place, what was judged and the seconds are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

HARNESS = 1  # raised by every change of this package that changes results


@dataclass(frozen=True, slots=True)
class Result:
    """What is known of one question and arm. The verdicts are those of ``judging.Verdict``.

    Attributes:
        at: The question's place in its category's file.
        name: Whether the right functions were called.
        right: Whether all calls are right.
        called: Whether there was a call.
        invalid: Whether an invalid call ran.
        failed: Whether the run raised an exception.
        seconds: From the question to the end of the run.
    """

    at: int
    name: bool
    right: bool
    called: bool
    invalid: bool
    failed: bool
    seconds: float


_FIELDS = tuple(each.name for each in fields(Result))


@dataclass(frozen=True, slots=True)
class Source:
    """What results are of.

    Attributes:
        category: The category.
        arm: The arm's name.
        model: The model.
        code: What else they depend on.
        benchmark: The benchmark's version.
        harness: The version of this package.
    """

    category: str
    arm: str
    model: str
    code: str
    benchmark: str
    harness: int = HARNESS

    @property
    def file(self) -> str:
        """The name of the file."""
        digest = hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:10]
        return f"{self.category}.{self.arm}.{digest}.jsonl"


class Store:
    """The results of one category and arm.

    Args:
        file: The file.
        source: What the results are of; None for a file that exists.

    Attributes:
        source: The same.
        results: The results so far, by the question's place.
    """

    def __init__(self, file: Path, source: Source | None = None) -> None:
        self._file = file
        lines = _whole_lines(file)
        known = Source(**lines[0]) if lines else source
        if known is None:
            raise FileNotFoundError(file)
        self.source = known
        self.results = {row["at"]: Result(*(row[name] for name in _FIELDS)) for row in lines[1:]}

    @classmethod
    def of(cls, folder: Path, source: Source) -> Self:
        """Open the file of a source in a folder. It is made with the first result."""
        return cls(folder / source.file, source)

    @classmethod
    def newest(cls, folder: Path, category: str, arm: str, model: str) -> Self | None:
        """Open the file of a category, arm and model that was written last; None if there is none."""
        files = sorted(folder.glob(f"{category}.{arm}.*.jsonl"), key=lambda file: file.stat().st_mtime, reverse=True)
        stores = (cls(file) for file in files if _whole_lines(file))
        return next((store for store in stores if store.source.model == model), None)

    def keep(self, result: Result, more: Mapping[str, Any]) -> None:
        """Append a result, with what else is kept of it."""
        rows = [{**asdict(result), **more}]
        if not self._file.is_file() or not _whole_lines(self._file):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text("", encoding="utf-8")
            rows.insert(0, asdict(self.source))
        with self._file.open("a", encoding="utf-8") as file:
            file.write("".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows))
        self.results[result.at] = result


def _whole_lines(file: Path) -> list[dict[str, Any]]:
    """Return the lines of a file. A last line that was cut off is none."""
    if not file.is_file():
        return []
    *lines, rest = file.read_text(encoding="utf-8").split("\n")
    if rest:
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return [json.loads(line) for line in lines]
