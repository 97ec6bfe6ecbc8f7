"""A model that saves its finished requests in a journal, and replays them when a sample is continued after a kill.

A sample with tools is several requests. If it is killed between two of them, only the second one is sent again. Knows
deltas and a journal; not the database.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, closing
from contextvars import ContextVar
from dataclasses import asdict
from typing import Protocol

from pydantic import TypeAdapter

from orchestrator.core.protocols import AsksItsServer, Model, OffersFunctions
from orchestrator.core.tool import Request
from orchestrator.core.types import Delta, ModelInfo


class Journal(Protocol):
    """Protocol of the journal of one sample."""

    def replayed(self) -> str | None:
        """Return the next request that was saved earlier; None if there is none."""
        ...

    def write(self, text: str) -> None:
        """Save a finished request."""
        ...


JOURNAL: ContextVar[Journal | None] = ContextVar("JOURNAL", default=None)
"""The journal of the sample that this thread makes. Without one, nothing is saved."""


def recorded(model: Model) -> Model:
    """Return the same model, which saves every finished request in the journal of its sample."""
    return _RecordedWithFunctions(model) if isinstance(model, OffersFunctions) else _Recorded(model)


class _Recorded:
    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def info(self) -> ModelInfo:
        return self._model.info

    @property
    def recognised(self) -> bool:
        return not isinstance(self._model, AsksItsServer) or self._model.recognised

    def recognise(self) -> None:
        if isinstance(self._model, AsksItsServer):
            self._model.recognise()

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
            except GeneratorExit:  # closed at a call: no more text will come
                _write(journal, kept)
                raise
        if any(delta.finish for delta in kept):  # otherwise it broke off, and is not saved
            _write(journal, kept)

    async def astream(self, request: Request) -> AsyncGenerator[Delta, None]:
        """Stream without saving: samples are made in threads."""
        async with aclosing(self._model.astream(request)) as deltas:
            async for delta in deltas:
                yield delta


class _RecordedWithFunctions(_Recorded):
    """For a model that also offers function calling."""

    def with_functions(self) -> Model:
        return _Recorded(self._model.with_functions()) if isinstance(self._model, OffersFunctions) else self


def encoded(deltas: list[Delta]) -> str:
    """Return deltas as JSON. A delta that is only text becomes a string."""
    return json.dumps([delta.text if delta == Delta(delta.text) else asdict(delta) for delta in deltas])


def decoded(text: str) -> list[Delta]:
    """Return the deltas that ``encoded`` wrote."""
    return [Delta(each) if isinstance(each, str) else _DELTA.validate_python(each) for each in json.loads(text)]


def _write(journal: Journal | None, deltas: list[Delta]) -> None:
    if journal:
        journal.write(encoded(deltas))


_DELTA: TypeAdapter[Delta] = TypeAdapter(Delta)
