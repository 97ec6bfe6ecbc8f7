"""A model whose finished requests are written down as they end, and played back when a sample is taken up again.

A sample with tools is several requests; killed between two of them, only the second is asked. Knows deltas and a
journal; not the database behind it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, closing
from contextvars import ContextVar
from dataclasses import asdict
from typing import Protocol

from pydantic import TypeAdapter

from orchestrator.core.protocols import Model, OffersFunctions
from orchestrator.core.types import Delta, ModelInfo, Request


class Journal(Protocol):
    """What one sample keeps. ``replayed`` is the next request that was written down earlier, None if there is none."""

    def replayed(self) -> str | None: ...

    def write(self, text: str) -> None: ...


JOURNAL: ContextVar[Journal | None] = ContextVar("JOURNAL", default=None)
"""The journal of the sample that this thread takes; without one, nothing is written down."""


def recorded(model: Model) -> Model:
    """The same model, with every finished request in the journal of its sample."""
    return _RecordedWithFunctions(model) if isinstance(model, OffersFunctions) else _Recorded(model)


class _Recorded:
    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def info(self) -> ModelInfo:
        return self._model.info

    def stream(self, request: Request) -> Generator[Delta, None, None]:
        journal = JOURNAL.get()
        replayed = journal.replayed() if journal else None
        if replayed is not None:
            yield from decoded(replayed)
            return
        kept: list[Delta] = []
        with closing(self._model.stream(request)) as deltas:
            try:
                for delta in deltas:
                    kept.append(delta)
                    yield delta
            except GeneratorExit:  # cut at a call: as finished as it will ever be
                _write(journal, kept)
                raise
        if any(delta.finish for delta in kept):  # else it broke off: nothing to keep
            _write(journal, kept)

    async def astream(self, request: Request) -> AsyncGenerator[Delta, None]:
        """Not written down: samples are taken in threads."""
        async with aclosing(self._model.astream(request)) as deltas:
            async for delta in deltas:
                yield delta


class _RecordedWithFunctions(_Recorded):
    """Of a model that offers the native protocol as well."""

    def with_functions(self) -> Model:
        return _Recorded(self._model.with_functions()) if isinstance(self._model, OffersFunctions) else self


def encoded(deltas: list[Delta]) -> str:
    """As JSON; a delta of text alone is that text."""
    return json.dumps([delta.text if delta == Delta(delta.text) else asdict(delta) for delta in deltas])


def decoded(text: str) -> list[Delta]:
    """What ``encoded`` wrote."""
    return [Delta(each) if isinstance(each, str) else _DELTA.validate_python(each) for each in json.loads(text)]


def _write(journal: Journal | None, deltas: list[Delta]) -> None:
    if journal:
        journal.write(encoded(deltas))


_DELTA: TypeAdapter[Delta] = TypeAdapter(Delta)
