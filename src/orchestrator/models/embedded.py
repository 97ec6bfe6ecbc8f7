"""A model on this machine, without key and network. llama.cpp's server runs in this process.

The name is empty or "base" for the shipped model (SmolLM2-135M-Instruct) as its makers trained it, "adapted" for the
shipped model with the shipped adapter, or the path of another GGUF file. Does not know how the server is run
(``_llama``), nor where the shipped weights come from (``_weights``).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from pathlib import Path

from orchestrator.core.chat_template import CHATML, ChatTemplate
from orchestrator.core.errors import ConfigError
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.tool import Request
from orchestrator.core.types import Delta, ModelInfo, Price
from orchestrator.models import _llama, _weights
from orchestrator.models._checks import named_template
from orchestrator.models._completions import Completions, Quirks
from orchestrator.models._gguf import text_of, trained_context
from orchestrator.models._grammars import grammar_in
from orchestrator.models._served import SMALL_BYTES
from orchestrator.runtime.extras import require
from orchestrator.runtime.settings import Settings

OPTIONS = ("template", "context_size", "adapter")
BASE, ADAPTED = "base", "adapted"  # the shipped model without and with the shipped adapter
ADAPTER = "tool_calls.gguf"
TRAINED_ON = "orchestrator.prompt"  # in an adapter's header: the form of the prompt that it was trained on
PROMPT_FORM = "text 1"
LONGEST_CONTEXT = 16_384  # tokens, unless ModelOptions.context_size asks for more


def create(name: str, options: ModelOptions) -> Embedded:
    """Make the shipped model, or the model of a GGUF file. Does not start the server.

    Args:
        name: Empty or "base" for the shipped model, "adapted" for the shipped model with the shipped adapter, else the
            path of the GGUF file.
        options: ``context_size`` is in tokens. Without it, a file's model gets the context window that it was trained
            for, at most 16,384 tokens. ``template`` replaces the file's chat template. ``adapter`` replaces the shipped
            adapter.

    Raises:
        ConfigError: An option is not valid.
    """
    kind = name.strip().lower()
    path = None if kind in ("", BASE, ADAPTED) else Path(name).expanduser()
    if options.context_size is not None and options.context_size < 1:
        raise ConfigError(f"context_size is {options.context_size}: it is a number of tokens, such as 4096")
    if kind == BASE and options.adapter:
        raise ConfigError("embedded:base is the model without an adapter: leave ModelOptions(adapter=…) out, or :base")
    template = None if path else CHATML
    if options.template:
        template = named_template(options.template)
    own = Path(options.adapter).expanduser() if options.adapter else None
    adapter = own or (None if path else shipped_adapter())
    adapted = bool(own) or kind == ADAPTED
    label = f"embedded:{path.stem if path else _weights.MODEL}{f'+{adapter.stem}' if adapter and adapted else ''}"
    size = options.context_size or _context_of(path)
    return Embedded(label, path, template, size, adapter, adapted=adapted)


def shipped_adapter() -> Path | None:
    """Return the adapter in this package; None if there is none."""
    path = Path(__file__).with_name(ADAPTER)
    return path if path.exists() else None


class Embedded:
    """The model of one GGUF file. Objects for the same files and context size share one server.

    Args:
        label: The model's name in runs.
        path: The GGUF file; None for the shipped weights.
        template: The chat template; None to derive it from the file.
        context_size: The context window in tokens.
        adapter: The GGUF file of an adapter that the server loads.
        adapted: Whether it applies.
    """

    def __init__(
        self,
        label: str,
        path: Path | None,
        template: ChatTemplate | None,
        context_size: int,
        adapter: Path | None = None,
        *,
        adapted: bool = True,
    ) -> None:
        self._label = label
        self._path = path
        self._template = template
        self._context_size = context_size
        self._adapter = adapter
        self._adapted = adapter is not None and adapted
        self._trained = adapter is not None and adapted and text_of(adapter, TRAINED_ON) == PROMPT_FORM
        self._lock = threading.Lock()
        self._connection: tuple[_llama.LlamaServer, Completions] | None = None

    @property
    def info(self) -> ModelInfo:
        """What the loop knows of the model.

        For a user's file, this starts the server, because only it can read the template.
        """
        if self._template is None:
            from orchestrator.models._chat_template import derived_template  # noqa: PLC0415 - brings httpx2, 0.2 s

            self._template = derived_template(self._server().address)
        return ModelInfo(
            self._label,
            "raw",
            self._template,
            Price(0, 0),
            grammars=True,
            small=_is_small(self._path),
            trained=self._trained,
        )

    @property
    def address(self) -> str:
        """The address of its server, up to and including ``/v1``. The server is started if it does not run yet."""
        return f"{self._server().address}/v1"

    def stream(self, request: Request) -> Generator[Delta, None, None]:
        """Stream one request, at temperature 0 unless the request has one. See ``_http.stream``.

        Raises:
            ConfigError: The extra ``local`` or the weights are missing, or the file cannot be loaded.
            ModelError: The server failed.
        """
        server, completions = self._connected()
        try:
            yield from completions.stream(request)
        finally:
            server.slots.release(request)

    async def astream(self, request: Request) -> AsyncGenerator[Delta, None]:
        """Stream one request without blocking the event loop. See ``stream``."""
        server, completions = await asyncio.to_thread(self._connected)
        try:
            async with aclosing(completions.astream(request)) as deltas:
                async for delta in deltas:
                    yield delta
        finally:
            server.slots.release(request)

    def tokenize(self, text: str, *, control: bool) -> list[tuple[int, bytes]]:
        """Split a text into tokens.

        Args:
            text: The text.
            control: Whether the template's strings are read as control tokens.

        Returns:
            Each token's id and bytes.

        Raises:
            ConfigError: The extra ``local`` or the weights are missing, or the file cannot be loaded.
            ModelError: The server did not answer.
        """
        from orchestrator.models import _tokenize  # noqa: PLC0415 - brings httpx2, 0.2 s

        return _tokenize.pieces(self._server().address, text, control=control)

    def token_ids(self, text: str) -> list[int]:
        """Return the tokens of a text, the template's strings as control tokens. Raises what ``tokenize`` raises."""
        return [number for number, _ in self.tokenize(text, control=True)]

    def adapters(self, *, applied: bool) -> list[dict[str, float]]:
        """Return the field ``lora`` of a request to the server: which adapters apply, and how much."""
        return [{"id": 0, "scale": float(self._adapted and applied)}] if self._adapter else []

    def _connected(self) -> tuple[_llama.LlamaServer, Completions]:
        """Return the server, and a completions model that talks to it. After a fork both are new."""
        server = self._server()
        with self._lock:
            if self._connection is None or self._connection[0] is not server:
                completions = Completions(f"{server.address}/v1", "", quirks=self._quirks(server))
                self._connection = (server, completions)
            return self._connection

    def _server(self) -> _llama.LlamaServer:
        require("the embedded model", "local", "xllamacpp")  # first: without it, weights are of no use
        return _llama.server_for(_llama.ModelFile(self._path or shipped_weights(), self._context_size, self._adapter))

    def _quirks(self, server: _llama.LlamaServer) -> Quirks:
        def fields(request: Request) -> dict[str, object]:
            # Token counts come in each chunk, so that they are known although most answers are cut at a call.
            slot = server.slots.choose(request)
            sent: dict[str, object] = {"timings_per_token": True, "cache_prompt": True, "id_slot": slot}
            # A small model answers best if it always takes the likeliest token. The same question gives the same run.
            sent["temperature"] = request.temperature or 0.0
            # An adapter that calls tools is not for prompts without tools. So nothing is forgotten there.
            sent["lora"] = self.adapters(applied=request.trained or not self._trained)
            sent |= grammar_in("grammar", request.grammar)
            if request.call_bias:
                sent["logit_bias"] = [["[", request.call_bias]]
            return sent | _NO_REPEATS if request.penalize_repetition else sent

        # llama.cpp often closes the connection after a stream, so none is kept. A new connection takes 0.2 ms here.
        return Quirks(fields, keep_alive=False, on_response=_llama.remember)


def _context_of(path: Path | None) -> int:
    """The context window that the model was trained for, up to a bound: the memory grows with it."""
    trained = trained_context(path) if path else None
    return min(trained, LONGEST_CONTEXT) if trained else _llama.CONTEXT_SIZE


def _is_small(path: Path | None) -> bool:
    """Whether the model does better with guidance: about a billion parameters of four bits, or fewer."""
    try:
        return path is None or path.stat().st_size < SMALL_BYTES
    except OSError:
        return False


# llama.cpp's sampler "DRY" makes a token less likely if it continues a repetition, and the longer the repetition, the
# less likely. Only the last 16 tokens count, so that the answer may use the prompt's words. With 64 tokens, an answer
# that repeated its question could not say the right word: "The capital of Japan is New York City."
_NO_REPEATS: dict[str, object] = {
    "dry_multiplier": 0.8,
    "dry_base": 1.75,
    "dry_allowed_length": 2,
    "dry_penalty_last_n": 16,
}


def shipped_weights() -> Path:
    """Return the path of the shipped model's weights.

    Raises:
        ConfigError: They are not there.
    """
    cache = Settings.from_environment().cache
    if not _weights.installed(cache):
        raise ConfigError(
            f"the embedded model's weights are not in {cache}: run `orchestrator models pull` once "
            f"({_weights.DOWNLOAD_BYTES / 1e6:.0f} MB), or choose another model (--model on the command line)"
        )
    return _weights.weights_path(cache)
