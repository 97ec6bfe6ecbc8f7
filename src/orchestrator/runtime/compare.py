"""Asks one question in several arms at once. Knows how to run streams at once; not what an arm is made of.

One question proves nothing: it only shows how each arm works. ``evals`` measures.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any, TypeVar

from orchestrator.core.arms import Arm, Side, SideBySide
from orchestrator.core.errors import ModelError
from orchestrator.core.run import Event, Finished
from orchestrator.runtime.driver import AsyncRunStream
from orchestrator.runtime.threads import result_of, running_task, start

T = TypeVar("T")
Streams = Sequence[tuple[Arm, Callable[[], AsyncRunStream]]]
"""Each arm with a function that asks the question and returns its stream."""


def wait_for(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end. If an event loop is running here (a notebook), the coroutine runs in a thread.

    Args:
        coroutine: The coroutine.

    Returns:
        What the coroutine returns.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    return result_of(start(partial(asyncio.run, coroutine)))


async def side_by_side(
    question: str, streams: Streams, on_event: Callable[[Arm, Event | ModelError], None]
) -> SideBySide:
    """Run all arms to their ends.

    Args:
        question: The question.
        streams: The arms with their streams.
        on_event: Called with each event of each arm, when it happens.
    """
    running_task()  # refuses another event loop than asyncio's
    ended: dict[str, Side] = {}
    async with aclosing(events(streams)) as happening:
        async for arm, event in happening:
            on_event(arm, event)
            if isinstance(event, Finished):
                ended[arm.name] = Side(arm, event.run)
            elif isinstance(event, ModelError):
                ended[arm.name] = Side(arm, event.run, str(event))
    return SideBySide(question, tuple(ended[arm.name] for arm, _ in streams))


async def events(streams: Streams) -> AsyncGenerator[tuple[Arm, Event | ModelError], None]:
    """Yield the events of all arms as they happen.

    The last event of an arm is Finished, or the ModelError that ended it.

    If this generator is closed, the streams of all arms are closed. Any error except ModelError ends all arms at once.

    Args:
        streams: The arms with their streams.
    """
    queue: asyncio.Queue[tuple[Arm, Event | Exception | None]] = asyncio.Queue()

    async def run(arm: Arm, ask: Callable[[], AsyncRunStream]) -> None:
        try:
            async with ask() as stream:
                async for event in stream:
                    queue.put_nowait((arm, event))
        except Exception as error:  # noqa: BLE001 - raised where the queue is read, unless it is a ModelError
            queue.put_nowait((arm, error))
        queue.put_nowait((arm, None))

    tasks = [asyncio.ensure_future(run(arm, ask)) for arm, ask in streams]
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
