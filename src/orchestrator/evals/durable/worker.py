"""A process that helps: takes samples from the queues of whatever evaluation is under way on a database."""

from __future__ import annotations

import time

from orchestrator.evals.durable.database import launched
from orchestrator.evals.durable.leader import take_over_from_the_dead

_LOOK = 2.0  # seconds


def work(url: str, *, idle: float | None = None) -> None:
    """Work until interrupted, or until there has been nothing to do for ``idle`` seconds."""
    with launched(url, None, threads=264) as at_work:
        from dbos import DBOS  # noqa: PLC0415

        last = time.monotonic()
        while idle is None or time.monotonic() - last < idle:
            take_over_from_the_dead(at_work.register)
            waiting = DBOS.list_workflows(status=["ENQUEUED", "PENDING"], limit=1, load_input=False, load_output=False)
            last = time.monotonic() if waiting else last
            time.sleep(min(_LOOK, idle or _LOOK))
        at_work.done = True
