"""Floating-point operations of a model's forward passes, by its sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ModelShape:
    """Sizes of a dense decoder that its FLOPs depend on.

    Attributes:
        body_parameters: Parameters without embeddings and output head.
        layers: Transformer layers.
        attention_width: heads * head_dim (queries).
        hidden: Width of the residual stream.
        outputs: Width of what is read out at a position: the vocabulary of a language
            model, the number of labels of a classifier.
    """

    body_parameters: int
    layers: int
    attention_width: int
    hidden: int
    outputs: int


def forward_flops(shape: ModelShape | None, *, context: int, tokens: int, outputs: int) -> float:
    """FLOPs of computing `tokens` new positions after `context` cached ones.

    F = 2 N_body T + 4 L A (c T + T (T + 1) / 2) + 2 H V P: matrix products, causal
    attention (scores and values), and the read-out at P = `outputs` positions.
    Checked against an operation counter in `tests/test_cost.py`.

    Returns 0.0 for an unknown shape: unknown is shown as unknown, never guessed.
    """
    if shape is None:
        return 0.0
    attended = context * tokens + tokens * (tokens + 1) // 2
    return float(
        2 * shape.body_parameters * tokens
        + 4 * shape.layers * shape.attention_width * attended
        + 2 * shape.hidden * shape.outputs * outputs
    )


def writing_flops(
    shape: ModelShape | None, *, written: int, prefilled: int, reused: int, known: int
) -> float:
    """FLOPs of writing `written` tokens after a prompt of `prefilled` + `reused` ones.

    Args:
        prefilled: Prompt tokens computed for it: its share, where several texts share a prompt.
        reused: The others.
        known: Those of them that were there before anything was computed.
    """
    prompt = prefilled + reused
    read = forward_flops(shape, context=known, tokens=prompt - known, outputs=1)
    # Of reading a prompt that several texts share, each has its share.
    read *= prefilled / max(1, prompt - known)
    # The prompt's last position already gives the first token.
    later = max(0, written - 1)
    return read + forward_flops(shape, context=prompt, tokens=later, outputs=later)


# Shapes ------------------------------------------------------------------------------------


def decoder_shape(
    *,
    layers: int,
    hidden: int,
    heads: int,
    key_value_heads: int,
    head_size: int,
    feed_forward: int,
    outputs: int,
) -> ModelShape:
    """Shape of a dense decoder with gated feed-forward layers (Llama and its relatives)."""
    attention = 2 * hidden * head_size * (heads + key_value_heads)
    return ModelShape(
        body_parameters=layers * (attention + 3 * hidden * feed_forward),
        layers=layers,
        attention_width=heads * head_size,
        hidden=hidden,
        outputs=outputs,
    )


LARGER_MODELS: dict[str, ModelShape] = {
    name: decoder_shape(
        layers=layers,
        hidden=hidden,
        heads=heads,
        key_value_heads=8,
        head_size=head_size,
        feed_forward=feed_forward,
        outputs=128_256,
    )
    for name, layers, hidden, heads, head_size, feed_forward in (
        ("Llama-3.2-1B", 16, 2048, 32, 64, 8192),
        ("Llama-3.2-3B", 28, 3072, 24, 128, 8192),
        ("Llama-3.1-8B", 32, 4096, 32, 128, 14_336),
        ("Llama-3.1-70B", 80, 8192, 64, 128, 28_672),
    )
}
"""Models to compare with, by the sizes in their published `config.json`."""


_UNGATED = frozenset(
    {"bloom", "falcon", "gpt2", "gpt_bigcode", "gpt_neox", "gptj", "opt", "phi", "starcoder2"}
)
_BIASED_QUERIES = frozenset({"qwen2", "qwen2_moe"})


def shape_of_config(config: Any) -> ModelShape | None:
    """Shape of a model from its transformers config, read by attribute names alone.

    Counts weight matrices (and attention biases) without norms, embeddings and output head.
    A verifier that reads the likelihood (`engine.reading.score_reading`) takes every token
    through the vocabulary, which then counts. Of a mixture of experts it counts what one token
    passes through: router, shared experts and the experts chosen.

    Returns:
        None if a size is missing or the attention is of another kind (latent attention):
        its FLOPs are then unknown.
    """
    text = config.get_text_config() if hasattr(config, "get_text_config") else config
    hidden, layers, heads, vocabulary = (
        int(getattr(text, name, None) or 0)
        for name in ("hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size")
    )
    if not (hidden and layers and heads and vocabulary):
        return None
    if getattr(text, "intermediate_size", None) is None or _latent_attention(text):
        return None
    head_size = getattr(text, "head_dim", None) or hidden // heads
    key_value_heads = getattr(text, "num_key_value_heads", None) or heads
    attention = 2 * hidden * head_size * (heads + key_value_heads)
    attention += _attention_biases(text, hidden, head_size, heads, key_value_heads)
    body = layers * attention + sum(_feed_forward(text, layer) for layer in range(layers))
    if _reads_likelihood(config):
        body += hidden * vocabulary
    return ModelShape(body, layers, heads * head_size, hidden, _outputs(config, vocabulary))


def _reads_likelihood(config: Any) -> bool:
    reading = getattr(config, "score_reading", None) or {}
    return any(part.get("total") or part.get("least") for part in reading.values())


def _latent_attention(text: Any) -> bool:
    return getattr(text, "kv_lora_rank", None) is not None


def _outputs(config: Any, vocabulary: int) -> int:
    """A classifier reads out its labels, a language model its vocabulary."""
    architectures = getattr(config, "architectures", None) or ("",)
    return int(config.num_labels) if "Classification" in architectures[0] else vocabulary


def _attention_biases(
    text: Any, hidden: int, head_size: int, heads: int, key_value_heads: int
) -> int:
    inputs = head_size * (heads + 2 * key_value_heads)
    if getattr(text, "attention_bias", False):
        return inputs + hidden
    return inputs if getattr(text, "model_type", "") in _BIASED_QUERIES else 0


def _feed_forward(text: Any, layer: int) -> int:
    """Feed-forward parameters that one token passes through in one layer."""
    hidden = text.hidden_size
    matrices = 2 if getattr(text, "model_type", "") in _UNGATED else 3
    experts = next(
        (
            count
            for name in ("num_local_experts", "num_experts", "n_routed_experts")
            if (count := getattr(text, name, None))
        ),
        0,
    )
    if not experts or _is_dense(text, layer):
        return int(matrices * hidden * text.intermediate_size)
    width = getattr(text, "moe_intermediate_size", None) or text.intermediate_size
    shared = getattr(text, "shared_expert_intermediate_size", None) or 0
    gate = hidden if shared else 0
    shared += (getattr(text, "n_shared_experts", None) or 0) * width
    chosen = text.num_experts_per_tok * width
    return int(matrices * hidden * (chosen + shared) + hidden * experts + gate)


def _is_dense(text: Any, layer: int) -> bool:
    """Whether a layer of a mixture of experts is an ordinary one."""
    every = getattr(text, "decoder_sparse_step", None) or 1
    return (
        layer < (getattr(text, "first_k_dense_replace", None) or 0)
        or layer in (getattr(text, "mlp_only_layers", None) or ())
        or (layer + 1) % every != 0
    )


# What else the same FLOPs could buy --------------------------------------------------------


def one_answer_flops(shape: ModelShape | None, prompt_tokens: int, answer_tokens: int) -> float:
    """FLOPs of answering once, greedily, with a cache. 0.0 for an unknown shape.

    Raises:
        ValueError: A count is negative.
    """
    if prompt_tokens < 0 or answer_tokens < 0:
        raise ValueError(
            f"Token counts must not be negative; got {prompt_tokens} and {answer_tokens}."
        )
    # The prompt's last position already gives the first token of the answer.
    later = max(0, answer_tokens - 1)
    return forward_flops(shape, context=0, tokens=prompt_tokens, outputs=1) + forward_flops(
        shape, context=prompt_tokens, tokens=later, outputs=later
    )
