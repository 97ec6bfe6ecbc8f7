"""The arms by name: how each is made for a model, and what its results depend on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.function_calling import others, ours
from benchmarks.function_calling.ours import Ask
from benchmarks.function_calling.questions import Function, Question, Turn

import orchestrator as library
from orchestrator import ConfigError, Model, Orchestrator
from orchestrator.models.embedded import Embedded
from orchestrator.runtime.extras import install

_CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
_FIRST = Question("", 0, (Turn("user", "What is the time in Oslo?"),), (Function("clock", "The time.", _CITY),))


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to ask.

    Attributes:
        name: Its name in the results.
        ask: Asks a question.
        code: What the results depend on besides the model: a hash of the library's code, or a version.
    """

    name: str
    ask: Ask
    code: str


def served(model: str) -> Model:
    """Load a model.

    Args:
        model: The model as the library names it, such as ``embedded`` or ``embedded:/path/model.gguf``.

    Raises:
        ConfigError: There is no such model.
    """
    return Orchestrator(model, tools=[]).model


def arm_of(name: str, model: Model) -> Arm:
    """Make an arm, and ask it one question, so that the server is started and the arm is known to work.

    Args:
        name: One of ``ARMS``.
        model: The model.

    Raises:
        ConfigError: A package is missing, or the arm cannot ask this model.
    """
    make, code = ARMS[name]
    try:
        arm = Arm(name, make(model), code())
    except (ImportError, PackageNotFoundError) as error:
        raise ConfigError(f"the arm {name} needs another package ({error}): {install('bench')}") from error
    arm.ask(_FIRST, lambda *_, **__: "12:00")
    return arm


@cache
def source() -> str:
    """Return a hash of this library's files, so that results of another state of the code are not mixed with these.

    It is computed once: whoever works on the library while it is measured does not change what is measured.
    """
    root, found = Path(library.__file__).parent, hashlib.sha256()
    for file in sorted(root.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            found.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:16]


def _on_server(make: Callable[[str], Ask], model: Model) -> Ask:
    if not isinstance(model, Embedded):
        raise ConfigError("the other arms use the server of an embedded model: --model embedded:/path/model.gguf")
    return make(model.address)


ARMS: dict[str, tuple[Callable[[Model], Ask], Callable[[], str]]] = {
    "orchestrator": (partial(ours.orchestrator, guided=True), source),
    "unguided": (partial(ours.orchestrator, guided=False), source),
    "native": (partial(_on_server, others.native), partial(version, "xllamacpp")),
    "required": (partial(_on_server, partial(others.native, required=True)), partial(version, "xllamacpp")),
    "pydantic-ai": (partial(_on_server, others.pydantic_ai), partial(version, "pydantic-ai-slim")),
    "openai-agents": (partial(_on_server, others.openai_agents), partial(version, "openai-agents")),
}
LABELS = {
    "unguided": "orchestrator, unguided",
    "native": "the server's own function calling",
    "required": "the same, told to call",
}
