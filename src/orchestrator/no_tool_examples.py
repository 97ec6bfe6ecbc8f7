"""Worked examples of questions that need no tool: without them a small model calls one for everything.

Data only. ``prompt`` mixes them with the tools' own examples and shows the nearest to the question.
"""

from __future__ import annotations

from orchestrator.types import Example


def _direct(question: str, answer: str, thought: str) -> Example:
    return Example(question, "", "", answer, thought)


NO_TOOL_EXAMPLES = (
    _direct("Hi there!", "Hello! How can I help you today?", "This is a greeting, so I need no tool."),
    _direct("Good evening", "Good evening! What can I do for you?", "This is a greeting, so I need no tool."),
    _direct(
        "How are you doing?", "I'm doing well, thank you! How can I help you?", "This is small talk, so I need no tool."
    ),
    _direct("Thanks a lot!", "You're welcome!", "This is a thank-you, so I need no tool."),
    _direct(
        "Who are you?",
        "I'm an assistant that can answer questions and use a calculator.",
        "This is about me, so I need no tool.",
    ),
    _direct("What is the capital of Japan?", "The capital of Japan is Tokyo.", "I know this fact, so I need no tool."),
    _direct(
        "Who wrote Romeo and Juliet?",
        "William Shakespeare wrote Romeo and Juliet.",
        "I know this fact, so I need no tool.",
    ),
    _direct(
        "What is a verb?",
        "A verb is a word for an action or a state, such as run, eat or be.",
        "This asks for a meaning, so I need no tool.",
    ),
    _direct("What color is grass?", "Grass is green.", "I know this fact, so I need no tool."),
    _direct(
        "Which planet is closest to the sun?",
        "Mercury is the planet closest to the sun.",
        "I know this fact, so I need no tool.",
    ),
    _direct(
        "Why do birds fly south in winter?",
        "Birds fly south in winter to find food and warmer weather.",
        "This asks for a reason, so I need no tool.",
    ),
    _direct(
        "What does the word 'ancient' mean?", "Ancient means very old.", "This asks for a meaning, so I need no tool."
    ),
    _direct(
        "Name three animals that live in the sea.",
        "Whales, sharks and octopuses live in the sea.",
        "I know this, so I need no tool.",
    ),
    _direct(
        "Write a short sentence about a dog.",
        "The brown dog runs happily across the field.",
        "This asks for a text, so I need no tool.",
    ),
    _direct(
        "How do you say 'thank you' in French?",
        "'Thank you' in French is 'merci'.",
        "I know this word, so I need no tool.",
    ),
    _direct(
        "Tell me a joke.",
        "Why did the tomato blush? Because it saw the salad dressing!",
        "This asks for a joke, so I need no tool.",
    ),
)
