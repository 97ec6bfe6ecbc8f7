"""``Guidance``: how strictly a model is held to calls that few-shot examples support. Values only.

The module ``guide`` makes the grammars. It is loaded with the first guided question.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.core.errors import ConfigError
from orchestrator.core.typed import typed_fields
from orchestrator.core.types import ModelInfo


@typed_fields
@dataclass(frozen=True, slots=True)
class Guidance:
    """How strictly a small model is held to calls that few-shot examples support.

    Examples that are similar to the question vote for tools and calls. A grammar leaves only those with enough votes.

    Attributes:
        tool_margin: A tool, or an answer without a tool, is allowed if it has at least this share of the votes of the
            most voted one. From 0 to 1.
        call_margin: A call is allowed if it has at least this share of the votes of the same tool's most voted call.
            From 0 to 1.
        most_calls: How many calls are allowed at the most.
        answers: Whether the answer after a short result is limited to sentences that contain the result. If not, it is
            only kept free of calls and of other numbers.
    """

    tool_margin: float = 0.8
    call_margin: float = 0.7
    most_calls: int = 6
    answers: bool = True


def guidance_for(chosen: Guidance | bool | None, info: ModelInfo, *, cot: bool) -> Guidance | None:
    """Return the guidance of a model; None if it is not guided.

    Args:
        chosen: What the caller chose. None guides a small model whose server takes grammars, unless ``cot`` is set.
        info: The model.
        cot: Whether the model is asked to think step by step before it answers.

    Raises:
        ConfigError: Guidance was chosen, but the model's server is not known to take grammars.
    """
    if chosen is None:
        chosen = info.small and info.grammars and not cot
    if chosen and not info.grammars:
        raise ConfigError(
            f"guidance needs a server that takes grammars, and {info.name} is not known to: leave guidance out, use "
            "the embedded model, or say how the server takes them, as in ModelOptions(grammars='structured_outputs')"
        )
    return Guidance() if chosen is True else chosen or None
