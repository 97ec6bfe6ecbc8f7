"""One question to several arms at once, side by side. Knows how to run arms together; not how they are shown.

One question proves nothing: it shows how each arm goes about it. ``evals`` measures.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from orchestrator.core.arms import Arm, Side, SideBySide, arms_of, checked
from orchestrator.core.errors import ModelError
from orchestrator.core.run import Event, Finished
from orchestrator.runtime.threads import Work

if TYPE_CHECKING:
    from orchestrator.runtime.orchestrator import Orchestrator


def compare(orchestrator: Orchestrator, question: str, arms: str | Iterable[str | Arm]) -> SideBySide:
    """Ask all arms, and wait for the last. Works inside a running event loop (a notebook) too."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(acompare(orchestrator, question, arms))
    return Work(partial(asyncio.run, acompare(orchestrator, question, arms))).result()


async def acompare(
    orchestrator: Orchestrator,
    question: str,
    arms: str | Iterable[str | Arm],
    on_event: Callable[[Arm, Event | ModelError], None] = lambda *_: None,
) -> SideBySide:
    """The async twin of ``compare``; ``on_event`` is told what happens in every arm, as it happens."""
    chosen = as_arms(arms)
    ended: dict[str, Side] = {}
    async with aclosing(events(orchestrator, question, chosen)) as happening:
        async for arm, event in happening:
            on_event(arm, event)
            if isinstance(event, Finished):
                ended[arm.name] = Side(arm, event.run)
            elif isinstance(event, ModelError):
                ended[arm.name] = Side(arm, event.run, str(event))
    return SideBySide(question, tuple(ended[arm.name] for arm in chosen))


async def events(
    orchestrator: Orchestrator, question: str, arms: Iterable[Arm]
) -> AsyncGenerator[tuple[Arm, Event | ModelError], None]:
    """What happens in every arm, as it happens; the last of each is Finished or the ModelError that ended it.

    Closing this generator closes every arm's stream. Any error but the server's ends all of them, at once.
    """
    queue: asyncio.Queue[tuple[Arm, Event | Exception | None]] = asyncio.Queue()
    sides = [(arm, orchestrator.variant(arm)) for arm in arms]

    async def run(arm: Arm, side: Orchestrator) -> None:
        try:
            async with side.astream(question) as stream:
                async for event in stream:
                    queue.put_nowait((arm, event))
        except Exception as error:  # noqa: BLE001 - raised where the queue is read, unless it is the server's
            queue.put_nowait((arm, error))
        queue.put_nowait((arm, None))

    tasks = [asyncio.ensure_future(run(arm, side)) for arm, side in sides]
    try:
        running = len(tasks)
        while running:
            arm, event = await queue.get()
            if event is None:
                running -= 1
            elif isinstance(event, Exception) and not isinstance(event, ModelError):
                raise event
            else:
                yield arm, event
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def as_arms(arms: str | Iterable[str | Arm]) -> tuple[Arm, ...]:
    """Arms as values: ``"direct,cot"``, or a list whose members are arms or describe one each."""
    if isinstance(arms, str):
        return arms_of(arms)
    return checked(tuple(Arm.of(arm) if isinstance(arm, str) else arm for arm in arms))
