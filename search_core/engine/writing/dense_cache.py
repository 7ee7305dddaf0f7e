"""Keys and values that cannot be cut: every call's prompts are read again, as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from search_core.engine.memory.growing_cache import new_cache, select_rows
from search_core.engine.writing.decode_cache import SequenceGroup, count_prompt
from search_core.engine.writing.decode_call import SequenceState


class DenseCache:
    """For models with linear attention, capped scores and the like: nobody joins midway."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._cache: Any = None
        self._mask = torch.empty(0, 0, dtype=torch.bool)

    @property
    def joinable(self) -> bool:
        return self._cache is None

    def join(self, groups: Sequence[SequenceGroup], new: Sequence[SequenceGroup]) -> None:
        for group in new:
            count_prompt(group, 0)

    def forward(self, groups: Sequence[SequenceGroup]) -> Tensor:
        if self._cache is None:
            return self._read(groups)
        device = self._model.device
        self._mask = torch.cat([self._mask, self._mask.new_ones(len(groups), 1)], dim=-1)
        inputs = [[group.first.last_token, group.first.position] for group in groups]
        tokens, positions = torch.tensor(inputs, device=device).T[..., None]
        logits: Tensor = self._model(
            input_ids=tokens,
            attention_mask=self._mask,
            position_ids=positions,
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
        ).logits
        return logits[:, -1]

    def _read(self, groups: Sequence[SequenceGroup]) -> Tensor:
        """Reads the prompts, padded on the left."""
        device = self._model.device
        prompts = [group.first.request.prompt for group in groups]
        width = max(map(len, prompts))
        padded = [(0,) * (width - len(prompt)) + prompt for prompt in prompts]
        first = torch.tensor([width - len(prompt) for prompt in prompts], device=device)
        columns = torch.arange(width, device=device)
        self._mask = columns >= first[:, None]
        self._cache = new_cache(self._model.config)
        logits: Tensor = self._model(
            input_ids=torch.tensor(padded, device=device),
            attention_mask=self._mask,
            position_ids=(columns - first[:, None]).clamp_(min=0),
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
        ).logits
        return logits[:, -1]

    def keep(self, place: int, sequence: SequenceState) -> None:
        pass

    def blank(self, place: int) -> None:
        pass

    def arrange(self, sources: Sequence[int], groups: Sequence[SequenceGroup]) -> None:
        if list(sources) != list(range(len(self._mask))):
            select_rows(self._cache, list(sources), self._model.device)
            self._mask = self._mask[list(sources)]

    def clear(self, free_memory: bool) -> None:
        self._cache = None
