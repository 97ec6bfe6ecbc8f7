"""A model with tools, ready to be asked. Puts the parts together; the work is in ``loop`` and ``driver``.

question → prompt.hidden_prompt → Transcript → Loop ⇄ driver (model.stream, tool.run) → events → Run
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from math import inf

from orchestrator.arms import USUAL_ARMS, Arm, Protocol, SideBySide
from orchestrator.driver import AsyncRunStream, RunStream
from orchestrator.errors import ConfigError
from orchestrator.functions import function_of
from orchestrator.guide.guide import Guidance, Guide, guidance_for
from orchestrator.limits import Limits
from orchestrator.loop import Loop
from orchestrator.no_tool_examples import NO_TOOL_EXAMPLES
from orchestrator.policy import Approver, Policy
from orchestrator.prompt import EXAMPLES, GUIDED_EXAMPLES, Style, example_turns, hidden_prompt
from orchestrator.protocols import Model, ModelOptions, OffersFunctions
from orchestrator.registry import default_model, load_model, load_tools
from orchestrator.settings import Settings
from orchestrator.syntax import defuse
from orchestrator.transcript import Transcript
from orchestrator.types import ModelInfo, Run, Tool


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
        chosen = load_model(model or _default(), options) if model is None or isinstance(model, str) else model
        if not isinstance(getattr(chosen, "info", None), ModelInfo):
            raise ConfigError(
                f'the model is "provider:name" or an object with info, stream and astream, not {chosen!r}'
            )
        if limits.max_cost != Limits().max_cost and chosen.info.price is None:
            raise ConfigError(
                f"max_cost needs the price of {chosen.info.name}: pass options=ModelOptions(price=Price(…)) "
                "in dollars for a million tokens"
            )
        if temperature is not None and not 0 <= temperature < inf:
            raise ConfigError(f"temperature must be 0 or more, not {temperature}")
        tools = usual_tools() if tools is None else tools
        tools = load_tools([tools] if isinstance(tools, str | Tool) else tools)
        policy = policy or Policy()
        policy.check(tools)
        self._text_model = chosen
        self._guidance, self._examples = guidance, examples  # as asked for: an arm may have to settle it otherwise
        style = Style(cot=cot, system=system, parallel=parallel, native=protocol == "native")
        setup = _Setup(_speaking(chosen, protocol), tools, limits, style, temperature, policy, approve)
        self._setup = setup.held(guidance, examples)

    @property
    def model(self) -> Model:
        return self._setup.model

    @property
    def tools(self) -> Mapping[str, Tool]:
        return self._setup.tools

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

    def chat(self) -> Chat:
        """A conversation: several questions over one transcript."""
        return Chat(self._setup)

    def compare(self, question: str, arms: str | Iterable[str | Arm] = USUAL_ARMS) -> SideBySide:
        """Ask the same question in several ways at once: directly, with chain of thought, with tools (see ``arms``)."""
        from orchestrator.compare import compare  # noqa: PLC0415 - brings asyncio

        return compare(self, question, arms)

    def variant(self, arm: Arm, options: ModelOptions | None = None) -> Orchestrator:
        """The orchestrator as an arm of a comparison: everything as here but what the arm says, and what follows from
        that. Guidance that was asked for holds the arms whose server takes grammars.
        """
        setup, other = self._setup, copy(self)
        own = setup.tools or (load_tools(usual_tools()) if arm.tools != "none" and not arm.tool_names else {})
        text_model = load_model(arm.model, options) if arm.model else self._text_model
        other._text_model = text_model  # noqa: SLF001 - a copy of itself
        arms = replace(
            setup,
            model=_speaking(text_model, arm.protocol),
            tools=arm.equip(own, load_tools(arm.tool_names)),
            style=replace(setup.style, cot=arm.cot, native=arm.protocol == "native"),
        )
        asked = self._guidance if text_model.info.grammars else None
        other._setup = arms.held(asked, self._examples)  # noqa: SLF001
        return other

    def prompt(self, question: str) -> str:
        """Exactly what would be sent first: the prompt string, or each message under its role."""
        transcript = Transcript(self.model.info.template)
        self._setup.ask(transcript, question, self._setup.policy)
        if self.model.info.template:
            transcript.begin("assistant")
            return transcript.prompt()
        parts = [
            f"── {message.role} ──\n" + "\n".join(filter(None, [message.text, *(call.raw for call in message.calls)]))
            for message in transcript.messages()
        ]
        if self._setup.style.native and self.tools:
            functions = [function_of(tool) for tool in self.tools.values()]
            parts.insert(0, f"── functions ──\n{json.dumps(functions, indent=2, ensure_ascii=False)}")
        return "\n\n".join(parts)


@dataclass(frozen=True, slots=True)
class _Setup:
    model: Model
    tools: Mapping[str, Tool]
    limits: Limits
    style: Style
    temperature: float | None
    policy: Policy
    approve: Approver | None
    guidance: Guidance | None = None

    def held(self, asked: Guidance | bool | None, examples: int | None) -> _Setup:
        """With the guidance that follows from what was ``asked``, and the worked examples that go with it."""
        textual = self.tools and not self.style.native
        guidance = guidance_for(asked, self.model.info, cot=self.style.cot) if textual else None
        if examples is None:
            examples = GUIDED_EXAMPLES if guidance else EXAMPLES
        return replace(self, guidance=guidance, style=replace(self.style, examples=examples))

    def ask(self, transcript: Transcript, question: str, policy: Policy) -> None:
        """Put the question into the context, behind the hidden prompt."""
        if not isinstance(question, str) or not question.strip():
            raise ConfigError("the question is empty: say what you want to know")
        tools, template = policy.allowed(self.tools), self.model.info.template
        shown = {span.text for span in transcript.spans if span.origin == "system"}
        if not shown:
            for message in hidden_prompt(question, tools, self.style, as_turns=template is not None):
                transcript.append(message.text, "system", message.role)
                for call in message.calls:
                    transcript.call(call, "system")
        elif template:  # a later question in a chat needs examples of its own
            for asked, answered in example_turns(question, tools, self.style):
                if asked.text not in shown:
                    transcript.append(asked.text, "system", "user")
                    transcript.append(answered.text, "system", "assistant")
        if transcript.role == "user":  # an earlier question got no answer
            transcript.append("\n\n", "runtime", "user")
        transcript.append(defuse(question, template.markers if template else ()), "user", "user")

    def loop(self, transcript: Transcript, question: str, policy: Policy | None) -> Loop:
        policy = policy or self.policy
        policy.check(self.tools)
        self.ask(transcript, question, policy)
        guide = Guide(question, policy.allowed(self.tools), NO_TOOL_EXAMPLES, self.guidance) if self.guidance else None
        return Loop(
            transcript,
            question,
            self.model.info,
            self.tools,
            self.limits,
            self.temperature,
            policy=policy,
            parallel=self.style.parallel,
            guide=guide,
        )


class Chat:
    """Several questions over one transcript; the model sees all that went before. One question at a time."""

    def __init__(self, setup: _Setup) -> None:
        self._setup = setup
        self._transcript = Transcript(setup.model.info.template)
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
        stream = RunStream(self._loop(question, policy), self._setup.model, self._setup.tools, self._setup.approve)
        self._current = stream
        return stream

    def astream(self, question: str, *, policy: Policy | None = None) -> AsyncRunStream:
        """The async twin of ``stream``."""
        stream = AsyncRunStream(self._loop(question, policy), self._setup.model, self._setup.tools, self._setup.approve)
        self._current = stream
        return stream

    def _loop(self, question: str, policy: Policy | None) -> Loop:
        if isinstance(self._current, RunStream) and not self._current.ended:
            with suppress(ValueError):  # another thread is reading it
                self._current.close()  # whoever read it has left it, with a break perhaps
        if self._current and not self._current.ended:
            raise ConfigError("this chat's last question is still being answered: read it to its end, or close it")
        return self._setup.loop(self._transcript, question, policy)


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
