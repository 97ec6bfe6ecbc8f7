"""How closely a model is held to its worked examples, and which models are. Values only: the grammars that follow from
them are ``guide``'s, which is loaded with the first question that is guided.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.core.errors import ConfigError
from orchestrator.core.types import ModelInfo


@dataclass(frozen=True, slots=True)
class Guidance:
    """How closely a model is held to its worked examples.

    A tool, or answering without one, stays possible with ``tool_margin`` of the votes of the most voted one; a call
    with ``call_margin`` of the most voted call's, ``most_calls`` at the most. ``answers`` holds the sentence after a
    result to that result.
    """

    tool_margin: float = 0.8
    call_margin: float = 0.7
    most_calls: int = 6
    answers: bool = True


def guidance_for(chosen: Guidance | bool | None, info: ModelInfo, *, cot: bool) -> Guidance | None:
    """What was chosen; where nothing was, small models are guided unless they are to think first."""
    if chosen is None:
        chosen = info.small and info.grammars and not cot
    if chosen and not info.grammars:
        raise ConfigError(
            f"guidance needs a server that takes grammars, and {info.name} is not known to: leave guidance out, use "
            "the embedded model, or say how the server takes them, as in ModelOptions(grammars='structured_outputs')"
        )
    return Guidance() if chosen is True else chosen or None
