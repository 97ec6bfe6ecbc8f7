"""The process that asks for an evaluation: enqueues missing samples, and yields samples when workers complete them.

The workers are the process beside it and those on other machines. Knows DBOS and keys; not models.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import sha256
from threading import Event as Flag
from typing import Any

from orchestrator.core.arms import Arm
from orchestrator.evals.durable.alive import Register
from orchestrator.evals.durable.beside import Beside, beside
from orchestrator.evals.durable.database import launched
from orchestrator.evals.durable.spec import PlannedSample, for_workers, planned, server_of
from orchestrator.evals.evaluation import Failure, SampleStream, Source
from orchestrator.evals.sampling import Setting
from orchestrator.evals.types import Dataset, Sample

POLL = 0.2  # seconds
_LOOK = 2.0  # seconds between two looks at other queues
_AT_ONCE = 500  # keys in one query
_THREADS = 8  # this process makes no samples


def durable(
    dataset: Dataset, arms: Sequence[Arm], setting: Setting, url: str, concurrency: int = 4, trial: int = 0
) -> Source:
    """Return a source whose samples are stored in a database, and read from it if they are there.

    Samples that an earlier run left unfinished, or that failed, are made again. Complete samples are not.

    Args:
        dataset: The questions.
        arms: The arms.
        setting: What all arms have in common.
        url: The database.
        concurrency: How many samples each worker makes at the same time.
        trial: Another number makes other samples of the same questions.

    Raises:
        ConfigError: A model or a tool is unknown, or an extra is missing.
    """
    wanted: dict[str, list[PlannedSample]] = {}
    for each in planned(dataset, arms, setting, trial):
        wanted.setdefault(each.key, []).append(each)  # two arms may need the same sample
    key = setting.options.api_key
    keys = {server_of(for_workers(setting, Arm(""))[0]): key} if key else {}
    queue = f"eval-{sha256(' '.join(wanted).encode()).hexdigest()[:16]}"

    def samples(stop: Flag) -> SampleStream:
        with beside() as worker, launched(url, [], threads=_THREADS) as work:
            leader = _Leader(queue, wanted, worker)
            leader.begin(concurrency, work.register)
            worker.begin(url, queue, keys=keys)
            try:
                yield from leader.samples(stop)
                work.done = True
            finally:
                leader.withdraw()

    return Source(samples, keeps=True)


class _Leader:
    def __init__(self, queue: str, wanted: dict[str, list[PlannedSample]], worker: Beside) -> None:
        from dbos import DBOS  # noqa: PLC0415 - launched by now

        self._dbos = DBOS
        self._worker = worker
        self._queue = queue
        self._wanted = wanted
        self._missing = dict(wanted)
        self._enqueueing: Any = None

    def begin(self, concurrency: int, register: Register) -> None:
        """Enqueue new samples, and continue those that a dead worker, a budget or a failure left."""
        from dbos import SetWorkflowID  # noqa: PLC0415

        from orchestrator.evals.durable import workflows  # noqa: PLC0415

        self._dbos.register_queue(
            self._queue, worker_concurrency=concurrency, polling_interval_sec=POLL, on_conflict="always_update"
        )
        workflows.take_over_from_the_dead(register)
        self._resume()
        for status in self._statuses(("SUCCESS", "ERROR"), outputs=True):
            if isinstance(_done(status, self._wanted[status.workflow_id][0]), Failure):
                kept = len(workflows.requests_kept(status.workflow_id))
                self._dbos.rewind_workflow(status.workflow_id, start_step=kept + 1, queue_name=self._queue)
        if self._dbos.list_workflows(workflow_ids=[self._queue], status=["ERROR"], load_input=False, load_output=False):
            self._dbos.delete_workflow(self._queue)  # it failed to enqueue, and must run again
        specs = [[key, each[0].spec.to_json()] for key, each in self._wanted.items()]
        with SetWorkflowID(self._queue):
            self._enqueueing = self._dbos.start_workflow(workflows.evaluation, self._queue, specs)

    def samples(self, stop: Flag) -> Iterator[Sample | Failure]:
        """Yield each sample once, when it is complete."""
        looked = time.monotonic()
        while self._missing:
            future = getattr(self._enqueueing, "future", None)  # None if an earlier run enqueued them
            if future is not None and future.done():
                future.result()  # raises its error, if it failed: its samples would never come
            under_way = not stop.is_set() or self._statuses(("PENDING",))
            for status in self._statuses(("SUCCESS", "ERROR"), outputs=True):
                yield from map(partial(_done, status), self._missing.pop(status.workflow_id))
            if not under_way:
                return
            if stop.is_set():
                self.withdraw()
            elif time.monotonic() - looked > _LOOK:
                self._resume()
                looked = time.monotonic()
            if self._missing:
                self._worker.check()
                time.sleep(POLL)

    def withdraw(self) -> None:
        """Cancel the samples that no worker has begun. Before that, wait until all are enqueued."""
        if self._missing:
            self._enqueueing.get_result()
        waiting = [status.workflow_id for status in self._statuses(("ENQUEUED",))]
        for start in range(0, len(waiting), _AT_ONCE):
            _cancel_if_waiting(waiting[start : start + _AT_ONCE], self._queue)

    def _resume(self) -> None:
        """Move samples to our queue that wait in the queue of another evaluation, or were cancelled by one."""
        left = [
            status.workflow_id
            for status in self._statuses(("ENQUEUED", "CANCELLED"))
            if status.queue_name != self._queue
        ]
        if left:
            self._dbos.resume_workflows(left, queue_name=self._queue)

    def _statuses(self, which: Sequence[str], *, outputs: bool = False) -> list[Any]:
        keys = list(self._missing)
        return [
            status
            for start in range(0, len(keys), _AT_ONCE)
            for status in self._dbos.list_workflows(
                workflow_ids=keys[start : start + _AT_ONCE], status=list(which), load_input=False, load_output=outputs
            )
        ]


def _done(status: Any, wanted: PlannedSample) -> Sample | Failure:
    if status.status == "ERROR":  # such as a tool that is not set up
        return Failure(wanted.item, wanted.arm, str(status.error))
    return wanted.result(status.output)


def _cancel_if_waiting(keys: Sequence[str], queue: str) -> None:
    """Cancel samples that wait in this queue, in one statement.

    DBOS's own cancellation looks first and cancels then. A sample that begins in between would be stopped after a
    request that is paid and not saved. Samples in the queue of another evaluation are needed there.
    """
    import sqlalchemy as sql  # noqa: PLC0415 - DBOS brings it
    from dbos._dbos import _get_dbos_instance  # noqa: PLC0415 - private, and so is the next; the version is pinned

    database = _get_dbos_instance()._sys_db  # noqa: SLF001
    table = database.tables.workflow_status
    withdrawn = (
        sql.update(table)
        .where(table.c.workflow_uuid.in_(keys), table.c.status == "ENQUEUED", table.c.queue_name == queue)
        .values(status="CANCELLED", queue_name=None, deduplication_id=None, started_at_epoch_ms=None)
    )
    with database.engine.begin() as connection:
        connection.execute(withdrawn)
