"""The tokens of a pass, one behind the other, and where each stands among the bundles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from search_core.engine.memory.bundled_attention import Places
from search_core.engine.memory.bundles import SHARED, BundleBuffer
from search_core.engine.memory.transfers import to_device


@dataclass(frozen=True, slots=True)
class Span:
    """What a pass reads of a buffer.

    Attributes:
        first, count: These bundles; each has so many places for tokens,
        queries: of which some may be empty,
        width: and so many columns.
    """

    first: int
    count: int
    queries: int
    width: int


@dataclass(slots=True)
class Standing:
    """Where tokens stand, all int64.

    Attributes:
        bundles, rows, columns: Of each token its bundle, its row there (or `SHARED`), and the
            column that it is written to, [tokens].
        scatter: Of each token its place, [tokens].
        gather: Of each place its token, [bundles × queries], any where it is empty.
        own, until: Of each place its token's row, and the last column that the token may attend
            to, [bundles × queries]; until None: all that is there.
        full: No place is empty, so that token i is at place i.
    """

    bundles: Tensor
    rows: Tensor
    columns: Tensor
    scatter: Tensor
    gather: Tensor
    own: Tensor
    until: Tensor | None
    full: bool


def read(
    model: Any,
    buffer: BundleBuffer,
    span: Span,
    standing: Standing,
    ids: Tensor,
    positions: Tensor,
    **options: Any,
) -> Any:
    """One pass, whose work depends on the span alone and never on what is in the tensors.

    Args:
        model: A transformers model whose attention reads bundles, or the part of it whose
            output is wanted.
        ids, positions: Of each token; positions count from the beginning of its path.

    Returns:
        What the model returns for a batch of one row that is all the tokens.
    """
    layout, room = buffer.layout, buffer.columns
    at = standing.bundles * room + standing.columns
    buffer.owner.view(-1).index_copy_(0, at, standing.rows.to(torch.int32))
    heads = torch.arange(layout.heads, device=layout.device)[:, None]
    starts = (standing.bundles * layout.heads + heads) * room
    window = buffer.window
    window.first, window.count, window.width = span.first, span.count, span.width
    window.index = (starts + standing.columns).view(-1)
    mask = _mask(buffer, span, standing)
    gather, scatter = (None, None) if standing.full else (standing.gather, standing.scatter)
    return model(
        input_ids=ids[None],
        attention_mask=mask,
        position_ids=positions[None],
        past_key_values=buffer.cache,
        use_cache=True,
        places=Places(span.count, span.queries, gather, scatter, mask),
        **options,
    )


def _mask(buffer: BundleBuffer, span: Span, standing: Standing) -> Tensor:
    shape = span.count, span.queries, 1
    owner = buffer.owner[span.first : span.first + span.count, None, : span.width]
    allowed = (owner == SHARED) | (owner == standing.own.view(shape))
    if standing.until is not None:
        columns = torch.arange(span.width, device=owner.device)
        allowed &= columns <= standing.until.view(shape)
    mask = torch.zeros(allowed.shape, dtype=buffer.layout.dtype, device=owner.device)
    return mask.masked_fill_(~allowed, -torch.inf)[:, None]


class Lineup:
    """Tokens to be read; it may go on with the next tokens of the same rows.

    Attributes:
        standing: Where the tokens of the next pass stand.

    Args:
        buffer: With room for them.
        bundles: Of each token, ascending.
        rows: Of each token: its row's number in its bundle, or `SHARED`.
        columns: Of each token: where it is written. A token attends to what comes before it in
            its strip, and is its own row's or shared.
        steps: Of each token: how many columns further the next one of its row is written; None:
            there is no next one.
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
        first, count = bundles[0], bundles[-1] - bundles[0] + 1
        taken: dict[int, int] = defaultdict(int)
        numbers = []
        for bundle in bundles:
            numbers.append(taken[bundle])
            taken[bundle] += 1
        queries = max(taken.values())
        scatter = [
            (bundle - first) * queries + number
            for bundle, number in zip(bundles, numbers, strict=True)
        ]
        gather = [0] * (count * queries)
        own, until = [SHARED] * len(gather), [-1] * len(gather)
        for token, place in enumerate(scatter):
            gather[place], own[place], until[place] = token, rows[token], columns[token]
        # One transfer for what belongs to tokens, one for what belongs to places.
        device = buffer.layout.device
        moves = steps or [0] * len(bundles)
        by_token = to_device(torch.tensor([bundles, rows, columns, scatter, moves]), device)
        by_place = to_device(torch.tensor([gather, own, until]), device)
        self.standing = Standing(
            bundles=by_token[0],
            rows=by_token[1],
            columns=by_token[2],
            scatter=by_token[3],
            gather=by_place[0],
            own=by_place[1],
            # The newest column of a row that goes on is always its last one.
            until=None if steps else by_place[2],
            full=len(gather) == len(bundles),
        )
        self._moves, self._most = by_token[4], max(moves)
        self._span = Span(first, count, queries, max(columns) + 1)

    @property
    def span(self) -> Span:
        """What the next pass reads."""
        return self._span

    def read(self, model: Any, ids: Tensor, positions: Tensor, **options: Any) -> Any:
        """One pass, as of the function `read`."""
        output = read(model, self._buffer, self._span, self.standing, ids, positions, **options)
        self.passed()
        return output

    def passed(self) -> None:
        """The tokens were read: the next ones stand behind them."""
        self.standing.columns = self.standing.columns + self._moves
        old = self._span
        self._span = Span(old.first, old.count, old.queries, old.width + self._most)
