"""How many r's are in "strawberry"? Directly, with chain of thought, and with a tool.

A model sees tokens (st·raw·berry), not letters, so thinking harder does not help a small one. A tool that sees the
letters does.
"""

import sys

from orchestrator import Example, Orchestrator, Tool, ToolError


def count_letter(argument: str) -> str:
    letter, _, word = (part.strip() for part in argument.partition(" in "))
    if len(letter) != 1 or not word:
        raise ToolError("write one letter, then in, then the word: r in strawberry")
    return str(word.lower().count(letter.lower()))


LETTERS = Tool(
    name="LETTERS",
    description="counts how often a letter stands in a word",
    syntax="letter in word",
    run=count_letter,
    examples=(
        Example("How many e's are in the word 'cheese'?", "e in cheese", "3", "There are 3 e's in cheese."),
        Example("How many t's are in 'butter'?", "t in butter", "2", "There are 2 t's in butter."),
        Example("Count the letter o in balloon.", "o in balloon", "2", "There are 2 o's in balloon."),
        Example("How often does the letter a stand in banana?", "a in banana", "3", "There are 3 a's in banana."),
    ),
)
QUESTION = "How many r's are in the word 'strawberry'?"
model = sys.argv[1] if len(sys.argv) > 1 else None

for name, orc in {
    "directly": Orchestrator(model, tools=()),
    "chain of thought": Orchestrator(model, tools=(), cot=True),
    "with a tool": Orchestrator(model, tools=(LETTERS,)),
}.items():
    print(f"{name:17}{' '.join(orc.run(QUESTION).text.split())}")
