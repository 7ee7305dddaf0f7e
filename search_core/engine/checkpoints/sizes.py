"""Refuses a config whose sizes no model has, before anything is made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from search_core.engine.checkpoints.hub import ModelLoadError

_LIMITS: tuple[tuple[str, int], ...] = (
    (r"(num_|n_)?(hidden_|decoder_|encoder_|text_)?layers?|num_layers|n_layer|depth", 1000),
    (r"(num_|n_)[a-z_]*layers?|first_k_dense_replace|[a-z_]*layer_(freq|interval|step)", 1000),
    (r"(num_|n_)[a-z_]*(heads?|groups?)|n_head", 4096),
    (r"(num_|n_)[a-z_]*experts?[a-z_]*", 16_384),
    (r"num_labels", 10_000),
    (r"([a-z_]*_)?vocab_size", 100_000_000),
    (r"[a-z_]*(hidden|intermediate|embedding)_(size|dim)|d_model|d_ff|n_embd|n_inner", 10_000_000),
    (r"[a-z_]*(head_dim|_rank|state_size|conv_kernel)", 1_000_000),
    (r"[a-z_]*max_position_embeddings|n_positions|n_ctx|max_seq_len", 1_000_000_000),
)
"""Names of sizes, and what they may be at most: some ten times what any published model has."""
_PATTERNS = tuple((re.compile(pattern), most) for pattern, most in _LIMITS)
_FROM_NOUGHT = re.compile(
    r"(num|n)_(?!hidden_layers).*(experts|layers|groups).*|first_k_dense_replace|.*_rank|depth|shared_.*"
)
"""Sizes that may be 0: none of them."""
_LARGEST = 2**62
"""Of any whole number: what no library's integers hold would be an error of its own."""


def check_sizes(name: str, config: Mapping[str, Any], where: str = "config.json") -> None:
    """Refuse sizes that are no whole numbers, below 1, or more than any model has.

    Layers, labels and the like are made one by one before a weight is read, so that a config
    could keep the process busy for ever.

    Args:
        config: A config.json, without what is dropped.
        where: They stand, for the message.

    Raises:
        ModelLoadError: The message names the key, what was got and what may be.
    """
    for key, value in _entries(config):
        if isinstance(value, int) and abs(value) > _LARGEST:
            raise ModelLoadError(f"{name} cannot be loaded: {key} in {where} is too large.")
        most = next((most for pattern, most in _PATTERNS if pattern.fullmatch(key)), None)
        if most is None or value is None or isinstance(value, list | dict):
            continue
        least = 0 if _FROM_NOUGHT.fullmatch(key) else 1
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not least <= value <= most:
            raise ModelLoadError(
                f"{name} cannot be loaded: {key} in {where} is {value!r:.40}; expected a whole "
                f"number from {least} to {most:,}. Check that it is a model's config."
            )


def _entries(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        yield key, value
        if isinstance(value, Mapping):
            yield from _entries(value)
