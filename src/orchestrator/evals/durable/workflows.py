"""The DBOS workflows: an evaluation enqueues its samples, a sample is taken with every request written down.

Whatever process runs them, they mean the same: all they need stands in their arguments, which are JSON text.
"""

from __future__ import annotations

import json
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import lru_cache

from dbos import DBOS, SetWorkflowID

from orchestrator.core.arms import Arm
from orchestrator.core.errors import ModelError
from orchestrator.evals.durable.alive import Register
from orchestrator.evals.durable.order import Order, server_of
from orchestrator.evals.durable.playback import JOURNAL, recorded
from orchestrator.evals.sampling import Setting, arm_of, take
from orchestrator.evals.types import Item
from orchestrator.runtime.orchestrator import Orchestrator

REQUEST = "request"  # the name of the step that keeps one
KEYS: dict[str, str] = {}
"""What this process may show to which server (``order.server_of``). An order, which others can write, names no key."""


@DBOS.workflow(name="evaluation")
def evaluation(queue: str, orders: list[list[str]]) -> int:
    """Enqueue every (key, order). One that is there already, from here or from elsewhere, stays what it is."""
    for key, order in orders:
        with SetWorkflowID(key):
            DBOS.enqueue_workflow(queue, sample, order)
    return len(orders)


@DBOS.workflow(name="sample", max_recovery_attempts=1_000)
def sample(order: str) -> str:
    """Ask, and give back the sample as JSON, or why the server failed. What is in the journal is not asked again."""
    wanted = Order.from_json(order)
    asked = side_of(wanted.setting, replace(wanted.arm, name=""), wanted.tools)
    journal = JOURNAL.set(_Steps(DBOS.workflow_id or ""))
    try:
        return json.dumps(asdict(take(asked, "", Item("", wanted.question, ""))))
    except ModelError as error:
        return json.dumps({"failure": str(error)})
    finally:
        JOURNAL.reset(journal)


def requests_kept(workflow: str) -> list[str]:
    """What the journal of a sample holds."""
    steps = _outside.submit(DBOS.list_workflow_steps, workflow).result()
    return [str(step["output"]) for step in steps if step["function_name"] == REQUEST]


class _Steps:
    """A journal made of the workflow's own steps: DBOS gives back a step's output instead of running it again."""

    def __init__(self, workflow: str) -> None:
        self._earlier = deque(requests_kept(workflow))

    def replayed(self) -> str | None:
        return self._step(self._earlier.popleft()) if self._earlier else None

    def write(self, text: str) -> None:
        self._step(text)

    def _step(self, text: str) -> str:
        return DBOS.run_step({"name": REQUEST}, str, text)


def take_over_from_the_dead(register: Register) -> None:
    """Put back into their queues the samples of workers that are no more."""
    pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    others = {each.executor_id for each in pending if each.executor_id} - {register.own}
    dead = [worker for worker in others if register.dead(worker)]
    if dead:
        DBOS._recover_pending_workflows(dead)  # noqa: SLF001 - its public twin is a paid service; the version is pinned


@lru_cache(maxsize=64)
def side_of(setting: Setting, arm: Arm, tools: tuple[str, ...]) -> Orchestrator:
    """The orchestrator of an arm, shared by its samples; its model keeps the journal."""
    options = replace(setting.options, api_key=KEYS.get(server_of(setting)))
    return arm_of(replace(setting, options=options), arm, tools, recorded)


# Asked for inside a workflow, a list of steps would itself become a step. A thread of its own is outside.
_outside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
