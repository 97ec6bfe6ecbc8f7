"""Files beside a tool: a bank of worked examples, one a line, and what was learnt of examples.

The columns are question, argument, result, answer and thought. In a cell a backslash and n are a
newline, two backslashes one backslash.
"""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from pathlib import Path

from orchestrator.core.types import Example
from orchestrator.guidance.expression_ranker import Table, table_of

_ESCAPED = re.compile(r"\\(.)")


@cache
def read_table(path: Path) -> Table:
    """What ``training/expression_ranker`` has written: JSON, packed."""
    return table_of(**json.loads(gzip.decompress(path.read_bytes())))


@cache
def read_bank(path: Path) -> tuple[Example, ...]:
    """The examples in the file, in its order."""
    _, *lines = path.read_text("utf-8").splitlines()
    return tuple(_example(line) for line in lines)


def _example(line: str) -> Example:
    question, argument, result, answer, thought = (
        _ESCAPED.sub(lambda match: "\n" if match[1] == "n" else match[1], cell) for cell in line.split("\t")
    )
    return Example(question, argument, result, answer, thought)
