"""Reads the data files of the guidance: few-shot examples, one a line, and the weights of the expression ranker.

The columns of examples are question, argument, result, answer and thought. In a cell a backslash and n are a newline,
two backslashes are one. Each file is read when it is first needed, and once.
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
def read_examples(path: Path) -> tuple[Example, ...]:
    """The examples in a TSV file, in its order."""
    _, *lines = path.read_text("utf-8").splitlines()
    return tuple(_example(line) for line in lines)


@cache
def no_tool_examples() -> tuple[Example, ...]:
    """Questions that need no tool, with their answers. Without them a small model calls a tool for everything."""
    return read_examples(Path(__file__).with_name("no_tool_examples.tsv"))


@cache
def read_table(path: Path) -> Table:
    """The weights that ``training/expression_ranker`` has written: JSON, packed by gzip."""
    return table_of(**json.loads(gzip.decompress(path.read_bytes())))


def _example(line: str) -> Example:
    question, argument, result, answer, thought = (
        _ESCAPED.sub(lambda match: "\n" if match[1] == "n" else match[1], cell) for cell in line.split("\t")
    )
    return Example(question, argument, result, answer, thought)
