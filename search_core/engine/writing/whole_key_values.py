"""Keys and values that cannot be cut: every call's prompts are read again, as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from search_core.engine.memory.kv_cache import new_cache, select_rows
from search_core.engine.writing.decode_call import OpenRow
from search_core.engine.writing.slots import Slot, count_prompt


class WholeKeyValues:
    """For models with sliding windows, linear attention and the like: nobody joins midway."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._cache: Any = None
        self._mask = torch.empty(0, 0, dtype=torch.bool)

    @property
    def joinable(self) -> bool:
        return self._cache is None

    def join(self, slots: Sequence[Slot], new: Sequence[Slot]) -> None:
        for slot in new:
            count_prompt(slot, 0)

    def forward(self, slots: Sequence[Slot]) -> Tensor:
        if self._cache is None:
            return self._read(slots)
        device = self._model.device
        self._mask = torch.cat([self._mask, self._mask.new_ones(len(slots), 1)], dim=-1)
        inputs = [[slot.first.newest, slot.first.length] for slot in slots]
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

    def _read(self, slots: Sequence[Slot]) -> Tensor:
        """Reads the prompts, padded on the left."""
        device = self._model.device
        prompts = [slot.first.row.prompt for slot in slots]
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

    def store(self, place: int, row: OpenRow) -> None:
        pass

    def blank(self, place: int) -> None:
        pass

    def arrange(self, sources: Sequence[int], slots: Sequence[Slot]) -> None:
        if list(sources) != list(range(len(self._mask))):
            select_rows(self._cache, list(sources), self._model.device)
            self._mask = self._mask[list(sources)]

    def clear(self, give_back: bool) -> None:
        self._cache = None
