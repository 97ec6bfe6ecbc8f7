"""Ask "What is 323 * 458?", which a small model cannot calculate without a tool. Runs offline on the embedded model.

python examples/multiplication.py            the default model: OpenAI if OPENAI_API_KEY is set, else embedded
python examples/multiplication.py embedded   or any other "provider:model"
"""

import sys

from orchestrator import Orchestrator

orc = Orchestrator(sys.argv[1] if len(sys.argv) > 1 else None)
run = orc.run("What is 323 * 458?")

print(run.text)  # the model's text, with the call and its result inside it
print("answer:", run.answer)
for call in run.calls:
    print(f"{call.name}({call.argument}) = {call.result}, in {call.seconds * 1000:.1f} ms")
