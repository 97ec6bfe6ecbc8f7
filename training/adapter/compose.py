"""Composes what the adapter is trained on from the files in ``data``.

A question is asked with its own functions alone, with other functions beside them, or with other functions only, so
that the model learns to choose and to leave it. What is said to a question that no tool fits is one of a few sentences.
Which of these a question gets follows from the seed.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from orchestrator.core.tool import Tool
from orchestrator.guidance.example_files import no_tool_examples, read_examples
from orchestrator.posttraining.rows import Call, Group, Row, read_groups
from orchestrator.runtime.registry import load_tools, usual_tools

DATA = Path(__file__).parent / "data"
ALL_TOOLS = ("CALCULATOR", "PYTHON", "WEB_SEARCH", "CODE_SEARCH")
HELD_OUT = 0.03  # of the groups, which are only measured
NEAR = 0.5  # of the other tools, those of the same domain
OTHERS_BESIDE, OTHERS_ONLY = 0.4, 0.28  # of the groups
MOST_OTHERS = 4
TOGETHER = 8  # questions for the library's own tools in a group
ALL_SHOWN = 0.2  # of the groups of word problems, those that show all four tools
ANSWERED = 0.35  # of the questions with one call, those whose answer is trained too
RESULTS = ("done", "ok", "true", "success", '{"status": "ok"}', "42", "3.75", "1200", '["a", "b"]', '{"id": 7315}')
ANSWERS = ("Done.", "It is done.", "That is done.", "Here is the result.", "The result is there.")
REFUSALS = (
    "I have no tool for that.",
    "None of my tools can do that.",
    "I cannot do that with the tools that I have.",
    "Sorry, my tools do not cover that.",
)


T = TypeVar("T")
TALK = DATA / "talk.jsonl"


def groups(seed: int = 0) -> tuple[list[Group], list[Group]]:
    """Return what is trained, and what is held out."""
    chance = random.Random(seed)
    domains = [read_groups(path) for path in sorted(DATA.glob("*.jsonl")) if path != TALK]
    every = [tool for domain in domains for group in domain for tool in group.tools]
    trained: list[Group] = []
    held_out: list[Group] = []
    for domain in domains:
        near = [tool for group in domain for tool in group.tools]
        for part, made in zip(_split(domain, chance), (trained, held_out), strict=True):
            made.extend(_composed(part, near, every, chance))
    for some, made in zip(_split(_examples(chance), chance), (trained, held_out), strict=True):
        made.extend(_usual(some, chance))
    for some, made in zip(_split(_talk(), chance), (trained, held_out), strict=True):
        made.extend(_talked(some, every, chance))
    return trained, held_out


def _split(read: Sequence[T], chance: random.Random) -> tuple[list[T], list[T]]:
    """Return a training part and a held-out part."""
    shuffled = chance.sample(read, len(read))
    held_out = int(len(read) * HELD_OUT)
    return shuffled[held_out:], shuffled[:held_out]


def _composed(
    read: Sequence[Group], near: Sequence[Tool], every: Sequence[Tool], chance: random.Random
) -> Iterator[Group]:
    """The groups with their own tools, some with others beside; and some of their questions with other tools only."""
    for group in read:
        tools = group.tools
        if chance.random() < OTHERS_BESIDE:
            beside = [*tools, *_others(group, near, every, chance)]
            tools = tuple(chance.sample(beside, len(beside)))
        yield Group(tools, tuple(_finished(row, chance) for row in group.rows))
        if chance.random() < OTHERS_ONLY and (others := _others(group, near, every, chance)):
            rows = chance.sample(group.rows, min(2, len(group.rows)))
            yield Group(others, tuple(_refused(row, chance) for row in rows))


def _others(group: Group, near: Sequence[Tool], every: Sequence[Tool], chance: random.Random) -> tuple[Tool, ...]:
    """Other tools, of the same domain or of any."""
    names = {tool.name for tool in group.tools}
    count = chance.choice((1, 1, 2, 3, MOST_OTHERS))
    drawn = [chance.choice(near if chance.random() < NEAR else every) for _ in range(count)]
    return tuple({tool.name: tool for tool in drawn if tool.name not in names}.values())


def _finished(row: Row, chance: random.Random) -> Row:
    """The row with results and an answer, where it has none."""
    if not row.calls:
        return row if row.answer else _refused(row, chance)
    if row.answer:
        return row
    calls = tuple(replace(call, result=call.result or chance.choice(RESULTS)) for call in row.calls)
    answered = len(calls) > 1 or chance.random() < ANSWERED
    return replace(row, calls=calls, answer=chance.choice(ANSWERS) if answered else "")


def _refused(row: Row, chance: random.Random) -> Row:
    return Row(row.question, (), chance.choice(REFUSALS))


def _examples(chance: random.Random) -> list[Row]:
    """Some of the examples of the tools that the library comes with, and of questions without a tool."""
    ranker = Path(__file__).parents[1] / "expression_ranker"
    rows = []
    for name, tool in load_tools(ALL_TOOLS).items():
        found = [*tool.examples]
        if name == "CALCULATOR":
            found += [
                *read_examples(ranker / "problems.tsv"),
                *chance.sample(read_examples(ranker / "everyday.tsv"), 1000),
            ]
        for each in chance.sample(found, min(len(found), 1500 if name == "CALCULATOR" else 250)):
            call = Call(name, each.argument, each.result)
            rows.append(Row(each.question, (call,), each.answer if chance.random() < ANSWERED else ""))
    return [*rows, *(Row(each.question, (), each.answer) for each in chance.sample(no_tool_examples(), 250))]


def _talk() -> list[Row]:
    read = [json.loads(line) for line in TALK.read_text("utf-8").splitlines()]
    return [Row(each["question"], (), each["answer"]) for each in read]


def _usual(rows: Sequence[Row], chance: random.Random) -> Iterator[Group]:
    """Rows of the library's own tools, a few in a group."""
    usual, every = (tuple(load_tools(each).values()) for each in (usual_tools(), ALL_TOOLS))
    for start in range(0, len(rows), TOGETHER):
        part = tuple(rows[start : start + TOGETHER])
        known = {tool.name for tool in usual}
        need_all = any(call.name not in known for row in part for call in row.calls)
        yield Group(every if need_all or chance.random() < ALL_SHOWN else usual, part)


def _talked(rows: Sequence[Row], tools: Sequence[Tool], chance: random.Random) -> Iterator[Group]:
    """Talk, with tools that it does not need."""
    for start in range(0, len(rows), 4):
        yield Group(tuple(chance.sample(tools, chance.choice((1, 2, 3)))), tuple(rows[start : start + 4]))
