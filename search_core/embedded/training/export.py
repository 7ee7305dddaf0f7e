"""Writes trained models as folders that transformers' Auto classes load."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import torch
import transformers  # its classes are imported where they are used first: many stages use none
from safetensors.torch import load_file
from transformers import PreTrainedTokenizerFast

from search_core.embedded.training.decoding import TokenSampling
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.model import DecoderShape, LanguageModel
from search_core.embedded.training.verifier_model import VerifierModel
from search_core.engine.reading.score_reading import ScoreReading, score_reading

WEIGHTS_FILE = "model.safetensors"


def export_solver(
    state: dict[str, torch.Tensor],
    shape: DecoderShape,
    tokenizer: PreTrainedTokenizerFast,
    sampling: TokenSampling,
    folder: Path,
) -> None:
    """Writes a solver for `AutoModelForCausalLM`, in half precision."""
    config = _config(shape, tokenizer)
    model = transformers.LlamaForCausalLM(config)
    missing = model.load_state_dict(state, strict=False).missing_keys
    if missing not in ([], ["lm_head.weight"]):
        raise ValueError(f"The solver's weights lack {missing}; expected all but the tied head.")
    model.tie_weights()
    model.generation_config = transformers.GenerationConfig(
        do_sample=True,
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        top_k=0,
        max_new_tokens=sampling.longest,
        eos_token_id=config.eos_token_id,
        pad_token_id=config.pad_token_id,
    )
    _save(model, tokenizer, folder)


def export_verifier(
    state: dict[str, torch.Tensor],
    shape: DecoderShape,
    tokenizer: PreTrainedTokenizerFast,
    reading: ScoreReading,
    folder: Path,
) -> None:
    """Writes a verifier for `AutoModelForTokenClassification`, in half precision.

    Label 1 means that the step holds: its probability at the token that ends a step is the
    step's score, unless `reading`, which goes into the config, says otherwise.
    """
    config = _config(shape, tokenizer)
    config.num_labels = 2
    config.id2label = {0: "wrong", 1: "right"}
    config.label2id = {"wrong": 0, "right": 1}
    weights = dict(state)
    del weights["likelihood"]  # It was of use in training; `reading` says it all.
    config.score_reading = reading.to_config()
    model = transformers.LlamaForTokenClassification(config)
    model.load_state_dict(weights, strict=True)
    _save(model, tokenizer, folder)


def _config(shape: DecoderShape, tokenizer: PreTrainedTokenizerFast) -> transformers.LlamaConfig:
    codec = Codec.of(tokenizer)
    return transformers.LlamaConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        intermediate_size=shape.feed_forward,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.key_value_heads,
        head_dim=shape.head_size,
        max_position_embeddings=shape.positions,
        rope_parameters={"rope_type": "default", "rope_theta": shape.rope_theta},
        rms_norm_eps=shape.norm_epsilon,
        tie_word_embeddings=True,
        attention_bias=False,
        bos_token_id=codec.user,
        eos_token_id=codec.end,
        pad_token_id=tokenizer.pad_token_id,
    )


def _save(model: Any, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    model.half().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    for path in folder.iterdir():
        path.chmod(0o644)


def revision_of(folder: Path) -> str:
    """First 12 hex digits of the SHA-256 of a folder's weights."""
    return hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()[:12]


def load_solver(folder: Path, shape: DecoderShape) -> LanguageModel:
    """An exported solver back in the recipe's own model, in single precision."""
    model = LanguageModel(shape)
    state = _read(folder)
    model.load_state_dict({k: v for k, v in state.items() if k != "lm_head.weight"})
    return model.eval()


def load_verifier(folder: Path, shape: DecoderShape) -> VerifierModel:
    """An exported verifier back in the recipe's own model, in single precision."""
    model = VerifierModel(shape)
    state = _read(folder) | {"likelihood": torch.zeros(2)}
    model.load_state_dict(state)
    config = transformers.LlamaConfig.from_pretrained(folder)
    model.reading = score_reading(config) or ScoreReading()
    return model.eval()


def _read(folder: Path) -> dict[str, torch.Tensor]:
    return {name: value.float() for name, value in load_file(folder / WEIGHTS_FILE).items()}
