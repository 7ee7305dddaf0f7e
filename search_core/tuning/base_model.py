"""The model that is tuned, and what turns texts into its ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from search_core.engine.checkpoints.checkpoint import find_checkpoint
from search_core.engine.checkpoints.loading import load_checkpoint
from search_core.engine.path_tokens import PathTokens, end_ids
from search_core.tuning.layers import attach
from search_core.tuning.settings import TuningSettings


@dataclass(frozen=True, slots=True)
class Tuned:
    """A base with changes that can be learned.

    Attributes:
        end: Id of the token that ends a solution.
        revision: The base's.
    """

    model: Any
    tokens: PathTokens
    end: int
    revision: str


def prepare(settings: TuningSettings) -> Tuned:
    """The base in float32, as a solver reads a problem without a system prompt.

    Raises:
        ModelLoadError: It cannot be loaded.
        ValueError: It has no end token, or no layers that can be changed.
    """
    checkpoint = find_checkpoint(settings.base)
    if checkpoint.changes is not None:
        raise ValueError(f"{settings.base} holds low-rank changes; expected a whole model.")
    loaded = load_checkpoint(checkpoint, "ForCausalLM", settings.device, "float32")
    loaded.model.set_attn_implementation("sdpa")  # takes a mask for each pack
    ends = end_ids(loaded.model, loaded.tokenizer)
    if not ends:
        raise ValueError(f"{settings.base} has no token that ends a text. Choose another base.")
    attach(loaded.model, settings.shape, settings.seed)
    return Tuned(loaded.model, PathTokens(loaded.tokenizer), ends[0], checkpoint.revision)
