"""A row as texts: each prompt as the library sends it, and what the model should write next.

This is the one place that says what an adapter is trained on. The prompts come from ``core.prompt`` and
``core.transcript``, as those of every run do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from orchestrator.core.chat_template import CHATML, ChatTemplate
from orchestrator.core.prompt import TRAINED, opening
from orchestrator.core.syntax import defuse
from orchestrator.core.tool import Tool
from orchestrator.core.transcript import Transcript
from orchestrator.posttraining.rows import Group, Row
from orchestrator.posttraining.trees import Tree


@dataclass(frozen=True, slots=True)
class Continuation:
    """What the model should write after a prompt.

    Attributes:
        prompt: The prompt.
        written: What should be written.
    """

    prompt: str
    written: str


def continuations(group: Group, row: Row, template: ChatTemplate = CHATML) -> Iterator[Continuation]:
    """Return the continuations of one row: one for each call, and one for the answer if there is one.

    Args:
        group: The row's group.
        row: The row.
        template: The model's chat template.
    """
    transcript = _asked(group.tools, row.question, template)
    for call in row.calls:
        written = f"[{call.name}:{call.argument}]"
        yield Continuation(transcript.prompt(), written)
        transcript.append(written, "model", "assistant")
        transcript.append(f"[{call.name}_RESULT:{call.result}]", "tool", "assistant")
    if row.answer:
        space = " " if row.calls else ""
        yield Continuation(transcript.prompt(), f"{space}{row.answer}{template.assistant[1].strip()}")


def tree_of(group: Group, tokens: Callable[[str], Sequence[int]], template: ChatTemplate = CHATML) -> Tree:
    """Return the token tree of a group.

    Args:
        group: The group.
        tokens: Splits a text into tokens. The template's strings are control tokens.
        template: The model's chat template.
    """
    tree = Tree()
    for row in group.rows:
        for each in continuations(group, row, template):
            tree.add(tokens(each.prompt), tokens(each.written))
    return tree


def _asked(tools: tuple[Tool, ...], question: str, template: ChatTemplate) -> Transcript:
    transcript = Transcript(template)
    for message in opening((), {tool.name: tool for tool in tools}, TRAINED, as_turns=True):
        transcript.append(message.text, "system", message.role)
    transcript.append(defuse(question, template.markers), "user", "user")
    transcript.begin("assistant")
    return transcript
