"""A model with tools, ready to be asked. Puts the parts together; the work is in ``loop`` and ``driver``.

question → prompt.hidden_prompt → Transcript → Loop ⇄ driver (model.stream, tool.run) → events → Run
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import replace
from math import inf

from orchestrator.core.arms import USUAL_ARMS, Arm, Protocol, SideBySide
from orchestrator.core.errors import ConfigError
from orchestrator.core.limits import Limits
from orchestrator.core.policy import Approver, Policy
from orchestrator.core.prompt import Style
from orchestrator.core.protocols import Model, ModelOptions, OffersFunctions
from orchestrator.core.render_request import readable
from orchestrator.core.run import Run
from orchestrator.core.types import ModelInfo, Request, Tool
from orchestrator.guidance.options import Guidance
from orchestrator.runtime.chat import Chat
from orchestrator.runtime.driver import AsyncRunStream, RunStream
from orchestrator.runtime.registry import default_model, load_model, load_tools
from orchestrator.runtime.run_config import Setup
from orchestrator.runtime.settings import Settings


class Orchestrator:
    """A model, its tools and how it is asked. Holds no run: one orchestrator may serve many threads and tasks.

    ``model`` is ``"provider:name"`` or a Model; without one it is OpenAI's where a key is set, else the embedded one.
    ``tools`` are registered names or Tools; without any word on them, ``usual_tools``. ``cot`` asks for step-by-step
    thinking before the answer. ``system`` is put in front of the hidden prompt, and ``examples`` is how many worked
    examples that shows. ``guidance`` holds a small model to them (``guide.guide.Guidance``); it is on where the model
    is small and its server takes grammars, and False turns it off.

    ``policy`` says which calls are made; ``approve`` is asked about those that need somebody's yes (they are denied
    without it): a function, sync or async, of an ApprovalRequest. With ``parallel`` calls that stand side by side run
    together. ``protocol`` "native" offers the tools as functions to a chat server instead of through plain text.
    """

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
        limits = limits or Limits()
        model = _default() if model is None else model
        chosen = load_model(model, options) if isinstance(model, str) else model
        if not isinstance(getattr(chosen, "info", None), ModelInfo):
            raise ConfigError(
                f'the model is "provider:name" or an object with info, stream and astream, not {chosen!r}'
            )
        _check_price(limits, chosen.info)
        if temperature is not None and not 0 <= temperature < inf:
            raise ConfigError(f"temperature must be 0 or more, not {temperature}")
        tools = usual_tools() if tools is None else tools
        tools = load_tools([tools] if isinstance(tools, str | Tool) else tools)
        policy = policy or Policy()
        policy.check(tools)
        self._text_model = chosen
        self._told = (model if isinstance(model, str) else "", options or ModelOptions())
        self._guidance, self._examples = guidance, examples  # as asked for: an arm may have to settle it otherwise
        style = Style(cot=cot, system=system, parallel=parallel, native=protocol == "native")
        setup = Setup(_speaking(chosen, protocol), tools, limits, style, temperature, policy, approve)
        self._setup = setup.guided(guidance, examples)

    @property
    def model(self) -> Model:
        return self._setup.model

    @property
    def tools(self) -> Mapping[str, Tool]:
        return self._setup.tools

    @property
    def guidance(self) -> Guidance | None:
        """How the model is held to its worked examples; None where it is free."""
        return self._setup.guidance

    def run(self, question: str, *, policy: Policy | None = None) -> Run:
        """Ask, and wait for the end. ``policy`` is for this run, instead of the orchestrator's own."""
        return self.chat().run(question, policy=policy)

    def stream(self, question: str, *, policy: Policy | None = None) -> RunStream:
        """Ask, and iterate over the events as they come; the last one is Finished, with the run."""
        return self.chat().stream(question, policy=policy)

    async def arun(self, question: str, *, policy: Policy | None = None) -> Run:
        """The async twin of ``run``."""
        return await self.chat().arun(question, policy=policy)

    def astream(self, question: str, *, policy: Policy | None = None) -> AsyncRunStream:
        """The async twin of ``stream``: ``async for event in orc.astream(question)``."""
        return self.chat().astream(question, policy=policy)

    def chat(self, history: Run | None = None) -> Chat:
        """A conversation: several questions over one transcript. It may go on from a run, such as a stored one."""
        return Chat(self._setup, history)

    def compare(self, question: str, arms: str | Iterable[str | Arm] = USUAL_ARMS) -> SideBySide:
        """Ask the same question in several ways at once: directly, with chain of thought, with tools (see ``arms``)."""
        from orchestrator.runtime.compare import compare  # noqa: PLC0415 - brings asyncio

        return compare(self, question, arms)

    def variant(self, arm: Arm) -> Orchestrator:
        """The orchestrator as an arm of a comparison: everything as here but what the arm says, and what follows from
        that. Guidance that was asked for holds the arms whose server takes grammars.
        """
        setup, other = self._setup, copy(self)
        own = setup.tools or (load_tools(usual_tools()) if arm.tools != "none" and not arm.tool_names else {})
        text_model = load_model(arm.model, arm.options(*self._told)) if arm.model else self._text_model
        _check_price(setup.limits, text_model.info)
        other._text_model = text_model  # noqa: SLF001 - a copy of itself
        arms = replace(
            setup,
            model=_speaking(text_model, arm.protocol),
            tools=arm.equip(own, load_tools(arm.tool_names)),
            style=replace(setup.style, cot=arm.cot, native=arm.protocol == "native"),
        )
        asked = self._guidance if text_model.info.grammars else None
        other._setup = arms.guided(asked, self._examples)  # noqa: SLF001
        return other

    def prompt(self, question: str) -> str:
        """Exactly what would be sent first: the prompt string, or each message under its role; with the functions and
        the grammar that go with it.
        """
        return readable(self.first_request(question))

    def first_request(self, question: str) -> Request:
        """What the model would be asked first, as its server gets it."""
        return self._setup.first_request(question)


def _check_price(limits: Limits, info: ModelInfo) -> None:
    if limits.max_cost is not None and info.price is None:
        raise ConfigError(
            f"max_cost needs the price of {info.name} in dollars for a million tokens: pass "
            "options=ModelOptions(price=Price(…)), or --price INPUT,OUTPUT on the command line"
        )


def _speaking(model: Model, protocol: Protocol) -> Model:
    if protocol == "text":
        return model
    if protocol != "native":
        raise ConfigError(f"protocol is text or native, not {protocol!r}")
    if not isinstance(model, OffersFunctions):
        raise ConfigError(
            f"{model.info.name} has no function calling: the native protocol needs a chat server, openai:NAME, with "
            "base_url for one of your own; the text protocol needs none"
        )
    return model.with_functions()


def usual_tools() -> tuple[str, ...]:
    """The tools where none were chosen: those that keep the question on this machine and need nothing but it.

    PYTHON needs its extra, and is left out without it.
    """
    from importlib.util import find_spec  # noqa: PLC0415 - import orchestrator does not need it

    return ("CALCULATOR", "PYTHON") if find_spec("pydantic_monty") else ("CALCULATOR",)


def _default() -> str:
    import logging  # noqa: PLC0415 - 4 ms that import orchestrator does not need

    choice, why = default_model(Settings.from_environment())
    logging.getLogger("orchestrator").warning("%s", why)
    return choice
