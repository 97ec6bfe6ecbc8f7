"""Worked examples of questions that need no tool: without them a small model calls one for everything.

Data only. ``prompt`` mixes them with the tools' own examples and shows the nearest to the question.
"""

from __future__ import annotations

from orchestrator.core.types import Example
from orchestrator.guidance.no_tool_examples.facts import FACTS
from orchestrator.guidance.no_tool_examples.more_words import MORE_WORDS
from orchestrator.guidance.no_tool_examples.talk import TALK
from orchestrator.guidance.no_tool_examples.words import WORDS

NO_TOOL_EXAMPLES = tuple(
    Example(question, "", "", answer, thought) for question, answer, thought in (*FACTS, *MORE_WORDS, *TALK, *WORDS)
)
