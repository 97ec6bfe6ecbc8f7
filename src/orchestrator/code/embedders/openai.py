"""OpenAI's text-embedding-3-small, 1,536 numbers. It is used only if it is named: it sends the code to a server.

OPENAI_API_KEY must be set. OPENAI_BASE_URL may name another server with the same protocol. A request that fails for a
passing reason is sent up to three times. A finished batch is never sent again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from orchestrator.code.extra import needed
from orchestrator.core.errors import (
    ConfigError,
    ModelBadResponse,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnreachable,
)
from orchestrator.runtime.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    import openai
    from numpy.typing import NDArray
    from openai.types import CreateEmbeddingResponse

MODEL = "text-embedding-3-small"
DIMENSION = 1_536
LONGEST_TEXT = 16_000  # characters: the model reads 8,191 tokens, and a token of code has at least two characters
BATCH_TEXTS = 256
BATCH_CHARACTERS = 400_000  # the server accepts 300,000 tokens in a request
ATTEMPTS = 3
BACKOFF = 0.5  # seconds, doubled each time
TIMEOUT = 60.0


def create() -> OpenAIEmbedder:
    """Return the embedder with the key of the environment.

    Raises:
        ConfigError: There is no key, or the extra ``code`` is not installed.
    """
    needed()
    settings = Settings.from_environment()
    if settings.openai_api_key is None:
        raise ConfigError("no OpenAI key: set OPENAI_API_KEY, or take the embedder that needs none (static)")
    import openai  # noqa: PLC0415 - one second to load

    key, url = settings.openai_api_key, settings.openai_base_url
    return OpenAIEmbedder(openai.OpenAI(api_key=key, base_url=url, max_retries=0, timeout=TIMEOUT))


class OpenAIEmbedder:
    """The embedder. It sends texts in batches to the client."""

    name: str = f"openai-{MODEL}"
    dimension: int = DIMENSION
    sends_data: bool = True

    def __init__(self, client: openai.OpenAI) -> None:
        self._client = client

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vector of each text with unit length, shape (texts, 1,536).

        An empty text gets zeros, because the server refuses it. Only the first 16,000 characters of a text are sent.

        Raises:
            ModelError: The server refuses the key or the request, does not answer, or sends something else.
        """
        import numpy as np  # noqa: PLC0415 - in the extra `code`

        encoded = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for batch in _batches(texts):
            rows = self._vectors([texts[number][:LONGEST_TEXT] for number in batch])
            if rows.shape != (len(batch), DIMENSION):
                raise ModelBadResponse(f"{self._client.base_url} sent vectors of shape {rows.shape} for {MODEL}")
            encoded[batch] = rows
        lengths = np.linalg.norm(encoded, axis=1, keepdims=True)
        np.divide(encoded, lengths, out=encoded, where=lengths > 0)
        return encoded

    def _vectors(self, texts: list[str]) -> NDArray[np.float32]:
        import numpy as np  # noqa: PLC0415 - in the extra `code`

        answer = _answer(self._client, texts)
        in_order = sorted(answer.data or (), key=lambda item: item.index)
        try:
            return np.array([item.embedding for item in in_order], dtype=np.float32)
        except (TypeError, ValueError) as error:
            raise ModelBadResponse(f"{self._client.base_url} sent no vectors: check OPENAI_BASE_URL") from error


def _batches(texts: Sequence[str]) -> Iterator[list[int]]:
    """The positions of the texts that are not empty, in batches that the server accepts."""
    batch: list[int] = []
    characters = 0
    for number, text in enumerate(texts):
        length = min(len(text), LONGEST_TEXT)
        if not text.strip():
            continue
        if batch and (len(batch) == BATCH_TEXTS or characters + length > BATCH_CHARACTERS):
            yield batch
            batch, characters = [], 0
        batch.append(number)
        characters += length
    if batch:
        yield batch


def _may_go_away(error: BaseException) -> bool:
    import openai  # noqa: PLC0415 - loaded by now

    if isinstance(error, openai.RateLimitError):
        return error.code != "insufficient_quota"
    return isinstance(error, openai.APIConnectionError | openai.InternalServerError | openai.ConflictError)


def _answer(client: openai.OpenAI, texts: list[str]) -> CreateEmbeddingResponse:
    """The server's answer. An error of the SDK becomes one of ours, with the next step and without the key."""
    import openai  # noqa: PLC0415 - loaded by now
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential  # noqa: PLC0415

    wait, stop = wait_random_exponential(multiplier=BACKOFF, max=8.0), stop_after_attempt(ATTEMPTS)
    retrying = Retrying(retry=retry_if_exception(_may_go_away), wait=wait, stop=stop, reraise=True)
    try:
        return retrying(client.embeddings.create, model=MODEL, input=texts)
    except openai.APITimeoutError as error:
        raise ModelTimeout(f"{MODEL} did not answer in {TIMEOUT:g} s: try again") from error
    except openai.APIConnectionError as error:
        unreachable = "no connection to the embedding server: check the network and OPENAI_BASE_URL"
        raise ModelUnreachable(unreachable) from error
    except openai.AuthenticationError as error:
        raise ModelRefused("the embedding server does not accept the key: check OPENAI_API_KEY") from error
    except openai.RateLimitError as error:
        step = "check plan and billing" if error.code == "insufficient_quota" else "try again later"
        raise ModelRateLimited(f"too many requests for {MODEL}, or the quota is used up: {step}") from error
    except openai.APIStatusError as error:
        refused = f"the embedding server refuses {MODEL} ({error.status_code}): try again, or static"
        raise ModelRefused(refused) from error
    except (openai.OpenAIError, ValueError, AttributeError) as error:  # AttributeError: the SDK on an HTML page
        raise ModelBadResponse("the embedding server did not send what it should: check OPENAI_BASE_URL") from error
