"""The DBOS workflows: an evaluation enqueues its samples; a sample is made, and every request is saved.

They do the same in every process: all they need is in their arguments, which are JSON text. Knows specs and DBOS; not
where the database is.
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
from orchestrator.evals.durable.playback import JOURNAL, recorded
from orchestrator.evals.durable.spec import SampleSpec, server_of
from orchestrator.evals.sampling import Setting, arm_of, take
from orchestrator.evals.types import Item
from orchestrator.runtime.orchestrator import Orchestrator

REQUEST = "request"  # the name of the step that saves a request
KEYS: dict[str, str] = {}
"""The API keys by server (``spec.server_of``). A spec contains no key, because others can write specs."""


@DBOS.workflow(name="evaluation")
def evaluation(queue: str, specs: list[list[str]]) -> int:
    """Enqueue samples. A sample that exists already, from this or another evaluation, stays as it is.

    Args:
        queue: The queue.
        specs: A list of [key, spec as JSON].
    """
    for key, spec in specs:
        with SetWorkflowID(key):
            DBOS.enqueue_workflow(queue, sample, spec)
    return len(specs)


@DBOS.workflow(name="sample", max_recovery_attempts=1_000)
def sample(spec: str) -> str:
    """Make a sample, and return it or the failure of the server as JSON. Requests in the journal are not sent again."""
    wanted = SampleSpec.from_json(spec)
    orchestrator = orchestrator_of(wanted.setting, replace(wanted.arm, name=""), wanted.tools)
    journal = JOURNAL.set(_Steps(DBOS.workflow_id or ""))
    try:
        return json.dumps(asdict(take(orchestrator, "", Item("", wanted.question, ""))))
    except ModelError as error:
        return json.dumps({"failure": str(error)})
    finally:
        JOURNAL.reset(journal)


def requests_kept(workflow: str) -> list[str]:
    """Return the requests in the journal of a sample."""
    steps = _outside.submit(DBOS.list_workflow_steps, workflow).result()
    return [str(step["output"]) for step in steps if step["function_name"] == REQUEST]


class _Steps:
    """A journal of the workflow's steps: DBOS returns the stored output of a step instead of running it again."""

    def __init__(self, workflow: str) -> None:
        self._earlier = deque(requests_kept(workflow))

    def replayed(self) -> str | None:
        return self._step(self._earlier.popleft()) if self._earlier else None

    def write(self, text: str) -> None:
        self._step(text)

    def _step(self, text: str) -> str:
        return DBOS.run_step({"name": REQUEST}, str, text)


def take_over_from_the_dead(register: Register) -> None:
    """Put the samples of dead workers back into their queues."""
    pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    others = {each.executor_id for each in pending if each.executor_id} - {register.own}
    dead = [worker for worker in others if register.dead(worker)]
    if dead:
        DBOS._recover_pending_workflows(dead)  # noqa: SLF001 - the public way is a paid service; the version is pinned


@lru_cache(maxsize=64)
def orchestrator_of(setting: Setting, arm: Arm, tools: tuple[str, ...]) -> Orchestrator:
    """Return the orchestrator of an arm, which its samples share. Its model writes the journal."""
    options = replace(setting.options, api_key=KEYS.get(server_of(setting)))
    return arm_of(replace(setting, options=options), arm, tools, recorded)


# Inside a workflow, a call that lists steps would itself become a step. A separate thread is outside.
_outside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
