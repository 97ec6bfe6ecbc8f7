"""A conversation: several questions over one transcript, one at a time.

Knows how a run begins; not how it continues.
"""

from __future__ import annotations

from functools import partial
from typing import Any, TypeVar, overload

from orchestrator.core.errors import ConfigError
from orchestrator.core.loop import Loop
from orchestrator.core.output_type import OutputType
from orchestrator.core.policy import Policy
from orchestrator.core.run import Run
from orchestrator.core.transcript import Transcript
from orchestrator.runtime.driver import AsyncRunStream, RunStream
from orchestrator.runtime.run_config import RunConfig

T = TypeVar("T")


class Chat:
    """A conversation. The model sees all earlier questions and answers. One question is answered at a time.

    ``Orchestrator.chat`` makes one.

    Args:
        config: The configuration of each run.
        history: A run to continue from, such as a stored one.

    Raises:
        ConfigError: The history is not a Run, or its calls were function calls and the protocol is not "native".
    """

    def __init__(self, config: RunConfig, history: Run | None = None) -> None:
        if history is not None and not isinstance(history, Run):
            raise ConfigError("the history of a chat is a Run: read a stored one with Run.from_json")
        if history and history.resume_mode == "native" and config.protocol != "native":
            raise ConfigError("the calls of this history were functions: go on with protocol='native'")
        self._config = config
        self._template = config.model.info.template
        self._transcript = Transcript.of(history.spans if history else (), self._template)
        self._current: RunStream | AsyncRunStream | None = None

    @overload
    def run(self, question: str, *, policy: Policy | None = None, output_type: type[T]) -> Run[T]: ...
    @overload
    def run(self, question: str, *, policy: Policy | None = None, output_type: object = None) -> Run[Any]: ...
    def run(self, question: str, *, policy: Policy | None = None, output_type: object = None) -> Run[Any]:
        """Ask a question, and wait for the end of the run.

        Args:
            question: The question.
            policy: The policy of this run; by default the orchestrator's.
            output_type: The type of the answer, as ``Orchestrator.run`` takes it.

        Returns:
            The run. ``run.answer`` is the answer, and ``run.finish`` says how the run ended.

        Raises:
            ConfigError: The question is empty, the last question is still being answered, or the policy names an
                unknown tool.
            ModelError: The model's server failed. ``error.run`` is the run so far.
        """
        with self.stream(question, policy=policy, output_type=output_type) as events:
            for _ in events:
                pass
        return events.run

    @overload
    async def arun(self, question: str, *, policy: Policy | None = None, output_type: type[T]) -> Run[T]: ...
    @overload
    async def arun(self, question: str, *, policy: Policy | None = None, output_type: object = None) -> Run[Any]: ...
    async def arun(self, question: str, *, policy: Policy | None = None, output_type: object = None) -> Run[Any]:
        """Async version of ``run``."""
        async with self.astream(question, policy=policy, output_type=output_type) as events:
            async for _ in events:
                pass
        return events.run

    def stream(self, question: str, *, policy: Policy | None = None, output_type: object = None) -> RunStream:
        """Ask a question, and return its events as a stream.

        If the last question's stream was left with ``break``, it is closed first.

        Args:
            question: The question.
            policy: The policy of this run; by default the orchestrator's.
            output_type: The type of the answer, as ``Orchestrator.run`` takes it.

        Returns:
            The stream. It raises ModelError if the model's server fails.

        Raises:
            ConfigError: The question is empty, the last question is still being answered, or the policy names an
                unknown tool.
        """
        config = self._config
        self._check_free()
        config.recognise(typed=output_type is not None)
        stream = RunStream(self._begin(question, policy, output_type), config.model, config.tools, config.approve)
        self._current = stream
        return stream

    def astream(self, question: str, *, policy: Policy | None = None, output_type: object = None) -> AsyncRunStream:
        """Async version of ``stream``.

        A stream that was not read to its end must be closed before the next question.
        """
        config = self._config
        self._check_free()
        begin = partial(self._begin, question, policy, output_type)
        if model := config.unrecognised(typed=output_type is not None):
            config.checked(question, policy)
            OutputType.of(output_type)
            stream = AsyncRunStream(begin, config.model, config.tools, config.approve, model.recognise)
        else:
            loop = begin()
            stream = AsyncRunStream(lambda: loop, config.model, config.tools, config.approve)
        self._current = stream
        return stream

    def _check_free(self) -> None:
        """Raise ConfigError if the last question is still being answered."""
        if isinstance(self._current, RunStream) and not self._current.ended:
            self._current.close_if_left()  # its reader has left it, for example with break
        if self._current and not self._current.ended:
            raise ConfigError("this chat's last question is still being answered: read it to its end, or close it")

    def _begin(self, question: str, policy: Policy | None, output_type: object) -> Loop:
        template = self._config.model.info.template
        if template != self._template:  # the server has told its model's own
            self._template, self._transcript = template, Transcript.of(self._transcript.spans, template)
        return self._config.begin(self._transcript, question, policy, output_type)
