"""An async app asks several questions at once and prints each event when it arrives."""

import asyncio
import sys

from orchestrator import Orchestrator, ToolCall, ToolResult

orc = Orchestrator(sys.argv[1] if len(sys.argv) > 1 else None)


async def answer(question: str) -> str:
    async with orc.astream(question) as events:
        async for event in events:
            match event:
                case ToolCall():
                    print(f"{question}  calls {event.raw}")
                case ToolResult():
                    print(f"{question}  gets {event.result}")
    return events.run.answer


async def main() -> None:
    questions = ("What is 323 * 458?", "100 + 200 * 3 = ?")
    answers = await asyncio.gather(*(answer(question) for question in questions))
    for question, said in zip(questions, answers, strict=True):
        print(question, "→", said)


asyncio.run(main())
