"""A model with fixed replies, for tests, examples and documentation. No network, no randomness.

    ScriptedModel(["It is [CALCULATOR:6*7]", "42."])     one reply for each request, in order
    ScriptedModel(lambda request: request.prompt[-3:])   a reply made from the request
    --model scripted:replies.json                        a JSON list of replies
    --model "scripted:Hello."                            the same reply to every request

Every reply is streamed in short pieces, so that every call arrives in several pieces.
"""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.core.errors import ConfigError, ModelError
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.tool import Request
from orchestrator.core.types import Delta, ModelInfo
from orchestrator.core.usage import Usage
from orchestrator.models._checks import named_template

OPTIONS = ("template", "price")
CHUNK = 4  # characters; so short that every call arrives in several pieces


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply.

    Attributes:
        text: The answer's text.
        finish: The finish reason. None makes an interrupted stream.
        reasoning: Text of the reasoning channel, streamed before ``text``.
        usage: Token counts, sent with the finish reason.
        error: Raised after the text, or at once if there is no text and no reasoning.
    """

    text: str = ""
    finish: str | None = "stop"
    reasoning: str = ""
    usage: Usage | None = None
    error: Exception | None = None


Script = Callable[[Request], str | Reply | Iterable[Delta]]


@dataclass(slots=True)
class Taken:
    """How much of one reply was read.

    Attributes:
        characters: Characters of the reply's text that were read.
        closed_early: Whether the reader closed the stream before its end.
    """

    characters: int = 0
    closed_early: bool = False


def create(name: str, options: ModelOptions) -> ScriptedModel:
    """Make the model that ``--model scripted:NAME`` names.

    Args:
        name: The path of a JSON file (``….json``) with a list of replies, or the one reply to every request. A reply in
            the file is a text, or an object with ``text``, ``finish`` and ``reasoning``.
        options: With ``template`` the model takes one prompt string.

    Raises:
        ConfigError: The file cannot be read, or does not hold a list of replies.
    """
    info = ModelInfo("scripted", price=options.price)
    if options.template:
        info = ModelInfo("scripted", "raw", named_template(options.template), options.price)
    if name.endswith(".json"):
        return ScriptedModel(_replies(Path(name).expanduser()), info=info)
    return ScriptedModel(lambda _: name, info=info)


class ScriptedModel:
    """A model with fixed replies.

    Args:
        replies: One reply for each request, in order, or a function that makes a reply from the request.
        info: What the loop knows of the model.
        chunk: The length of the streamed pieces, in characters.

    Attributes:
        info: What the loop knows of the model.
        requests: All requests so far.
        taken: How much of each reply was read, in the order of ``requests``.
    """

    def __init__(
        self,
        replies: Sequence[str | Reply] | Script,
        *,
        info: ModelInfo | None = None,
        chunk: int = CHUNK,
    ) -> None:
        self.info: ModelInfo = info or ModelInfo("scripted")
        self.requests: list[Request] = []
        self.taken: list[Taken] = []
        self._replies = replies
        self._chunk = max(1, chunk)
        self._lock = threading.Lock()

    def stream(self, request: Request) -> Generator[Delta, None, None]:
        """Stream the next reply.

        Raises:
            ModelError: There are more requests than replies.
            Exception: The reply's ``error``.
        """
        answer, taken = self._answer(request)
        try:
            for delta in self._deltas(answer):
                taken.characters += len(delta.text)
                yield delta
        except GeneratorExit:  # an error of the script is the reply's regular end
            taken.closed_early = True
            raise

    async def astream(self, request: Request) -> AsyncGenerator[Delta, None]:
        """Stream the next reply. See ``stream``."""
        deltas = self.stream(request)
        try:
            for delta in deltas:
                yield delta
        finally:
            deltas.close()

    def _answer(self, request: Request) -> tuple[str | Reply | Iterable[Delta], Taken]:
        with self._lock:
            turn = len(self.requests)
            taken = Taken()
            self.requests.append(request)
            self.taken.append(taken)
        if callable(self._replies):
            return self._replies(request), taken
        if turn >= len(self._replies):
            raise ModelError(f"the script has {len(self._replies)} replies and this is request {turn + 1}: add a reply")
        return self._replies[turn], taken

    def _deltas(self, answer: str | Reply | Iterable[Delta]) -> Iterable[Delta]:
        if not isinstance(answer, str | Reply):
            yield from answer
            return
        reply = Reply(answer) if isinstance(answer, str) else answer
        for piece in self._pieces(reply.reasoning):
            yield Delta(reasoning=piece)
        for piece in self._pieces(reply.text):
            yield Delta(piece)
        if reply.error is not None:
            raise reply.error
        if reply.finish or reply.usage:
            yield Delta(finish=reply.finish, usage=reply.usage)

    def _pieces(self, text: str) -> Iterable[str]:
        return (text[start : start + self._chunk] for start in range(0, len(text), self._chunk))


def _replies(path: Path) -> list[str | Reply]:
    try:
        entries = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read the script {path} ({error.strerror}): check the path") from error
    except ValueError as error:
        raise ConfigError(f"{path} is not JSON ({error}): write a list of replies") from error
    if not isinstance(entries, list):
        raise ConfigError(f"{path} holds no list: write a JSON list of replies")
    return [_reply(entry, path) for entry in entries]


def _reply(entry: object, path: Path) -> str | Reply:
    if isinstance(entry, str):
        return entry
    if isinstance(entry, dict) and entry and set(entry) <= {"text", "finish", "reasoning"}:
        return Reply(entry.get("text", ""), entry.get("finish", "stop"), entry.get("reasoning", ""))
    raise ConfigError(f"{path} holds {entry!r}: a reply is a text, or an object with text, finish and reasoning")
