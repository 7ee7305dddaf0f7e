"""The tokens of a forward pass, one behind the other, and where each stands in the blocks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from search_core.engine.memory.block_pool import SHARED, BlockPool
from search_core.engine.memory.transfers import to_device
from search_core.engine.memory.tree_attention import AttentionMetadata


@dataclass(frozen=True, slots=True)
class PassShape:
    """What a pass reads of a pool.

    Attributes:
        first, blocks: So many blocks, from this one on; each has
        queries: so many queries, of which some may be padding,
        width: and so many columns.
    """

    first: int
    blocks: int
    queries: int
    width: int


@dataclass(slots=True)
class Placement:
    """Where tokens stand, all int64.

    Attributes:
        blocks, owners, columns: Of each token its block, its branch's number there (or
            `SHARED`), and the column that it is written to, [tokens].
        scatter: Of each token its query, [tokens].
        gather: Of each query its token, [blocks × queries], any one where it is padding.
        query_owners: Of each query its token's owner, [blocks × queries].
        last_columns: Of each query the last column that it may attend to, [blocks × queries];
            None: all that is there.
        unpadded: Query i is token i.
    """

    blocks: Tensor
    owners: Tensor
    columns: Tensor
    scatter: Tensor
    gather: Tensor
    query_owners: Tensor
    last_columns: Tensor | None
    unpadded: bool


def forward(
    model: Any,
    pool: BlockPool,
    shape: PassShape,
    placement: Placement,
    ids: Tensor,
    positions: Tensor,
    **options: Any,
) -> Any:
    """One pass, whose work depends on the shape alone and never on what is in the tensors.

    Args:
        model: A transformers model with tree attention, or the part of it whose output is
            wanted.
        ids, positions: Of each token; positions count from the beginning of its path.

    Returns:
        What the model returns for a batch of one row that is all the tokens.
    """
    layout, room = pool.layout, pool.columns
    slots = placement.blocks * room + placement.columns
    pool.owner.view(-1).index_copy_(0, slots, placement.owners.to(torch.int32))
    if layout.slides:
        pool.position.view(-1).index_copy_(0, slots, positions.to(torch.int32))
    heads = torch.arange(layout.heads, device=layout.device)[:, None]
    starts = (placement.blocks * layout.heads + heads) * room
    window = pool.window
    window.first, window.count, window.width = shape.first, shape.blocks, shape.width
    window.slot_mapping = (starts + placement.columns).view(-1)
    mask = _mask(pool, shape, placement)
    padded = not placement.unpadded
    return model(
        input_ids=ids[None],
        attention_mask=mask,
        position_ids=positions[None],
        past_key_values=pool.cache,
        use_cache=True,
        attention_metadata=AttentionMetadata(
            shape.blocks,
            shape.queries,
            placement.gather if padded else None,
            placement.scatter if padded else None,
            mask,
            _distance(pool, shape, placement, positions) if layout.slides else None,
        ),
        **options,
    )


def _mask(pool: BlockPool, shape: PassShape, placement: Placement) -> Tensor:
    by_query = shape.blocks, shape.queries, 1
    owner = pool.owner[shape.first : shape.first + shape.blocks, None, : shape.width]
    allowed = (owner == SHARED) | (owner == placement.query_owners.view(by_query))
    if placement.last_columns is not None:
        columns = torch.arange(shape.width, device=owner.device)
        allowed &= columns <= placement.last_columns.view(by_query)
    mask = torch.zeros(allowed.shape, dtype=pool.layout.dtype, device=owner.device)
    return mask.masked_fill_(~allowed, -torch.inf)[:, None]


def _distance(pool: BlockPool, shape: PassShape, placement: Placement, positions: Tensor) -> Tensor:
    """How far each column lies before each query, [blocks, queries, columns]."""
    of_query = positions.index_select(0, placement.gather).view(shape.blocks, shape.queries, 1)
    of_column = pool.position[shape.first : shape.first + shape.blocks, None, : shape.width]
    return of_query - of_column


class ForwardBatch:
    """Tokens to be read; it may go on with the next tokens of the same branches.

    Attributes:
        placement: Where the tokens of the next pass stand.

    Args:
        pool: With room for them.
        blocks: Of each token, ascending.
        owners: Of each token: its branch's number in its block, or `SHARED`.
        columns: Of each token: where it is written. A token attends to what comes before it in
            its block, and is its own branch's or shared.
        strides: Of each token: how many columns further the next one of its branch is written;
            None: there is no next one.
    """

    def __init__(
        self,
        pool: BlockPool,
        blocks: Sequence[int],
        owners: Sequence[int],
        columns: Sequence[int],
        strides: Sequence[int] | None = None,
    ) -> None:
        self._pool = pool
        first, count = blocks[0], blocks[-1] - blocks[0] + 1
        taken: dict[int, int] = defaultdict(int)
        numbers = []
        for block in blocks:
            numbers.append(taken[block])
            taken[block] += 1
        queries = max(taken.values())
        scatter = [
            (block - first) * queries + number
            for block, number in zip(blocks, numbers, strict=True)
        ]
        gather = [0] * (count * queries)
        query_owners, last_columns = [SHARED] * len(gather), [-1] * len(gather)
        for token, query in enumerate(scatter):
            gather[query] = token
            query_owners[query], last_columns[query] = owners[token], columns[token]
        # One transfer for what belongs to tokens, one for what belongs to queries.
        device = pool.layout.device
        moves = strides or [0] * len(blocks)
        by_token = to_device(torch.tensor([blocks, owners, columns, scatter, moves]), device)
        by_query = to_device(torch.tensor([gather, query_owners, last_columns]), device)
        self.placement = Placement(
            blocks=by_token[0],
            owners=by_token[1],
            columns=by_token[2],
            scatter=by_token[3],
            gather=by_query[0],
            query_owners=by_query[1],
            # The newest column of a branch that goes on is always its last one.
            last_columns=None if strides else by_query[2],
            unpadded=len(gather) == len(blocks),
        )
        self._strides, self._longest_stride = by_token[4], max(moves)
        self._shape = PassShape(first, count, queries, max(columns) + 1)

    @property
    def shape(self) -> PassShape:
        """What the next pass reads."""
        return self._shape

    def forward(self, model: Any, ids: Tensor, positions: Tensor, **options: Any) -> Any:
        """One pass, as of the function `forward`."""
        output = forward(model, self._pool, self._shape, self.placement, ids, positions, **options)
        self.advance()
        return output

    def advance(self) -> None:
        """The tokens were read: the next ones stand behind them."""
        self.placement.columns = self.placement.columns + self._strides
        shape = self._shape
        width = shape.width + self._longest_stride
        self._shape = PassShape(shape.first, shape.blocks, shape.queries, width)
