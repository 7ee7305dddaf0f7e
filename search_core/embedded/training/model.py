"""The Llama architecture in plain PyTorch, small and quick on a CPU.

Parameter names are those of transformers' `LlamaForCausalLM`, so a state dict moves over
as it is (see `export`); a test checks that the logits agree.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class DecoderShape:
    """Sizes of a model.

    The default is deep and thin: a verifier needs layers left over after the one at which
    the right digit is known, to compare it with the digit that was written.
    """

    vocabulary: int = 768
    hidden: int = 96
    layers: int = 10
    heads: int = 4
    key_value_heads: int = 2
    head_size: int = 24
    feed_forward: int = 256
    positions: int = 512
    rope_theta: float = 10_000.0
    norm_epsilon: float = 1e-5

    def as_dict(self) -> dict[str, int | float]:
        return asdict(self)


class Norm(nn.Module):
    """Root-mean-square normalisation with a learned gain."""

    def __init__(self, size: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.weight.shape, self.weight, self.epsilon)


class Product(nn.Linear):
    """A matrix product without bias, in single precision, or in bfloat16 where `in_bfloat16`."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, bias=False)
        self.in_bfloat16 = False

    def forward(self, x: Tensor) -> Tensor:
        if self.in_bfloat16:
            return F.linear(x.bfloat16(), self.weight.bfloat16()).float()
        return F.linear(x, self.weight)


class KeyValueCache:
    """Keys and values of one layer for B sequences, grown in place.

    Attributes:
        keys, values: [B, key/value heads, capacity, head size].
        length: Positions filled so far, the same for every sequence.
    """

    def __init__(self, batch: int, shape: DecoderShape, capacity: int, like: Tensor) -> None:
        size = (batch, shape.key_value_heads, capacity, shape.head_size)
        self.keys = like.new_zeros(size)
        self.values = like.new_zeros(size)
        self.length = 0

    def append(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        end = self.length + keys.shape[2]
        self.keys[:, :, self.length : end] = keys
        self.values[:, :, self.length : end] = values
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]

    def keep(self, rows: Tensor) -> None:
        """Keeps the sequences in `rows` (int64), each as often as it is listed."""
        self.keys, self.values = self.keys[rows], self.values[rows]


class Attention(nn.Module):
    def __init__(self, shape: DecoderShape) -> None:
        super().__init__()
        self.shape = shape
        queries, keys = shape.heads * shape.head_size, shape.key_value_heads * shape.head_size
        self.q_proj = Product(shape.hidden, queries)
        self.k_proj = Product(shape.hidden, keys)
        self.v_proj = Product(shape.hidden, keys)
        self.o_proj = Product(queries, shape.hidden)

    def forward(
        self,
        x: Tensor,
        rotation: tuple[Tensor, Tensor],
        cache: KeyValueCache | None,
        mask: Tensor | None,
    ) -> Tensor:
        batch, length, _ = x.shape
        size = self.shape.head_size
        q = self.q_proj(x).view(batch, length, -1, size).transpose(1, 2)
        k = self.k_proj(x).view(batch, length, -1, size).transpose(1, 2)
        v = self.v_proj(x).view(batch, length, -1, size).transpose(1, 2)
        q, k = rotate(q, *rotation), rotate(k, *rotation)
        groups = self.shape.heads // self.shape.key_value_heads
        if cache is not None and mask is not None:
            mixed = attend(q, *cache.append(k, v), mask)
        else:
            k, v = k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        projected: Tensor = self.o_proj(mixed.transpose(1, 2).reshape(batch, length, -1))
        return projected


class FeedForward(nn.Module):
    def __init__(self, shape: DecoderShape) -> None:
        super().__init__()
        self.gate_proj = Product(shape.hidden, shape.feed_forward)
        self.up_proj = Product(shape.hidden, shape.feed_forward)
        self.down_proj = Product(shape.feed_forward, shape.hidden)

    def forward(self, x: Tensor) -> Tensor:
        projected: Tensor = self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))
        return projected


class Layer(nn.Module):
    def __init__(self, shape: DecoderShape) -> None:
        super().__init__()
        self.input_layernorm = Norm(shape.hidden, shape.norm_epsilon)
        self.self_attn = Attention(shape)
        self.post_attention_layernorm = Norm(shape.hidden, shape.norm_epsilon)
        self.mlp = FeedForward(shape)

    def forward(
        self,
        x: Tensor,
        rotation: tuple[Tensor, Tensor],
        cache: KeyValueCache | None,
        mask: Tensor | None,
    ) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), rotation, cache, mask)
        out: Tensor = x + self.mlp(self.post_attention_layernorm(x))
        return out


class Trunk(nn.Module):
    """Token ids in, hidden states out."""

    def __init__(self, shape: DecoderShape) -> None:
        super().__init__()
        self.shape = shape
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.hidden)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.hidden, shape.norm_epsilon)
        cosine, sine = rotations(shape)
        self.cosine: Tensor
        self.sine: Tensor
        self.register_buffer("cosine", cosine, persistent=False)
        self.register_buffer("sine", sine, persistent=False)

    def forward(
        self,
        tokens: Tensor,
        positions: Tensor | None = None,
        caches: list[KeyValueCache] | None = None,
        mask: Tensor | None = None,
    ) -> Tensor:
        """Hidden states after the last norm.

        Args:
            tokens: int64 [B, T].
            positions: int64 [B, T]; 0 to T-1 when None.
            caches: One per layer, for decoding; then `mask` is needed.
            mask: bool [B, T, keys so far], True where a token may look; without caches
                attention is plain causal.

        Returns:
            [B, T, hidden].
        """
        x = self.embed_tokens(tokens)
        if positions is None:
            rotation = (self.cosine[: tokens.shape[1]], self.sine[: tokens.shape[1]])
        else:
            rotation = (self.cosine[positions].unsqueeze(1), self.sine[positions].unsqueeze(1))
        for index, layer in enumerate(self.layers):
            x = layer(x, rotation, caches[index] if caches else None, mask)
        normalised: Tensor = self.norm(x)
        return normalised


class LanguageModel(nn.Module):
    """A trunk whose output projection is its token embedding."""

    def __init__(self, shape: DecoderShape) -> None:
        super().__init__()
        self.shape = shape
        self.model = Trunk(shape)
        self.apply(lambda module: _initialise(module, shape))

    def logits(self, hidden: Tensor) -> Tensor:
        """[..., hidden] to [..., vocabulary]."""
        return F.linear(hidden, self.model.embed_tokens.weight)


def _initialise(module: nn.Module, shape: DecoderShape) -> None:
    """Small normal weights; what writes to the residual stream starts at zero."""
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=shape.hidden**-0.5)
    elif isinstance(module, nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
    elif isinstance(module, Attention):
        nn.init.zeros_(module.o_proj.weight)
    elif isinstance(module, FeedForward):
        nn.init.zeros_(module.down_proj.weight)


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    """Attention over a cache, without copying keys and values for each query head.

    Args:
        q: [B, heads, T, head size].
        k, v: [B, key/value heads, keys, head size].
        mask: bool [B, T, keys], True where a query may look.

    Returns:
        [B, heads, T, head size].
    """
    batch, heads, length, size = q.shape
    groups = heads // k.shape[1]
    grouped = q.reshape(batch, k.shape[1], groups * length, size)
    scores = (grouped @ k.transpose(2, 3)) * size**-0.5
    # A finite floor: queries at padding see nothing, and must not become NaN.
    blocked = ~mask.repeat(1, groups, 1).unsqueeze(1)
    weights = scores.masked_fill(blocked, -1e9).softmax(dim=-1)
    mixed: Tensor = weights @ v
    return mixed.view(batch, heads, length, size)


def rotations(shape: DecoderShape) -> tuple[Tensor, Tensor]:
    """Cosines and sines of the rotary position embedding, each [positions, head size]."""
    exponents = torch.arange(0, shape.head_size, 2).float() / shape.head_size
    angles = torch.outer(torch.arange(shape.positions).float(), shape.rope_theta**-exponents)
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotary position embedding of x [B, heads, T, head size], half against half as in Llama."""
    first, second = x.chunk(2, dim=-1)
    return x * cosine + torch.cat([-second, first], dim=-1) * sine
