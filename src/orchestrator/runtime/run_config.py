"""What an orchestrator has settled, and what each of its runs begins with: the hidden prompt, the question, the loop.

Puts values together; knows which parts there are, not how an orchestrator came by them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from orchestrator.core.errors import ConfigError
from orchestrator.core.limits import Limits
from orchestrator.core.loop import Loop, Sample
from orchestrator.core.policy import Approver, Policy
from orchestrator.core.prompt import EXAMPLES, GUIDED_EXAMPLES, Style, changed_tools, example_turns, hidden_prompt
from orchestrator.core.protocols import Held, Model
from orchestrator.core.syntax import defuse
from orchestrator.core.transcript import Transcript
from orchestrator.core.types import Request, Span, Tool
from orchestrator.guidance.options import Guidance, guidance_for


@dataclass(frozen=True, slots=True)
class Setup:
    """What an orchestrator has settled, and what each of its runs begins with."""

    model: Model
    tools: Mapping[str, Tool]
    limits: Limits
    style: Style
    temperature: float | None
    policy: Policy
    approve: Approver | None
    guidance: Guidance | None = None

    def guided(self, asked: Guidance | bool | None, examples: int | None) -> Setup:
        """With the guidance that follows from what was ``asked``, and the worked examples that go with it."""
        textual = self.tools and not self.style.native
        guidance = guidance_for(asked, self.model.info, cot=self.style.cot) if textual else None
        if examples is None:
            examples = GUIDED_EXAMPLES if guidance else EXAMPLES
        return replace(self, guidance=guidance, style=replace(self.style, examples=examples))

    def loop(self, transcript: Transcript, question: str, policy: Policy | None) -> Loop:
        """The run of ``question``, which is put into ``transcript``. Raises ConfigError where it is empty."""
        policy = policy or self.policy
        policy.check(self.tools)
        self._put(transcript, question, policy)
        return Loop(
            transcript,
            question,
            self.model.info,
            self.tools,
            self.limits,
            self.temperature,
            policy=policy,
            parallel=self.style.parallel,
            held=self._held(question, policy.allowed(self.tools), _last_result(transcript.spans)),
        )

    def first_request(self, question: str) -> Request:
        """What the model is asked first."""
        wanted = self.loop(Transcript(self.model.info.template), question, None).next(0.0)
        if not isinstance(wanted, Sample):
            raise ConfigError("the limits leave nothing to be sent: raise max_seconds")
        return wanted.request

    def _put(self, transcript: Transcript, question: str, policy: Policy) -> None:
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
        transcript.append(changed_tools(transcript.spans, tools, self.style), "runtime", "user")
        transcript.append(defuse(question, template.markers if template else ()), "user", "user")

    def _held(self, question: str, tools: Mapping[str, Tool], last: str) -> Held | None:
        if not self.guidance:
            return None
        from orchestrator.guidance.guide import Guide  # noqa: PLC0415 - 10 ms, where one is wanted
        from orchestrator.guidance.no_tool_examples import NO_TOOL_EXAMPLES  # noqa: PLC0415 - and these are seven hundred

        return Guide(defuse(question), tools, NO_TOOL_EXAMPLES, self.guidance, last).held


def _last_result(spans: Sequence[Span]) -> str:
    """What the last call of the conversation brought; empty where there was none."""
    last = next((span.text for span in reversed(spans) if span.origin == "tool"), "")
    return match[1] if (match := _RESULT.search(last)) else ""


_RESULT = re.compile(r"_RESULT:(.*)\]\s*$", re.DOTALL)
