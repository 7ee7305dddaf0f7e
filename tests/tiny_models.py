"""Tiny random or scripted checkpoints, made on the fly, for tests of the engine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    LlamaForTokenClassification,
    PreTrainedTokenizerFast,
)

SPECIAL = ["<|pad|>", "<|user|>", "<|assistant|>", "<|end|>"]
MERGED = ["ĊĊ", ".ĊĊ"]
TEMPLATE = (
    "{% for message in messages %}<|user|>{{ message['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def tiny_tokenizer(template: str = TEMPLATE) -> PreTrainedTokenizerFast:
    """Bytes, four special tokens, and "\\n\\n" and ".\\n\\n" as one token each."""
    pieces = [*SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet()), *MERGED]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.BPE(vocabulary, [("Ċ", "Ċ"), (".", "ĊĊ")]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<|pad|>",
        eos_token="<|end|>",
        additional_special_tokens=["<|user|>", "<|assistant|>"],
        clean_up_tokenization_spaces=False,
    )
    if template:
        fast.chat_template = template
    return fast


VOCABULARY = len(SPECIAL) + 256 + len(MERGED)


def tiny_config(**changes: Any) -> LlamaConfig:
    values = {
        "vocab_size": VOCABULARY,
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "intermediate_size": 48,
        "max_position_embeddings": 256,
        "initializer_range": 0.3,  # large enough that the output is far from uniform
        "bos_token_id": None,
        "eos_token_id": 3,
        "pad_token_id": 0,
    }
    return LlamaConfig(**{**values, **changes})


def tiny_solver(folder: Path, *, seed: int = 0, template: str = TEMPLATE, **changes: Any) -> Path:
    """Saves a random solver."""
    torch.manual_seed(seed)
    LlamaForCausalLM(tiny_config(**changes)).save_pretrained(folder)
    tiny_tokenizer(template).save_pretrained(folder)
    return folder


def tiny_verifier(folder: Path, *, labels: int = 2, seed: int = 1, **changes: Any) -> Path:
    """Saves a random verifier."""
    torch.manual_seed(seed)
    model = LlamaForTokenClassification(tiny_config(num_labels=labels, **changes))
    model.save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


def scripted_solver(folder: Path, next_tokens: Mapping[int, int], **changes: Any) -> Path:
    """Saves a solver whose next token depends on the last one alone, as scripted.

    Its layers add nothing, its embedding is the identity, and its head holds the script.
    """
    model = scripted_model(VOCABULARY, dict.fromkeys(next_tokens.items(), 0.3), **changes)
    model.save_pretrained(folder)
    # The prompt is the problem alone, so that its last character starts the script.
    tiny_tokenizer("{{ messages[0]['content'] }}").save_pretrained(folder)
    return folder


def scripted_model(size: int, script: Mapping[tuple[int, int], float], **changes: Any) -> Any:
    """A model whose layers add nothing, whose embedding is the identity, and whose head holds the
    script: how much speaks for a token after another.

    Args:
        size: Of its vocabulary.
    """
    config = tiny_config(
        vocab_size=size, hidden_size=size, num_hidden_layers=1, num_attention_heads=2, **changes
    )
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        layer = model.model.layers[0]
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
        model.model.embed_tokens.weight.copy_(torch.eye(size))
        model.lm_head.weight.zero_()
        for (now, then), weight in script.items():
            model.lm_head.weight[then, now] = weight
    return model
