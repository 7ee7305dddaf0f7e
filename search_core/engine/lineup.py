"""The tokens of a pass, one behind the other, and where each stands among the bundles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from search_core.engine.bundled_attention import Places
from search_core.engine.bundles import SHARED, BundleBuffer
from search_core.engine.sampling import to_device


class Lineup:
    """Reads tokens into bundles. It may go on with the next tokens of the same rows.

    Args:
        buffer: With room for them.
        bundles: Of each token, ascending.
        rows: Of each token: its row's number in its bundle, or `SHARED`.
        columns: Of each token: where it is written. A token looks at what comes before it in
            its strip, and is its own row's or shared.
        steps: Of each token: how many columns further the next one of its row is written.
    """

    def __init__(
        self,
        buffer: BundleBuffer,
        bundles: Sequence[int],
        rows: Sequence[int],
        columns: Sequence[int],
        steps: Sequence[int] | None = None,
    ) -> None:
        self._buffer = buffer
        self._first = bundles[0]
        self._count = bundles[-1] - bundles[0] + 1
        tokens = len(bundles)
        numbers: dict[int, int] = defaultdict(int)
        places = []
        for bundle in bundles:
            places.append(numbers[bundle])
            numbers[bundle] += 1
        self._queries = max(numbers.values())
        stand = [
            (bundle - self._first) * self._queries + place
            for bundle, place in zip(bundles, places, strict=True)
        ]
        every = self._count * self._queries
        full = tokens == every
        gather = [0] * every
        own, until = [SHARED] * every, [-1] * every
        for token, at in enumerate(stand):
            gather[at], own[at], until[at] = token, rows[token], columns[token]
        self._width = max(columns) + 1
        # One transfer for what belongs to tokens, one for what belongs to places.
        by_token = to_device(
            torch.tensor([bundles, rows, columns, steps or [0] * tokens, stand]),
            buffer.layout.device,
        )
        self._bundles, self._rows, self._columns, self._steps, self._stand = by_token
        by_place = to_device(torch.tensor([gather, own, until]), buffer.layout.device)
        shape = self._count, self._queries, 1
        self._gather = None if full else by_place[0]
        self._own = by_place[1].to(torch.int32).view(shape)
        # The newest column of a row that goes on is always its last one.
        self._until = None if steps else by_place[2].view(shape)
        self._most = max(steps) if steps else 0
        self.settle()

    @property
    def width(self) -> int:
        """Columns that the next pass needs."""
        return self._width

    def settle(self) -> None:
        """The buffer has moved."""
        layout, room = self._buffer.layout, self._buffer.columns
        heads = torch.arange(layout.heads, device=layout.device)
        self._starts = (self._bundles * layout.heads + heads[:, None]) * room
        self._owners = self._bundles * room

    def read(self, model: Any, ids: Tensor, positions: Tensor, **options: Any) -> Any:
        """One pass.

        Args:
            model: A transformers model whose attention reads bundles, or the part of it whose
                output is wanted.
            ids, positions: Of each token; positions count from the beginning of its path.

        Returns:
            What the model returns for a batch of one row that is all the tokens.
        """
        buffer = self._buffer
        owner = buffer.owner
        owner.view(-1)[self._owners + self._columns] = self._rows.to(torch.int32)
        window = buffer.window
        window.first, window.count, window.width = self._first, self._count, self._width
        window.index = (self._starts + self._columns).view(-1)
        mask = self._mask()
        places = Places(
            self._count,
            self._queries,
            self._gather,
            None if self._gather is None else self._stand,
            mask,
        )
        output = model(
            input_ids=ids[None],
            attention_mask=mask,
            position_ids=positions[None],
            past_key_values=buffer.cache,
            use_cache=True,
            places=places,
            **options,
        )
        self._columns = self._columns + self._steps
        self._width += self._most
        return output

    def _mask(self) -> Tensor:
        bundles = slice(self._first, self._first + self._count)
        owner = self._buffer.owner[bundles, None, : self._width]
        allowed = (owner == SHARED) | (owner == self._own)
        if self._until is not None:
            allowed &= torch.arange(self._width, device=owner.device) <= self._until
        layout = self._buffer.layout
        mask = torch.zeros(allowed.shape, dtype=layout.dtype, device=layout.device)
        return mask.masked_fill_(~allowed, -torch.inf)[:, None]
