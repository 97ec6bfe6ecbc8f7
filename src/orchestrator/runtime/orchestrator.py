"""``Orchestrator``: a model with tools, ready for questions. This is the class that programs use.

The work is done in the modules of this line:
question → run_config (rank, prompt, transcript) → loop ⇄ driver (model.stream, tool.run) → events → Run
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar, overload

from orchestrator.core.arms import USUAL_ARMS, Arm, CallProtocol, SideBySide, arms_from
from orchestrator.core.errors import ConfigError, ModelError
from orchestrator.core.limits import Limits
from orchestrator.core.policy import Approver, Policy
from orchestrator.core.protocols import Model, ModelOptions
from orchestrator.core.render_request import render
from orchestrator.core.run import Event, Run
from orchestrator.core.tool import Request, Tool
from orchestrator.core.typed import typed
from orchestrator.guidance.options import Guidance
from orchestrator.runtime.chat import Chat
from orchestrator.runtime.driver import AsyncRunStream, RunStream
from orchestrator.runtime.registry import default_model, left_out, load_model, load_tools, usual_tools
from orchestrator.runtime.run_config import RunConfig
from orchestrator.runtime.settings import Settings

T = TypeVar("T")
Choice = str | Tool | Callable[..., object]
"""A tool as a program names it: a registered name, a Tool, or a function."""


class Orchestrator:
    """A model, its tools and how it is asked.

    It holds no run, so many threads and tasks may use one orchestrator.
    """

    @typed(but=("tools",))
    def __init__(  # noqa: PLR0913 - each is a choice of the user's, by name and with a default
        self,
        model: str | Model | None = None,
        *,
        tools: Choice | Iterable[Choice] | None = None,
        cot: bool = False,
        system: str = "",
        examples: int | None = None,
        limits: Limits | None = None,
        temperature: float | None = None,
        options: ModelOptions | None = None,
        policy: Policy | None = None,
        approve: Approver | None = None,
        parallel: bool = False,
        protocol: CallProtocol = "text",
        guidance: Guidance | bool | None = None,
    ) -> None:
        """Choose the model, the tools and the options of all runs.

        Args:
            model: ``"provider:name"`` or a Model. By default ``ORCHESTRATOR_MODEL`` if it is set, else OpenAI if
                ``OPENAI_API_KEY`` is set, else the embedded model.
            tools: Registered names, Tools, or plain functions, as ``@tool`` takes them; by default CALCULATOR, and
                PYTHON if its extra is installed.
            cot: Whether the model is asked to think step by step before it answers.
            system: Your own instructions. They come before the hidden prompt.
            examples: How many few-shot examples the hidden prompt shows; by default one for a guided model, else four.
            limits: The limits of each run.
            temperature: The sampling temperature; by default the server's.
            options: Options for a model that is given by name: address, key, price, grammars.
            policy: Which calls are made; by default all.
            approve: A function that decides about calls that need approval, sync or async. Without it, they are denied.
            parallel: Whether several calls side by side run at once.
            protocol: "text", or "native": the tools are then offered as functions to a chat server.
            guidance: How strictly a small model is held to calls that the few-shot examples support. By default it is
                on if ``options`` says how the server takes grammars, or if the model is small, its server takes
                grammars, and ``cot`` is off. False turns it off.

        Raises:
            ConfigError: A model or tool is unknown, an extra or a key is missing, or options contradict each other.
        """
        named = model if model is not None else _told(*default_model(Settings.from_environment()))
        if tools is None:
            tools = usual_tools()
            _told("", left_out())
        options = options or ModelOptions()
        _check_used(named, options, protocol)
        self._config = RunConfig(
            text_model=load_model(named, options) if isinstance(named, str) else named,
            model_name=model if isinstance(model, str) else "",
            options=options,
            tools=load_tools(tools if isinstance(tools, Iterable) and not isinstance(tools, str) else [tools]),
            cot=cot,
            system=system,
            asked_examples=examples,
            limits=limits or Limits(),
            temperature=temperature,
            policy=policy or Policy(),
            approve=approve,
            parallel=parallel,
            protocol=protocol,
            asked_guidance=True if guidance is None and options.grammars else guidance,
        )

    @classmethod
    def _of(cls, config: RunConfig) -> Orchestrator:
        """Make an orchestrator from a complete configuration."""
        made = cls.__new__(cls)
        made._config = config  # noqa: SLF001 - an object of this class
        return made

    @property
    def model(self) -> Model:
        """The model that is asked."""
        return self._config.model

    @property
    def tools(self) -> Mapping[str, Tool]:
        """The tools, by name."""
        return MappingProxyType(self._config.tools)

    @property
    def guidance(self) -> Guidance | None:
        """The guidance of the model; None if it is not guided.

        A server on this machine or in its network is asked first what it is, unless that is known.
        """
        self._config.recognise()
        return self._config.guidance

    @overload
    def run(self, question: str, *, policy: Policy | None = None, output_type: type[T]) -> Run[T]: ...
    @overload
    def run(self, question: str, *, policy: Policy | None = None, output_type: object = None) -> Run[Any]: ...
    def run(self, question: str, *, policy: Policy | None = None, output_type: object = None) -> Run[Any]:
        """Ask a question, and wait for the end of the run.

        Args:
            question: The question.
            policy: The policy of this run; by default the orchestrator's.
            output_type: The type that the answer must have, for ``run.output``: a pydantic model, dataclass, TypedDict,
                Enum, Literal, ``int``, ``list[…]`` and the like, or a JSON schema. None asks for words.

        Returns:
            The run. ``run.answer`` is the answer, and ``run.finish`` says how the run ended.

        Raises:
            ConfigError: The question is empty, the policy names an unknown tool, or ``output_type`` has no JSON schema.
            ModelError: The model's server failed. ``error.run`` is the run so far.
        """
        return self.chat().run(question, policy=policy, output_type=output_type)

    def stream(self, question: str, *, policy: Policy | None = None, output_type: object = None) -> RunStream:
        """Ask a question, and return its events as a stream. The last event is ``Finished``, which holds the run.

        Args:
            question: The question.
            policy: The policy of this run; by default the orchestrator's.
            output_type: The type that the answer must have, for ``run.output``: a pydantic model, dataclass, TypedDict,
                Enum, Literal, ``int``, ``list[…]`` and the like, or a JSON schema. None asks for words.

        Returns:
            The stream. It raises ModelError if the model's server fails.

        Raises:
            ConfigError: The question is empty, the policy names an unknown tool, or ``output_type`` has no JSON schema.
        """
        return self.chat().stream(question, policy=policy, output_type=output_type)

    @overload
    async def arun(self, question: str, *, policy: Policy | None = None, output_type: type[T]) -> Run[T]: ...
    @overload
    async def arun(self, question: str, *, policy: Policy | None = None, output_type: object = None) -> Run[Any]: ...
    async def arun(self, question: str, *, policy: Policy | None = None, output_type: object = None) -> Run[Any]:
        """Async version of ``run``."""
        return await self.chat().arun(question, policy=policy, output_type=output_type)

    def astream(self, question: str, *, policy: Policy | None = None, output_type: object = None) -> AsyncRunStream:
        """Async version of ``stream``: ``async for event in orc.astream(question)``."""
        return self.chat().astream(question, policy=policy, output_type=output_type)

    def chat(self, history: Run | None = None) -> Chat:
        """Begin a conversation: several questions over one transcript.

        Args:
            history: A run to continue from, such as a stored one.

        Raises:
            ConfigError: The history is not a Run, or its calls were function calls and the protocol is not "native".
        """
        return Chat(self._config, history)

    def compare(self, question: str, arms: str | Iterable[str | Arm] = USUAL_ARMS) -> SideBySide:
        """Ask the same question in several ways at once: for example directly, with chain of thought, and with tools.

        This also works inside a running event loop (a notebook).

        Args:
            question: The question.
            arms: A string such as ``"direct,cot,tools"``, or an iterable of Arms and of strings that describe one arm
                each.

        Returns:
            The run of each arm, or the server's error that ended it.

        Raises:
            ConfigError: An arm is not understood, or the question is empty.
        """
        from orchestrator.runtime.compare import wait_for  # noqa: PLC0415 - brings asyncio

        return wait_for(self.acompare(question, arms))

    async def acompare(
        self,
        question: str,
        arms: str | Iterable[str | Arm] = USUAL_ARMS,
        on_event: Callable[[Arm, Event | ModelError], None] = lambda *_: None,
    ) -> SideBySide:
        """Async version of ``compare``.

        Args:
            question: The question.
            arms: The arms, as in ``compare``.
            on_event: Called with each event of each arm, when it happens.
        """
        from orchestrator.runtime.compare import side_by_side  # noqa: PLC0415 - brings asyncio

        sides = [(arm, self.variant(arm)) for arm in arms_from(arms)]
        return await side_by_side(question, [(arm, partial(side.astream, question)) for arm, side in sides], on_event)

    @typed()
    def variant(self, arm: Arm) -> Orchestrator:
        """Make the orchestrator of one arm: the same configuration, with the arm's settings.

        Args:
            arm: The arm.
        """
        return Orchestrator._of(self._config.variant(arm))

    def prompt(self, question: str, *, output_type: object = None) -> str:
        """Return exactly what the first request would send, as text.

        It is the prompt string, or each message with its role. The functions and the grammar are included.

        Args:
            question: The question.
            output_type: The type that the answer must have, as ``run`` takes it.
        """
        return render(self.first_request(question, output_type=output_type))

    def first_request(self, question: str, *, output_type: object = None) -> Request:
        """Return the first request that the model would get.

        Args:
            question: The question.
            output_type: The type that the answer must have, as ``run`` takes it.

        Raises:
            ConfigError: The question is empty, or the limits allow no request.
        """
        return self._config.first_request(question, output_type)


def _check_used(model: object, options: ModelOptions, protocol: CallProtocol) -> None:
    """Raise ConfigError if an option would have no effect beside the others."""
    if not isinstance(model, str) and options != ModelOptions():
        raise ConfigError("options are for a model that is given by name: this one is an object, which has its own")
    if protocol != "native":
        return
    for name in ("resume", "grammars", "thinks"):
        if getattr(options, name) is not None:
            raise ConfigError(
                f"{name} (--{name}) is for the text protocol: leave it out, or leave out protocol='native'"
            )


def _told(choice: str, why: str) -> str:
    """Log the reason of a choice, and return the choice."""
    if why:
        import logging  # noqa: PLC0415 - 4 ms that import orchestrator does not need

        logging.getLogger("orchestrator").warning("%s", why)
    return choice
