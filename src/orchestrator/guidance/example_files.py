"""Reads the data files of the guidance: few-shot examples, and the weights of the expression ranker.

A file of examples has one example on each line. The columns are question, argument, result, answer and thought. In a
cell, a backslash and n are a newline, and two backslashes are one. Each file is read once, when it is first needed.
"""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from pathlib import Path

from orchestrator.core.tool import Example
from orchestrator.guidance.expression_ranker import Table, table_of

_ESCAPED = re.compile(r"\\(.)")


@cache
def read_examples(path: Path) -> tuple[Example, ...]:
    """Return the examples in a TSV file, in its order.

    Args:
        path: The file.
    """
    _, *lines = path.read_text("utf-8").splitlines()
    return tuple(_example(line) for line in lines)


@cache
def no_tool_examples() -> tuple[Example, ...]:
    """Return questions that need no tool, with their answers.

    Without them, a small model calls a tool for every question.
    """
    return read_examples(Path(__file__).with_name("no_tool_examples.tsv"))


@cache
def read_table(path: Path) -> Table:
    """Return the weights that ``training/expression_ranker`` has written.

    Args:
        path: The file: JSON, compressed with gzip.
    """
    return table_of(**json.loads(gzip.decompress(path.read_bytes())))


def _example(line: str) -> Example:
    question, argument, result, answer, thought = (
        _ESCAPED.sub(lambda match: "\n" if match[1] == "n" else match[1], cell) for cell in line.split("\t")
    )
    return Example(question, argument, result, answer, thought)
