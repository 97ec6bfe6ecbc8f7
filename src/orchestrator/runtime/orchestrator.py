"""A model with tools, ready to be asked: the class that programs use. The work is in the modules that it names.

question → run_config (rank, prompt, transcript) → loop ⇄ driver (model.stream, tool.run) → events → Run
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from orchestrator.core.arms import USUAL_ARMS, Arm, Protocol, SideBySide, arms_from
from orchestrator.core.errors import ModelError
from orchestrator.core.limits import Limits
from orchestrator.core.policy import Approver, Policy
from orchestrator.core.protocols import Model, ModelOptions
from orchestrator.core.render_request import render
from orchestrator.core.run import Event, Run
from orchestrator.core.types import Request, Tool
from orchestrator.guidance.options import Guidance
from orchestrator.runtime.chat import Chat
from orchestrator.runtime.driver import AsyncRunStream, RunStream
from orchestrator.runtime.registry import default_model, left_out, load_model, load_tools, usual_tools
from orchestrator.runtime.run_config import RunConfig
from orchestrator.runtime.settings import Settings


class Orchestrator:
    """A model, its tools and how it is asked. Holds no run: one orchestrator may serve many threads and tasks."""

    def __init__(  # noqa: PLR0913 - each is a choice of the user's, by name and with a default
        self,
        model: str | Model | None = None,
        *,
        tools: str | Tool | Iterable[str | Tool] | None = None,
        cot: bool = False,
        system: str = "",
        examples: int | None = None,
        limits: Limits | None = None,
        temperature: float | None = None,
        options: ModelOptions | None = None,
        policy: Policy | None = None,
        approve: Approver | None = None,
        parallel: bool = False,
        protocol: Protocol = "text",
        guidance: Guidance | bool | None = None,
    ) -> None:
        """Settle everything that a run needs.

        Args:
            model: ``"provider:name"`` or a Model; by default OpenAI's if a key is set, else the embedded one.
            tools: registered names or Tools; by default CALCULATOR, and PYTHON if its extra is installed.
            cot: whether the model is asked for step-by-step thinking before the answer.
            system: your own instructions, put before the hidden prompt.
            examples: how many few-shot examples the hidden prompt shows.
            limits: the bounds of each run.
            temperature: the sampling temperature; by default the server's own.
            options: what you may say of a model that you name: address, key, price, grammars.
            policy: which calls are made; by default all.
            approve: decides about the calls that need somebody's yes, sync or async; without it they are denied.
            parallel: whether calls side by side run together.
            protocol: "native" offers the tools as functions to a chat server instead of through plain text.
            guidance: how closely a small model is held to the examples. By default it is on if the model is small and
                its server takes grammars; False turns it off.

        Raises:
            ConfigError: if a model or tool is unknown, an extra or a key is missing, or choices contradict each other.

        """
        named = model if model is not None else _told(*default_model(Settings.from_environment()))
        if tools is None:
            tools = usual_tools()
            _told("", left_out())
        self._config = RunConfig(
            text_model=load_model(named, options) if isinstance(named, str) else named,
            model_name=model if isinstance(model, str) else "",
            options=options or ModelOptions(),
            tools=load_tools([tools] if isinstance(tools, str | Tool) else tools),
            cot=cot,
            system=system,
            asked_examples=examples,
            limits=limits or Limits(),
            temperature=temperature,
            policy=policy or Policy(),
            approve=approve,
            parallel=parallel,
            protocol=protocol,
            asked_guidance=guidance,
        )

    @classmethod
    def _of(cls, config: RunConfig) -> Orchestrator:
        """The orchestrator with everything settled."""
        made = cls.__new__(cls)
        made._config = config  # noqa: SLF001 - its own
        return made

    @property
    def model(self) -> Model:
        """The model that is asked."""
        return self._config.model

    @property
    def tools(self) -> Mapping[str, Tool]:
        """The tools, by name."""
        return self._config.tools

    @property
    def guidance(self) -> Guidance | None:
        """How the model is held to the examples; None if it is free."""
        return self._config.guidance

    def run(self, question: str, *, policy: Policy | None = None) -> Run:
        """Ask, and wait for the end.

        Args:
            question: what to ask.
            policy: for this run, instead of the orchestrator's own.

        Returns:
            The whole run; ``run.answer`` is the answer, ``run.finish`` how it ended.

        Raises:
            ConfigError: if the question is empty.
            ModelError: if the model's server fails; ``error.run`` is the run so far.

        """
        return self.chat().run(question, policy=policy)

    def stream(self, question: str, *, policy: Policy | None = None) -> RunStream:
        """Ask as ``run`` does, and iterate over the events as they come; the last one is Finished, with the run."""
        return self.chat().stream(question, policy=policy)

    async def arun(self, question: str, *, policy: Policy | None = None) -> Run:
        """The async twin of ``run``."""
        return await self.chat().arun(question, policy=policy)

    def astream(self, question: str, *, policy: Policy | None = None) -> AsyncRunStream:
        """The async twin of ``stream``: ``async for event in orc.astream(question)``."""
        return self.chat().astream(question, policy=policy)

    def chat(self, history: Run | None = None) -> Chat:
        """A conversation: several questions over one transcript.

        Args:
            history: a run to go on from, such as a stored one.

        """
        return Chat(self._config, history)

    def compare(self, question: str, arms: str | Iterable[str | Arm] = USUAL_ARMS) -> SideBySide:
        """Ask the same question in several ways at once: directly, with chain of thought, with tools.

        Works inside a running event loop (a notebook) too.

        Args:
            question: what to ask.
            arms: ``"direct,cot,tools"``, or a list of arms, as values or in words (see ``core.arms``).

        Returns:
            Each arm's run, or the server's error that ended it.

        Raises:
            ConfigError: if an arm is not understood, or the question is empty.

        """
        from orchestrator.runtime.compare import wait_for  # noqa: PLC0415 - brings asyncio

        return wait_for(self.acompare(question, arms))

    async def acompare(
        self,
        question: str,
        arms: str | Iterable[str | Arm] = USUAL_ARMS,
        on_event: Callable[[Arm, Event | ModelError], None] = lambda *_: None,
    ) -> SideBySide:
        """The async twin of ``compare``; ``on_event`` is told what happens in every arm, as it happens."""
        from orchestrator.runtime.compare import side_by_side  # noqa: PLC0415 - brings asyncio

        sides = [(arm, self.variant(arm)) for arm in arms_from(arms)]
        return await side_by_side(question, [(arm, partial(side.astream, question)) for arm, side in sides], on_event)

    def variant(self, arm: Arm) -> Orchestrator:
        """The orchestrator as an arm of a comparison: everything as here but what the arm says."""
        return Orchestrator._of(self._config.variant(arm))

    def prompt(self, question: str) -> str:
        """Exactly what would be sent first: the prompt string, or each message under its role; with the functions and
        the grammar that go with it.
        """
        return render(self.first_request(question))

    def first_request(self, question: str) -> Request:
        """What the model would be asked first, as its server gets it."""
        return self._config.first_request(question)


def _told(choice: str, why: str) -> str:
    """``choice``, once its reason was logged."""
    if why:
        import logging  # noqa: PLC0415 - 4 ms that import orchestrator does not need

        logging.getLogger("orchestrator").warning("%s", why)
    return choice
