"""Models of any shape with random weights, whose steps have lengths that are drawn.

A benchmark wants steps of 30 to 100 tokens from every way of writing them, and a random model
would hardly ever write a delimiter. So the length is in the weights, and no engine needs to
know: every token but the first of a step says how many tokens are still to come, and the last
layer makes the one that comes next the only likely one. The first token is drawn from those
that say anything from the shortest to the longest step, so a step's length follows from its
own seed. Everything else is random, and every weight takes part as it does in a trained model.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from torch import Tensor
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    LlamaForTokenClassification,
    PreTrainedTokenizerFast,
)
from transformers.utils import logging

from search_core.engine.checkpoints.loading import LoadedModel
from search_core.flops import shape_of_config
from search_core.protocols import ModelInfo

_SPECIAL = ("<|pad|>", "<|user|>", "<|assistant|>", "<|end|>")
_ASSISTANT, _END = 2, 3
_DELIMITER = len(_SPECIAL)
_FIRST_LETTER = 0x4E00
"""Ideographs: each is one character of text, and none combines with its neighbour."""
_TEMPLATE = (
    "{% for message in messages %}<|user|>{{ message['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


@dataclass(frozen=True, slots=True)
class LlamaShape:
    """A Llama's sizes.

    Attributes:
        name: What tables call it.
        vocabulary: Rows of the token embedding; the tokenizer knows at most 1,000 of them.
        tied: Whether the token embedding is the output layer too.
        shortest, longest: Tokens of a step, its delimiter included.
    """

    name: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    intermediate: int
    vocabulary: int = 1000
    tied: bool = True
    context: int = 4096
    shortest: int = 30
    longest: int = 100

    @property
    def letters(self) -> int:
        """Tokens that are ordinary text."""
        return min(self.vocabulary, 1000) - _DELIMITER - 1

    def config(self, **changes: Any) -> LlamaConfig:
        """Its transformers config."""
        values = {
            "vocab_size": self.vocabulary,
            "hidden_size": self.hidden,
            "num_hidden_layers": self.layers,
            "num_attention_heads": self.heads,
            "num_key_value_heads": self.kv_heads,
            "intermediate_size": self.intermediate,
            "max_position_embeddings": self.context,
            "tie_word_embeddings": self.tied,
            "bos_token_id": None,
            "eos_token_id": _END,
            "pad_token_id": 0,
        }
        return LlamaConfig(**(values | changes))


MID = LlamaShape("24M", 8, 512, 8, 4, 1365)
"""23.6M parameters."""
SMALL = LlamaShape("3M", 4, 256, 4, 2, 682)
LLAMA_1B = LlamaShape("Llama-3.2-1B", 16, 2048, 32, 8, 8192, vocabulary=128_256)
LLAMA_8B = LlamaShape("Llama-3.1-8B", 32, 4096, 32, 8, 14_336, vocabulary=128_256, tied=False)


def letter_tokenizer(shape: LlamaShape) -> PreTrainedTokenizerFast:
    """One token a character, and one for the delimiter: text and tokens say the same."""
    letters = [chr(_FIRST_LETTER + number) for number in range(shape.letters)]
    pieces = [*_SPECIAL, "\n\n", *letters]
    tokenizer = Tokenizer(models.WordLevel({piece: n for n, piece in enumerate(pieces)}, "<|pad|>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"\n\n|."), "isolated")
    tokenizer.decoder = decoders.Fuse()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<|pad|>",
        eos_token="<|end|>",
        additional_special_tokens=["<|user|>", "<|assistant|>"],
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = _TEMPLATE
    return fast


def random_problem(shape: LlamaShape, tokens: int, seed: int) -> str:
    """Text whose prompt has so many tokens, the template's own included."""
    drawn = random.Random(seed)
    return "".join(
        chr(_FIRST_LETTER + drawn.randrange(shape.letters)) for _ in range(max(1, tokens - 2))
    )


def random_solver(
    shape: LlamaShape, *, device: str = "cpu", dtype: torch.dtype = torch.float32, seed: int = 0
) -> LoadedModel:
    """A causal language model, made where it is to compute."""
    model = _made(LlamaForCausalLM, shape.config(), device, dtype, seed)
    with torch.no_grad():
        _write_countdown(model, shape)
    return _loaded(model, shape, "solver")


def random_verifier(
    shape: LlamaShape, *, device: str = "cpu", dtype: torch.dtype = torch.float32, seed: int = 1
) -> LoadedModel:
    """A token classifier with two labels."""
    config = shape.config(num_labels=2)
    return _loaded(
        _made(LlamaForTokenClassification, config, device, dtype, seed), shape, "verifier"
    )


def save_pair(shape: LlamaShape, folder: Path, seed: int = 0) -> tuple[Path, Path]:
    """Folders of a solver and a verifier of this shape, as models from elsewhere would be."""
    logging.disable_progress_bar()
    paths = folder / "solver", folder / "verifier"
    for path, loaded in zip(
        paths, (random_solver(shape, seed=seed), random_verifier(shape, seed=seed + 1)), strict=True
    ):
        loaded.model.save_pretrained(path)
        loaded.tokenizer.save_pretrained(path)
    return paths


def tiny(shape: LlamaShape = SMALL, **changes: Any) -> LlamaShape:
    """The smallest shape of which everything works, for tests."""
    sizes = {"layers": 2, "hidden": 64, "heads": 4, "kv_heads": 2, "intermediate": 48}
    lengths = {"shortest": 3, "longest": 8, "vocabulary": 120}
    return replace(shape, name="tiny", **(sizes | lengths | changes))


def _made(kind: Any, config: LlamaConfig, device: str, dtype: torch.dtype, seed: int) -> Any:
    before = torch.get_default_dtype()
    torch.manual_seed(seed)
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            model = kind(config)
    finally:
        torch.set_default_dtype(before)
    return model.eval().requires_grad_(False)


def _loaded(model: Any, shape: LlamaShape, kind: str) -> LoadedModel:
    info = ModelInfo(
        name=f"random {shape.name} {kind}",
        parameters=sum(weight.numel() for weight in model.parameters()),
        dtype=str(model.dtype).removeprefix("torch."),
        device=model.device.type,
        shape=shape_of_config(model.config),
    )
    return LoadedModel(model, letter_tokenizer(shape), info, model.device)


def _write_countdown(model: Any, shape: LlamaShape) -> None:
    """Gives some dimensions of the residual stream a meaning, and no one else may write there.

    Dimension k of the first `longest` ones says "k more tokens of this step are to come" (the
    delimiter says 0); the next one "I may begin a step", the last one "a prompt ends here".
    """
    begins, prompt = shape.longest, shape.longest + 1
    codes, size = shape.longest + 2, shape.hidden
    if codes > min(size // 2, shape.intermediate) or shape.letters < shape.longest:
        raise ValueError(
            f"Steps of up to {shape.longest} tokens need a hidden size of {2 * codes}, an "
            f"intermediate size of {codes} and {shape.longest} letters; {shape.name} has {size}, "
            f"{shape.intermediate} and {shape.letters}."
        )
    embedding: Tensor = model.model.embed_tokens.weight
    strength = 2 * size**0.5
    embedding[:, :codes] = 0.0
    for token in range(_DELIMITER + 1, _DELIMITER + 1 + shape.letters):
        left = 1 + token % (shape.longest - 1)
        embedding[token, left] = strength
        if left >= shape.shortest - 1:
            embedding[token, begins] = strength
    embedding[_DELIMITER, 0] = embedding[_ASSISTANT, prompt] = strength
    if not shape.tied:
        model.lm_head.weight[:, :codes] = embedding[:, :codes]
    for layer in model.model.layers:
        layer.self_attn.o_proj.weight[:codes] = 0.0
        layer.mlp.down_proj.weight[:codes] = 0.0
    # Neuron k sees dimension k, about as large as the root of the hidden size after the norm,
    # and squares it: it writes what follows in the text, and takes back what was there.
    mlp = model.model.layers[-1].mlp
    for weights in (mlp.gate_proj.weight, mlp.up_proj.weight):
        weights[:codes] = torch.eye(codes, size, dtype=weights.dtype, device=weights.device)
    mlp.down_proj.weight[:, :codes] = 0.0
    written = 5 / size**0.5
    for left in range(codes):
        if left == begins:
            continue
        mlp.down_proj.weight[left, left] = -written
        if left in (0, prompt):
            mlp.down_proj.weight[begins, left] = written
        else:
            mlp.down_proj.weight[left - 1, left] = written
        if shape.shortest - 1 <= left < begins:
            mlp.down_proj.weight[begins, left] = -written
    model.model.norm.weight[:codes] = 40 / size
