"""The embedded model as a network in PyTorch, with an adapter: weights from its GGUF file, LoRA beside each matrix.

A LoRA adds ``(x A^T) B^T · alpha / rank`` to the output of a matrix (Hu et al., 2021, arXiv:2106.09685). Only A and B
are trained. The network is llama.cpp's "llama": RMS norm, rotary positions (pairs next to each other, as GGUF files
have them), grouped-query attention, SwiGLU, and the output from the embedding matrix.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from gguf.quants import dequantize
from torch import Tensor, nn
from torch.nn import functional

from orchestrator.core.errors import ConfigError
from orchestrator.models.embedded import PROMPT_FORM, TRAINED_ON

MATRICES = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
SCALE = 2.0  # alpha / rank


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a model.

    Attributes:
        layers: How many layers.
        heads: Attention heads.
        key_heads: Heads of keys and values.
        width: The size of a hidden state.
        rope_base: The base of the rotary positions' angles.
        epsilon: What RMS norm adds to the mean square.
    """

    layers: int
    heads: int
    key_heads: int
    width: int
    rope_base: float
    epsilon: float

    @property
    def head(self) -> int:
        """The size of one head."""
        return self.width // self.heads


class Network(nn.Module):
    """The model with an adapter.

    Args:
        path: The GGUF file.
        rank: The adapter's rank.
        seed: The seed of the adapter's first values.
        dtype: The type of the model's weights and of all activations. The adapter is kept in float32.

    Raises:
        ConfigError: The file is no GGUF file of this architecture.
    """

    def __init__(self, path: Path, rank: int, seed: int, dtype: torch.dtype) -> None:
        super().__init__()
        reader = _opened(path)
        self.shape = _shape(reader)
        self.rank = rank
        self._dtype = dtype
        self._frozen = {each.name: _dequantized(each).to(dtype) for each in reader.tensors}
        made = torch.Generator().manual_seed(seed)
        self.adapter = nn.ParameterDict()
        for name, matrix in self._adapted():
            outputs, inputs = matrix.shape
            self.adapter[_key(name, "a")] = nn.Parameter(torch.randn(rank, inputs, generator=made) / inputs**0.5)
            self.adapter[_key(name, "b")] = nn.Parameter(torch.zeros(outputs, rank))

    def forward(self, tokens: Tensor, positions: Tensor, attends: Tensor) -> Tensor:
        """Return the last hidden states (rows, length, width).

        Args:
            tokens: (rows, length).
            positions: (rows, length).
            attends: (rows, length, length), bool: which tokens each token attends to.
        """
        x = functional.embedding(tokens, self._frozen["token_embd.weight"])
        turn = self._turns(positions)
        hidden = torch.zeros(attends.shape, dtype=self._dtype).masked_fill(~attends, -1e9)[:, None]
        for layer in range(self.shape.layers):
            x = x + self._attention(layer, self._norm(x, f"blk.{layer}.attn_norm"), turn, hidden)
            h = self._norm(x, f"blk.{layer}.ffn_norm")
            gated = functional.silu(self._linear(layer, "ffn_gate", h)) * self._linear(layer, "ffn_up", h)
            x = x + self._linear(layer, "ffn_down", gated)
        return self._norm(x, "output_norm")

    def logits(self, hidden: Tensor) -> Tensor:
        """Return the log-odds of every token (…, vocabulary) in float32, from hidden states (…, width)."""
        return functional.linear(hidden, self._frozen["token_embd.weight"]).float()

    def tensors(self) -> Mapping[str, np.ndarray[Any, Any]]:
        """Return the adapter as llama.cpp names its parts: A (rank, inputs) and B (outputs, rank), in float32."""
        return {
            f"{name}.weight.lora_{part}": self.adapter[_key(name, part)].detach().float().numpy()
            for name, _ in self._adapted()
            for part in ("a", "b")
        }

    def start_from(self, path: Path) -> None:
        """Take the values of an adapter's file.

        Raises:
            ConfigError: The file cannot be read, or the adapter is of another model or rank.
        """
        read = {each.name: _dequantized(each) for each in _opened(path).tensors}
        own = {f"{name}.weight.lora_{part}": _key(name, part) for name, _ in self._adapted() for part in ("a", "b")}
        if {name: each.shape for name, each in read.items()} != {
            name: self.adapter[key].shape for name, key in own.items()
        }:
            raise ConfigError(f"{path} is not an adapter of this model with rank {self.rank}")
        with torch.no_grad():
            for name, key in own.items():
                self.adapter[key].copy_(read[name])

    def _adapted(self) -> Iterator[tuple[str, Tensor]]:
        for layer in range(self.shape.layers):
            for matrix in MATRICES:
                name = f"blk.{layer}.{matrix}"
                yield name, self._frozen[f"{name}.weight"]

    def _linear(self, layer: int, matrix: str, x: Tensor) -> Tensor:
        name = f"blk.{layer}.{matrix}"
        a, b = (self.adapter[_key(name, part)] for part in ("a", "b"))
        added = functional.linear(functional.linear(x, a.to(self._dtype)), (b * SCALE).to(self._dtype))
        return functional.linear(x, self._frozen[f"{name}.weight"]) + added

    def _norm(self, x: Tensor, name: str) -> Tensor:
        return functional.rms_norm(x, (self.shape.width,), self._frozen[f"{name}.weight"], self.shape.epsilon)

    def _attention(self, layer: int, x: Tensor, turn: tuple[Tensor, Tensor], hidden: Tensor) -> Tensor:
        rows, length, _ = x.shape
        shape = self.shape

        def heads(matrix: str, count: int) -> Tensor:
            return self._linear(layer, matrix, x).view(rows, length, count, shape.head)

        # Written out: in bfloat16 with a mask, this takes 0.4 of the time of PyTorch's fused attention for CPUs.
        q = _rotated(heads("attn_q", shape.heads), turn).transpose(1, 2)
        k = _rotated(heads("attn_k", shape.key_heads), turn).transpose(1, 2) * shape.head**-0.5
        v = heads("attn_v", shape.key_heads).transpose(1, 2)
        shared = (rows, shape.key_heads, -1)  # the query heads of one key head, one below the other
        scores = (q.reshape(*shared, shape.head) @ k.mT).view(rows, shape.heads, length, length) + hidden
        mixed = (scores.softmax(-1).view(*shared, length) @ v).view(rows, shape.heads, length, shape.head)
        return self._linear(layer, "attn_output", mixed.transpose(1, 2).reshape(rows, length, shape.width))

    def _turns(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        """Cosine and sine of each position's angles: (rows, length, 1, head / 2)."""
        head = self.shape.head
        angles = positions[..., None] * self.shape.rope_base ** (-torch.arange(0, head, 2) / head)
        return angles.cos()[:, :, None].to(self._dtype), angles.sin()[:, :, None].to(self._dtype)


def _rotated(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    cosine, sine = turn
    a, b = x[..., ::2], x[..., 1::2]
    return torch.stack([a * cosine - b * sine, a * sine + b * cosine], -1).flatten(-2)


def _key(name: str, part: str) -> str:
    return f"{name}.{part}".replace(".", "-")  # PyTorch allows no dots


def _opened(path: Path) -> Any:
    try:
        return gguf.GGUFReader(path)
    except (OSError, ValueError, IndexError) as error:
        raise ConfigError(f"cannot read the weights at {path}: {error}") from error


def _shape(reader: Any) -> Shape:
    kind = reader.fields["general.architecture"].contents()
    if kind != "llama":
        raise ConfigError(f"only models of llama.cpp's architecture llama can be trained, and this is {kind}")

    def of(name: str) -> Any:
        return reader.fields[f"llama.{name}"].contents()

    return Shape(
        layers=of("block_count"),
        heads=of("attention.head_count"),
        key_heads=of("attention.head_count_kv"),
        width=of("embedding_length"),
        rope_base=of("rope.freq_base"),
        epsilon=of("attention.layer_norm_rms_epsilon"),
    )


def _dequantized(tensor: Any) -> Tensor:
    values = dequantize(tensor.data, tensor.tensor_type).reshape(tuple(reversed(tensor.shape)))
    return torch.from_numpy(np.array(values, np.float32))


def fast_type() -> torch.dtype:
    """Return bfloat16 if this processor multiplies it, which is 2.5 times as fast; else float32."""
    supported = torch.ops.mkldnn._is_mkldnn_bf16_supported()  # noqa: SLF001 - PyTorch has no public name for it
    return torch.bfloat16 if supported else torch.float32


def rank_of(path: Path) -> int:
    """Return the rank of an adapter's file."""
    return min(min(map(int, each.shape)) for each in _opened(path).tensors)


def write_adapter(network: Network, path: Path) -> None:
    """Write the network's adapter as llama.cpp reads it, in float16. The file appears in one step."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    writer = gguf.GGUFWriter(unfinished, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_string(TRAINED_ON, PROMPT_FORM)
    writer.add_float32("adapter.lora.alpha", SCALE * network.rank)
    for name, values in network.tensors().items():
        writer.add_tensor(name, np.ascontiguousarray(values, np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    unfinished.replace(path)
