"""Makes samples in this process and stores them nowhere. It is for programs and tests; ``durable`` stores them.

Knows threads; not scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from threading import Event as Flag

from orchestrator.core.arms import Arm
from orchestrator.core.errors import ModelError
from orchestrator.evals.evaluation import Failure, SampleStream, Source
from orchestrator.evals.sampling import Setting, arm_of, take
from orchestrator.evals.types import Dataset, Item, Sample
from orchestrator.runtime.orchestrator import Orchestrator


def in_memory(dataset: Dataset, arms: Sequence[Arm], setting: Setting, concurrency: int = 4) -> Source:
    """Return a source that asks all arms one question, then the next. So the first samples can be compared already.

    Args:
        dataset: The questions.
        arms: The arms.
        setting: What all arms have in common.
        concurrency: How many samples are made at the same time.
    """
    prepared = [(arm.name, arm_of(setting, arm, dataset.tools)) for arm in arms]

    def samples(stop: Flag) -> SampleStream:
        work = ((orchestrator, name, item) for item in dataset.items for name, orchestrator in prepared)
        pool = ThreadPoolExecutor(max_workers=concurrency)
        under_way: set[Future[Sample | Failure]] = set()
        try:
            while True:
                free = 0 if stop.is_set() else concurrency - len(under_way)
                under_way |= {pool.submit(_taken, *each) for each in islice(work, free)}
                if not under_way:
                    return
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for each in done:
                    yield each.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    return Source(samples, keeps=False)


def _taken(orchestrator: Orchestrator, arm: str, item: Item) -> Sample | Failure:
    try:
        return take(orchestrator, arm, item)
    except ModelError as error:
        return Failure(item.id, arm, str(error))
