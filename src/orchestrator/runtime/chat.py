"""Several questions over one transcript, one at a time. Knows what a run begins with; not how it goes on."""

from __future__ import annotations

from contextlib import suppress

from orchestrator.core.errors import ConfigError
from orchestrator.core.loop import Loop
from orchestrator.core.policy import Policy
from orchestrator.core.run import Run
from orchestrator.core.transcript import Transcript
from orchestrator.runtime.driver import AsyncRunStream, RunStream
from orchestrator.runtime.run_config import RunConfig


class Chat:
    """Several questions over one transcript; the model sees all that went before. One question at a time."""

    def __init__(self, config: RunConfig, history: Run | None = None) -> None:
        if history is not None and not isinstance(history, Run):
            raise ConfigError("the history of a chat is a Run: read a stored one with Run.from_json")
        if history and history.resume_mode == "native" and not config.style.native:
            raise ConfigError("the calls of this history were functions: go on with protocol='native'")
        self._config = config
        self._transcript = Transcript.of(history.spans if history else (), config.model.info.template)
        self._current: RunStream | AsyncRunStream | None = None

    def run(self, question: str, *, policy: Policy | None = None) -> Run:
        """Ask, and wait for the end."""
        with self.stream(question, policy=policy) as events:
            for _ in events:
                pass
        return events.run

    async def arun(self, question: str, *, policy: Policy | None = None) -> Run:
        """The async twin of ``run``."""
        async with self.astream(question, policy=policy) as events:
            async for _ in events:
                pass
        return events.run

    def stream(self, question: str, *, policy: Policy | None = None) -> RunStream:
        """Ask, and iterate over the events as they come."""
        stream = RunStream(self._loop(question, policy), self._config.model, self._config.tools, self._config.approve)
        self._current = stream
        return stream

    def astream(self, question: str, *, policy: Policy | None = None) -> AsyncRunStream:
        """The async twin of ``stream``."""
        stream = AsyncRunStream(
            self._loop(question, policy), self._config.model, self._config.tools, self._config.approve
        )
        self._current = stream
        return stream

    def _loop(self, question: str, policy: Policy | None) -> Loop:
        if isinstance(self._current, RunStream) and not self._current.ended:
            with suppress(ValueError):  # another thread is reading it
                self._current.close()  # whoever read it has left it, with a break perhaps
        if self._current and not self._current.ended:
            raise ConfigError("this chat's last question is still being answered: read it to its end, or close it")
        return self._config.loop(self._transcript, question, policy)
