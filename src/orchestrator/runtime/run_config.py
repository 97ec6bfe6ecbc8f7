"""The configuration of an orchestrator as one frozen value, and the beginning of each of its runs.

question → rank the examples → hidden prompt → transcript → loop.
Knows which parts there are; not how they work, nor how a loop is driven.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import TYPE_CHECKING, Any

from orchestrator.core.arms import Arm, CallProtocol
from orchestrator.core.errors import ConfigError
from orchestrator.core.limits import Limits
from orchestrator.core.loop import Loop, Sample
from orchestrator.core.output_type import OutputType, asked_for
from orchestrator.core.policy import Approver, Policy
from orchestrator.core.prompt import EXAMPLES, GUIDED_EXAMPLES, Style, changed_tools, opening
from orchestrator.core.protocols import AsksItsServer, Constrain, Model, ModelOptions, OffersFunctions
from orchestrator.core.run_builder import RunBuilder
from orchestrator.core.syntax import defuse
from orchestrator.core.tool import Request, Tool
from orchestrator.core.transcript import Transcript
from orchestrator.core.typed import typed
from orchestrator.core.types import ModelInfo, Span
from orchestrator.guidance.options import Guidance, guidance_for
from orchestrator.runtime.registry import load_model, load_tools, usual_tools

if TYPE_CHECKING:
    from orchestrator.guidance.similarity import Ranking
    from orchestrator.guidance.typed_answers import TypedAnswers


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """Everything that an orchestrator needs for a run.

    Attributes:
        text_model: The model in the plain-text protocol.
        model_name: The model's name as the caller wrote it ("provider:name"); "" if the caller passed an object.
        options: The caller's options for the model.
        tools: The tools, by name.
        cot: Whether the model is asked to think step by step before it answers.
        system: The caller's own instructions. They come before the hidden prompt.
        asked_examples: How many few-shot examples the caller wants; None means one for a guided model, else four.
        limits: The limits of each run.
        temperature: The sampling temperature; None leaves the server's default.
        policy: Which calls are made.
        approve: Decides about calls that need approval; None denies them.
        parallel: Whether several calls side by side run at once.
        protocol: "text", or "native" for function calling.
        asked_guidance: The guidance that the caller wants; None lets the model decide.
        lenient: Whether guidance is left out if it was asked for and the server takes no grammars.
        model: The model that is asked, in ``protocol``. It follows from the fields above, as does the next one.
        asks_server: The model, if runs may depend on what its server is; else None. Only calls in text do.

    Raises:
        ConfigError: The model is no Model, or options contradict each other.
    """

    text_model: Model
    model_name: str = ""
    options: ModelOptions = field(default_factory=ModelOptions)
    tools: Mapping[str, Tool] = field(default_factory=dict)
    cot: bool = False
    system: str = ""
    asked_examples: int | None = None
    limits: Limits = field(default_factory=Limits)
    temperature: float | None = None
    policy: Policy = field(default_factory=Policy)
    approve: Approver | None = None
    parallel: bool = False
    protocol: CallProtocol = "text"
    asked_guidance: Guidance | bool | None = None
    lenient: bool = False
    model: Model = field(init=False)
    asks_server: AsksItsServer | None = field(init=False)

    def __post_init__(self) -> None:
        info = getattr(self.text_model, "info", None)
        if not isinstance(info, ModelInfo):
            raise ConfigError(
                f'the model is "provider:name" or an object with info, stream and astream, not {self.text_model!r}'
            )
        if self.limits.max_cost is not None and info.price is None:
            raise ConfigError(
                f"max_cost needs the price of {info.name} in dollars for a million tokens: pass "
                "options=ModelOptions(price=Price(…)), or --price INPUT,OUTPUT on the command line"
            )
        if self.temperature is not None and not 0 <= self.temperature < inf:
            raise ConfigError(f"temperature must be 0 or more, not {self.temperature}")
        self.policy.check(self.tools)
        for tool in self.tools.values():
            if tool.check:
                tool.check()
        model = _in_protocol(self.text_model, self.protocol)
        asks = self.protocol == "text" and self.asked_guidance is not False
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "asks_server", model if asks and isinstance(model, AsksItsServer) else None)
        self.guidance  # noqa: B018 - raises ConfigError if it is asked for and cannot be

    @property
    def guidance(self) -> Guidance | None:
        """The guidance, by what is known of the model now; None if the model is not guided.

        Raises:
            ConfigError: Guidance was asked for, but the model's server does not take grammars.
        """
        if not self.tools or self.protocol == "native":
            return None
        info = self.model.info
        if not info.grammars and (self.lenient or self.unrecognised()):
            return None
        return guidance_for(self.asked_guidance, info, cot=self.cot)

    def style(self, guidance: Guidance | None) -> Style:
        """Return how the hidden prompt is written.

        Args:
            guidance: The guidance; None if the model is not guided.
        """
        trained = self.model.info.trained and not self.cot
        examples = self.asked_examples
        if examples is None:
            examples = 0 if trained else GUIDED_EXAMPLES if guidance else EXAMPLES
        return Style(self.cot, self.system, examples, self.parallel, self.protocol == "native", trained)

    def unrecognised(self, *, typed: bool = False) -> AsksItsServer | None:
        """Return the model, if its server is to be asked first what it is: with tools, or a type of the answer.

        Args:
            typed: Whether the answer must have a type.
        """
        asks = self.asks_server if self.tools or typed else None
        return None if asks is None or asks.recognised else asks

    def recognise(self, *, typed: bool = False) -> None:
        """Ask the model's server what it is, if that is to be known before a run begins.

        Args:
            typed: Whether the answer must have a type.
        """
        if model := self.unrecognised(typed=typed):
            model.recognise()

    def variant(self, arm: Arm) -> RunConfig:
        """Return the configuration of one arm of a comparison: the same, with the arm's settings.

        Guidance that was asked for applies to the arms whose server takes grammars.

        Args:
            arm: The arm.

        Raises:
            ConfigError: The arm's model or one of its tools is unknown, or options contradict each other.
        """
        own = self.tools or (load_tools(usual_tools()) if arm.tools != "none" and not arm.tool_names else {})
        model = load_model(arm.model, arm.options(self.model_name, self.options)) if arm.model else self.text_model
        return replace(
            self,
            text_model=model,
            tools=arm.equip(own, load_tools(arm.tool_names)),
            cot=arm.cot,
            protocol=arm.protocol,
            lenient=True,
        )

    @typed(but=("question",))
    def begin(
        self, transcript: Transcript, question: str, policy: Policy | None = None, output_type: Any = None
    ) -> Loop:
        """Write the question into the transcript, and return the loop of its run.

        Args:
            transcript: The context so far; empty for a first question.
            question: The user's question.
            policy: The policy of this run; by default the configuration's.
            output_type: The type that the answer must have: a type, or a JSON schema; None for words.

        Raises:
            ConfigError: The question is empty, the policy names an unknown tool, or there is no JSON schema of
                ``output_type``.
        """
        policy = self.checked(question, policy)
        tools, guidance, output = policy.allowed(self.tools), self.guidance, OutputType.of(output_type)
        ranking, style = _ranked(question, tools) if tools else None, self.style(guidance)
        constrain = self._constraint(transcript, question, ranking, output, trained=style.trained)
        self._write(transcript, question, tools, style, ranking, output)
        return Loop(
            transcript,
            RunBuilder(question, first_span=len(transcript), guided=constrain is not None, output=output),
            self.model.info,
            self.tools,
            self.limits,
            self.temperature,
            policy=policy,
            parallel=self.parallel,
            constrain=constrain,
            output=output,
            think_first=self.cot and output is not None and self.guidance is None,
            trained=style.trained and bool(tools),
        )

    def checked(self, question: str, policy: Policy | None = None) -> Policy:
        """Check what ``begin`` is given. Return the policy of the run.

        Raises:
            ConfigError: The question is empty, or the policy names an unknown tool.
        """
        if not isinstance(question, str) or not question.strip():
            raise ConfigError("the question is empty: say what you want to know")
        policy = policy or self.policy
        policy.check(self.tools)
        return policy

    def first_request(self, question: str, output_type: Any = None) -> Request:
        """Return the first request that the model would get. The model's server may be asked first what it is.

        Args:
            question: The user's question.
            output_type: The type that the answer must have; None for words.

        Raises:
            ConfigError: The question is empty, or the limits allow no request.
        """
        self.recognise(typed=output_type is not None)
        wanted = self.begin(Transcript(self.model.info.template), question, None, output_type).next(0.0)
        if not isinstance(wanted, Sample):
            raise ConfigError("the limits leave nothing to be sent: raise max_seconds")
        return wanted.request

    def _constraint(
        self,
        transcript: Transcript,
        question: str,
        ranking: Ranking | None,
        output: OutputType | None,
        *,
        trained: bool,
    ) -> Constrain | None:
        """Return what adds the grammars to the requests of a run; None if the model writes freely."""
        typed = self._typed(transcript, question, ranking, output) if output and not output.is_text else None
        if ranking and self.guidance:
            from orchestrator.guidance.guide import Guide  # noqa: PLC0415 - 10 ms, for guided models only

            return Guide(ranking, self.guidance, _last_result(transcript.spans), typed, trained=trained).constrain
        return typed.constrain if typed else self._free_calls(ranking)

    def _free_calls(self, ranking: Ranking | None) -> Constrain | None:
        """Return what holds the calls of tools with a schema, while the model writes freely; None if there is none."""
        held = ranking and any(tool.parameters is not None for tool in ranking.tools.values())
        if not ranking or not held or not self.model.info.grammars or self.asked_guidance is False:
            return None
        if self.protocol == "native":
            return None
        from orchestrator.guidance.free_calls import free_calls_of  # noqa: PLC0415 - for these only

        return free_calls_of(ranking.tools).constrain

    def _typed(
        self, transcript: Transcript, question: str, ranking: Ranking | None, output: OutputType
    ) -> TypedAnswers | None:
        """Return what holds the model to the type of its answer by grammars; None if its server takes none."""
        info = self.model.info
        if not info.grammars or self.protocol == "native":
            return None
        from orchestrator.guidance.typed_answers import TypedAnswers, frequent_words  # noqa: PLC0415 - for these only

        tools = tuple(ranking.tools) if ranking else ()
        if self.guidance is None and (not info.small or self.asked_guidance is False):
            return TypedAnswers(output.schema, None, tools, thinks=info.thinks is True)
        return TypedAnswers(output.schema, _said(transcript.spans, question), tools, frequent_words())

    def _write(
        self,
        transcript: Transcript,
        question: str,
        tools: Mapping[str, Tool],
        style: Style,
        ranking: Ranking | None,
        output: OutputType | None,
    ) -> None:
        """Write the hidden prompt and the question into the context."""
        template, before = self.model.info.template, transcript.spans
        shown = ranking.nearest(style.examples) if ranking else ()
        for message in opening(shown, tools, style, as_turns=template is not None, before=before):
            transcript.append(message.text, "system", message.role)
            for call in message.calls:
                transcript.call(call, "system")
        if transcript.role == "user":  # an earlier question got no answer
            transcript.append("\n\n", "runtime", "user")
        transcript.append(
            changed_tools(before, tools, style) + asked_for(output, small=self.model.info.small), "runtime", "user"
        )
        transcript.append(defuse(question, template.markers if template else ()), "user", "user")


def _in_protocol(model: Model, protocol: CallProtocol) -> Model:
    """Return the model in the chosen protocol."""
    if protocol == "text":
        return model
    if not isinstance(model, OffersFunctions):
        raise ConfigError(
            f"{model.info.name} has no function calling: the native protocol needs a chat server, openai:NAME, with "
            "base_url for one of your own; the text protocol needs none"
        )
    return model.with_functions()


def _ranked(question: str, tools: Mapping[str, Tool]) -> Ranking:
    from orchestrator.guidance.similarity import rank  # noqa: PLC0415 - 5 ms, and another 5 ms to read the examples

    return rank(defuse(question), tools)


def _said(spans: Sequence[Span], question: str) -> str:
    """Return what users and tools have said, and the question."""
    return "\n".join([*(span.text for span in spans if span.origin in ("user", "tool")), question])


def _last_result(spans: Sequence[Span]) -> str:
    """Return the result of the conversation's last call; empty if there was none."""
    last = next((span.text for span in reversed(spans) if span.origin == "tool"), "")
    return match[1] if (match := _RESULT.search(last)) else ""


_RESULT = re.compile(r"_RESULT:(.*)\]\s*$", re.DOTALL)
