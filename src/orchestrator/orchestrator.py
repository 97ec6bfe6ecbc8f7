"""A model with tools, ready to be asked. Puts the parts together; the work is in ``loop`` and ``driver``.

question → prompt.hidden_prompt → Transcript → Loop ⇄ driver (model.stream, tool.run) → events → Run
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestrator.driver import AsyncRunStream, RunStream
from orchestrator.errors import ConfigError
from orchestrator.limits import Limits
from orchestrator.loop import Loop
from orchestrator.prompt import EXAMPLES, Style, hidden_prompt
from orchestrator.protocols import Model, ModelOptions
from orchestrator.registry import default_model, load_model, load_tools
from orchestrator.settings import Settings
from orchestrator.syntax import defuse
from orchestrator.transcript import Transcript
from orchestrator.types import Run, Tool

DEFAULT_TOOLS = ("CALCULATOR",)
logger = logging.getLogger("orchestrator")


class Orchestrator:
    """A model, its tools and how it is asked. Holds no run: one orchestrator may serve many threads and tasks.

    ``model`` is ``"provider:name"`` or a Model; without one it is OpenAI's where a key is set, else the embedded one.
    ``tools`` are registered names or Tools. ``cot`` asks for step-by-step thinking before the answer. ``system`` is
    put in front of the hidden prompt. ``examples`` is how many worked examples the hidden prompt shows.
    """

    def __init__(  # noqa: PLR0913 - each is a choice of the user's, by name and with a default
        self,
        model: str | Model | None = None,
        *,
        tools: Iterable[str | Tool] = DEFAULT_TOOLS,
        cot: bool = False,
        system: str = "",
        examples: int = EXAMPLES,
        limits: Limits | None = None,
        temperature: float | None = None,
        options: ModelOptions | None = None,
    ) -> None:
        limits = limits or Limits()
        chosen = model if isinstance(model, Model) else load_model(model or _default(), options)
        if limits.max_cost != Limits().max_cost and chosen.info.price is None:
            raise ConfigError(
                f"max_cost needs the price of {chosen.info.name}: pass options=ModelOptions(price=Price(…)) "
                "in dollars for a million tokens"
            )
        style = Style(cot=cot, system=system, examples=examples)
        self._setup = _Setup(chosen, load_tools(tools), limits, style, temperature)

    @property
    def model(self) -> Model:
        return self._setup.model

    @property
    def tools(self) -> Mapping[str, Tool]:
        return self._setup.tools

    def run(self, question: str) -> Run:
        """Ask, and wait for the end."""
        return self.chat().run(question)

    def stream(self, question: str) -> RunStream:
        """Ask, and iterate over the events as they come; the last one is Finished, with the run."""
        return self.chat().stream(question)

    async def arun(self, question: str) -> Run:
        """The async twin of ``run``."""
        return await self.chat().arun(question)

    def astream(self, question: str) -> AsyncRunStream:
        """The async twin of ``stream``: ``async for event in orc.astream(question)``."""
        return self.chat().astream(question)

    def chat(self) -> Chat:
        """A conversation: several questions over one transcript."""
        return Chat(self._setup)

    def prompt(self, question: str) -> str:
        """Exactly what would be sent first: the prompt string, or each message under its role."""
        transcript = Transcript(self.model.info.template)
        self._setup.ask(transcript, question)
        if self.model.info.template:
            transcript.begin("assistant")
            return transcript.prompt()
        return "\n\n".join(f"── {message.role} ──\n{message.text}" for message in transcript.messages())


@dataclass(frozen=True, slots=True)
class _Setup:
    model: Model
    tools: Mapping[str, Tool]
    limits: Limits
    style: Style
    temperature: float | None

    def ask(self, transcript: Transcript, question: str) -> None:
        """Put the question into the context, behind the hidden prompt."""
        if not isinstance(question, str) or not question.strip():
            raise ConfigError("the question is empty: say what you want to know")
        if transcript.role is None:
            as_turns = self.model.info.template is not None
            for message in hidden_prompt(question, self.tools, self.style, as_turns=as_turns):
                transcript.append(message.text, "system", message.role)
        elif transcript.role == "user":  # an earlier question got no answer
            transcript.append("\n\n", "runtime", "user")
        transcript.append(defuse(question), "user", "user")

    def loop(self, transcript: Transcript, question: str) -> Loop:
        self.ask(transcript, question)
        return Loop(transcript, question, self.model.info, self.tools, self.limits, self.temperature)


class Chat:
    """Several questions over one transcript; the model sees all that went before. One question at a time."""

    def __init__(self, setup: _Setup) -> None:
        self._setup = setup
        self._transcript = Transcript(setup.model.info.template)
        self._current: RunStream | AsyncRunStream | None = None

    def run(self, question: str) -> Run:
        """Ask, and wait for the end."""
        with self.stream(question) as events:
            for _ in events:
                pass
        return events.run

    async def arun(self, question: str) -> Run:
        """The async twin of ``run``."""
        async with self.astream(question) as events:
            async for _ in events:
                pass
        return events.run

    def stream(self, question: str) -> RunStream:
        """Ask, and iterate over the events as they come."""
        stream = RunStream(self._loop(question), self._setup.model, self._setup.tools)
        self._current = stream
        return stream

    def astream(self, question: str) -> AsyncRunStream:
        """The async twin of ``stream``."""
        stream = AsyncRunStream(self._loop(question), self._setup.model, self._setup.tools)
        self._current = stream
        return stream

    def _loop(self, question: str) -> Loop:
        if self._current and not self._current.ended:
            raise ConfigError("this chat's last question is still being answered: read it to its end, or close it")
        return self._setup.loop(self._transcript, question)


def _default() -> str:
    choice, why = default_model(Settings.from_environment())
    logger.warning("%s", why)
    return choice
