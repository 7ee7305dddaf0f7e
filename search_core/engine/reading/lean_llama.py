"""A Llama's pass over blocks with the same arithmetic and a third of the Python around it.

A small model's pass is a thousand operations of some microseconds. Around each of them, modules
look for hooks, hand keyword arguments on and choose among implementations, which takes longer than
the operation, and Python's lock, at every token. Here the operations of transformers' Llama are
called one after the other, in single precision on a CPU. Whatever is otherwise is left to the
model's own code.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import LlamaForCausalLM, LlamaModel
from transformers.activations import SiLUActivation
from transformers.models.llama import modeling_llama as llama

from search_core.engine.memory.tree_attention import AttentionMetadata, attend

_KNOWN = (
    *(llama.LlamaForCausalLM, llama.LlamaModel, llama.LlamaDecoderLayer, llama.LlamaAttention),
    *(llama.LlamaMLP, llama.LlamaRMSNorm, llama.LlamaRotaryEmbedding),
    *(nn.Linear, nn.Embedding, nn.ModuleList, SiLUActivation),
)


@dataclass(frozen=True, slots=True)
class LeanOutput:
    """As far as anybody looks at what a model returns.

    Attributes:
        last_hidden_state: [1, tokens, hidden].
        logits: [1, tokens, vocabulary]; None for a model without them.
    """

    last_hidden_state: Tensor
    logits: Tensor | None = None


@dataclass(frozen=True, slots=True)
class _Linear:
    weight: Tensor
    bias: Tensor | None

    @classmethod
    def of(cls, layer: Any) -> _Linear:
        return cls(layer.weight, layer.bias)

    def __call__(self, values: Tensor) -> Tensor:
        return functional.linear(values, self.weight, self.bias)


@dataclass(frozen=True, slots=True)
class _Norm:
    weight: Tensor
    epsilon: float

    @classmethod
    def of(cls, norm: Any) -> _Norm:
        return cls(norm.weight, norm.variance_epsilon)

    def __call__(self, values: Tensor) -> Tensor:
        return functional.rms_norm(values, self.weight.shape, self.weight, self.epsilon)


@dataclass(frozen=True, slots=True)
class _LlamaLayer:
    before: _Norm
    after: _Norm
    query: _Linear
    key: _Linear
    value: _Linear
    output: _Linear
    gate: _Linear
    up: _Linear
    down: _Linear
    scaling: float


class LeanLlama:
    """The pass of one model. It holds the model's weights, and not the model.

    Args:
        model: One that `lean` has found to be as expected.
    """

    def __init__(self, model: Any) -> None:
        base = model.model if isinstance(model, LlamaForCausalLM) else model
        self._embedding = base.embed_tokens.weight
        self._padding = base.embed_tokens.padding_idx
        self._rotary = base.rotary_emb
        self._layers = [_layer(layer) for layer in base.layers]
        self._norm = _Norm.of(base.norm)
        self._head = _Linear.of(model.lm_head) if base is not model else None
        self._weight = self._layers[-1].down.weight
        self._size = int(base.layers[0].self_attn.head_dim)

    def is_of(self, model: Any) -> bool:
        """Whether the model still computes with these weights, and in its own way."""
        last = model.base_model.layers[-1].mlp.down_proj
        own_way = "forward" not in vars(model) and not model._forward_hooks
        return own_way and not model.training and getattr(last, "weight", None) is self._weight

    def __call__(
        self,
        *,
        input_ids: Tensor,
        position_ids: Tensor,
        attention_mask: Tensor,
        past_key_values: Any,
        attention_metadata: AttentionMetadata,
        use_cache: bool = True,
        logits_to_keep: int = 0,
    ) -> LeanOutput:
        """What the model returns for these arguments.

        Args:
            logits_to_keep: Logits of so many of the last tokens; 0: of all.
        """
        hidden = functional.embedding(input_ids[0], self._embedding, self._padding)
        turn = _turns(self._rotary, hidden, position_ids)
        for layer, kept in zip(self._layers, past_key_values.layers, strict=True):
            normed = layer.before(hidden)
            query, key = self._rotated(layer, normed, turn)
            value = layer.value(normed).view(len(normed), -1, self._size).transpose(0, 1)
            keys, values = kept.update(key[None], value[None])
            found, _ = attend(
                None,
                query[None],
                keys,
                values,
                attention_mask,
                layer.scaling,
                attention_metadata=attention_metadata,
            )
            hidden = hidden + layer.output(found.reshape(len(hidden), -1))
            normed = layer.after(hidden)
            wide = functional.silu(layer.gate(normed), inplace=True).mul_(layer.up(normed))
            hidden = hidden + layer.down(wide)
        last = self._norm(hidden)
        logits = self._head(last[-logits_to_keep:])[None] if self._head else None
        return LeanOutput(last[None], logits)

    def _rotated(
        self, layer: _LlamaLayer, normed: Tensor, turn: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Queries and keys, [heads, tokens, head size] each, turned together."""
        tokens = len(normed)
        query = layer.query(normed).view(tokens, -1, self._size)
        key = layer.key(normed).view(tokens, -1, self._size)
        both = torch.cat((query, key), dim=1)
        swapped = both.roll(self._size // 2, -1).mul_(turn[1])
        turned = (both * turn[0]).add_(swapped).transpose(0, 1)
        heads = query.shape[1]
        return turned[:heads], turned[heads:]


_found: weakref.WeakKeyDictionary[Any, LeanLlama | None] = weakref.WeakKeyDictionary()


def lean(model: Any) -> Any:
    """The lean pass of a model; the model itself where it is not what is known here."""
    if model not in _found:
        _found[model] = LeanLlama(model) if _is_known(model) else None
    known = _found[model]
    if known is None or not known.is_of(model):
        return model
    return known


def _is_known(model: Any) -> bool:
    if type(model) not in (LlamaForCausalLM, LlamaModel) or model.training:
        return False
    config, layers = model.config, model.base_model.layers
    if config.hidden_act != "silu" or config.num_hidden_layers != len(layers):
        return False
    plain = all(
        type(part) in _KNOWN
        and "forward" not in vars(part)
        and not part._forward_hooks
        and not part._forward_pre_hooks
        for part in model.modules()
    )
    return plain and all(
        one.dtype == torch.float32 and one.device.type == "cpu" for one in model.parameters()
    )


def _layer(layer: Any) -> _LlamaLayer:
    attention, wide = layer.self_attn, layer.mlp
    return _LlamaLayer(
        before=_Norm.of(layer.input_layernorm),
        after=_Norm.of(layer.post_attention_layernorm),
        query=_Linear.of(attention.q_proj),
        key=_Linear.of(attention.k_proj),
        value=_Linear.of(attention.v_proj),
        output=_Linear.of(attention.o_proj),
        gate=_Linear.of(wide.gate_proj),
        up=_Linear.of(wide.up_proj),
        down=_Linear.of(wide.down_proj),
        scaling=attention.scaling,
    )


def _turns(rotary: Any, hidden: Tensor, positions: Tensor) -> tuple[Tensor, Tensor]:
    """By what a head and its swapped halves are multiplied, [tokens, 1, head size] each."""
    cos, sin = rotary(hidden, positions)
    half = sin.shape[-1] // 2
    signed = torch.cat((-sin[..., :half], sin[..., half:]), dim=-1)
    return cos[0][:, None], signed[0][:, None]
