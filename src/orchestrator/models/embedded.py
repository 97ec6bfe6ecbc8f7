"""A model on this machine: no key, no network. llama.cpp's server runs in this process and is asked as any other.

The name is empty for the shipped model (SmolLM2-135M-Instruct), or the path of another GGUF file. Does not know how
the server is run (``_llama``) nor how the shipped weights come to be there (``_weights``).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from orchestrator.core.chat_template import CHATML, ChatTemplate
from orchestrator.core.errors import ConfigError
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.types import Delta, ModelInfo, Price, Request
from orchestrator.models import _llama, _weights
from orchestrator.models._checks import named_template
from orchestrator.models._completions import Completions, Quirks
from orchestrator.models._gguf import trained_context
from orchestrator.runtime.extras import require
from orchestrator.runtime.settings import Settings

LONGEST_CONTEXT = 16_384  # tokens, unless ModelOptions.context_size asks for more
SMALL_BYTES = 700_000_000


def create(name: str, options: ModelOptions) -> Embedded:
    """The shipped model for an empty ``name``, else the GGUF file at that path. Starts nothing yet."""
    path = Path(name).expanduser() if name else None
    if options.context_size is not None and options.context_size < 1:
        raise ConfigError(f"context_size is {options.context_size}: it is a number of tokens, such as 4096")
    template = None if path else CHATML
    if options.template:
        template = named_template(options.template)
    label = f"embedded:{path.stem}" if path else f"embedded:{_weights.MODEL}"
    return Embedded(label, path, template, options.context_size or _context_of(path))


class Embedded:
    """The model of one GGUF file; objects for the same file share one server."""

    def __init__(self, label: str, path: Path | None, template: ChatTemplate | None, context_size: int) -> None:
        self._label = label
        self._path = path
        self._template = template
        self._context_size = context_size
        self._lock = threading.Lock()
        self._reached: tuple[_llama.Running, Completions] | None = None

    @property
    def info(self) -> ModelInfo:
        """For a file of the user's, this starts the server, which alone can read the template in it."""
        if self._template is None:
            from orchestrator.models._chat_template import derived_template  # noqa: PLC0415 - brings httpx2, 0.2 s

            self._template = derived_template(self._running().address)
        return ModelInfo(self._label, "raw", self._template, Price(0, 0), grammars=True, small=_is_small(self._path))

    @property
    def address(self) -> str:
        """Where its server listens, up to and with ``/v1``; started when it does not run yet."""
        return f"{self._running().address}/v1"

    def stream(self, request: Request) -> Generator[Delta, None, None]:
        running, completions = self._reach()
        request = _with_temperature(request)
        try:
            yield from completions.stream(request)
        finally:
            running.slots.release(request)

    async def astream(self, request: Request) -> AsyncGenerator[Delta, None]:
        running, completions = await asyncio.to_thread(self._reach)
        request = _with_temperature(request)
        try:
            async with aclosing(completions.astream(request)) as deltas:
                async for delta in deltas:
                    yield delta
        finally:
            running.slots.release(request)

    def tokenize(self, text: str, *, control: bool) -> list[tuple[int, bytes]]:
        """Each token's number and bytes. With ``control``, the template's strings are control tokens, else text."""
        from orchestrator.models import _tokenize  # noqa: PLC0415 - brings httpx2, 0.2 s

        return _tokenize.pieces(self._running().address, text, control=control)

    def _reach(self) -> tuple[_llama.Running, Completions]:
        """The server, and the same as a completions model. A new one after a fork, where the server is another."""
        running = self._running()
        with self._lock:
            if self._reached is None or self._reached[0] is not running:
                completions = Completions(self.info, f"{running.address}/v1", "", quirks=_quirks(running))
                self._reached = (running, completions)
            return self._reached

    def _running(self) -> _llama.Running:
        require("the embedded model", "local", "xllamacpp")  # before anything is fetched for it
        return _llama.running(_llama.Weights(self._path or _shipped_weights(), self._context_size))


def _context_of(path: Path | None) -> int:
    """What the model was trained for, up to a bound: the context's memory grows with it."""
    trained = trained_context(path) if path else None
    return min(trained, LONGEST_CONTEXT) if trained else _llama.CONTEXT_SIZE


def _is_small(path: Path | None) -> bool:
    """Whether the model does better when it is held to examples: about a billion parameters of four bits, or fewer."""
    try:
        return path is None or path.stat().st_size < SMALL_BYTES
    except OSError:
        return False


# llama.cpp's sampler "DRY" makes a token less likely the longer the repetition that it prolongs. What stands more than
# 16 tokens back does not count: the prompt's words may be said. With 64, an answer that repeated its question was kept
# from the right word: "The capital of Japan is New York City."
_NO_REPEATS: dict[str, object] = {
    "dry_multiplier": 0.8,
    "dry_base": 1.75,
    "dry_allowed_length": 2,
    "dry_penalty_last_n": 16,
}


def _quirks(running: _llama.Running) -> Quirks:
    def added(request: Request) -> dict[str, object]:
        # The counts in each chunk, so that they are known although most answers are cut at a call.
        slot = running.slots.choose(request)
        sent: dict[str, object] = {"timings_per_token": True, "cache_prompt": True, "id_slot": slot}
        return sent | _NO_REPEATS if request.varied else sent

    # llama.cpp often closes a connection after a stream, so none is kept: a new one costs 0.2 ms here.
    return Quirks(added, keep_alive=False, on_response=_llama.remember)


def _shipped_weights() -> Path:
    cache = Settings.from_environment().cache
    if not _weights.installed(cache):
        raise ConfigError(
            f"the embedded model's weights are not in {cache}: run `orchestrator models pull` once "
            f"({_weights.DOWNLOAD_BYTES / 1e6:.0f} MB), or choose another model with --model"
        )
    return _weights.weights_path(cache)


def _with_temperature(request: Request) -> Request:
    # A small model is at its best when it takes the likeliest word, and the same question gives the same run.
    return request if request.temperature is not None else replace(request, temperature=0.0)
