"""How many r's are in "strawberry"? Ask directly, with chain of thought, and with a tool.

A model reads tokens (st·raw·berry), not letters. So step-by-step thinking does not help a small model, but a line of
Python does: it reads the letters.
"""

import sys

from orchestrator import Orchestrator

QUESTION = "How many r's are in the word 'strawberry'?"
model = sys.argv[1] if len(sys.argv) > 1 else None

for name, orc in {
    "directly": Orchestrator(model, tools=()),
    "chain of thought": Orchestrator(model, tools=(), cot=True),
    "with a tool": Orchestrator(model, tools=["PYTHON"]),
}.items():
    print(f"{name:17}{' '.join(orc.run(QUESTION).text.split())}")
