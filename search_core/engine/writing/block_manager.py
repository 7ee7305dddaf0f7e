"""Gives sequences their places in blocks, and their next tokens theirs in a pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from search_core.engine.memory.block_pool import SHARED, BlockPool
from search_core.engine.memory.transfers import to_device
from search_core.engine.reading.forward_batch import ForwardBatch
from search_core.engine.writing.blocks import Block, BlockBranch, divide


class BlockManager:
    """The branch of each sequence; they are known by their places in a list.

    Attributes:
        pool: Its blocks are the first ones there.
        token_of: Which token of the batch that was asked for last is each sequence's, [sequences].

    Args:
        room: How many blocks and columns a pass needs that reads so many; None: just those.
    """

    def __init__(
        self, pool: BlockPool, room: Callable[[int, int], tuple[int, int]] | None = None
    ) -> None:
        self.pool = pool
        self._room = room or _just_those
        self.token_of = torch.empty(0, dtype=torch.long)
        self._blocks: list[Block] = []
        self._branches: list[BlockBranch] = []
        self._batch: ForwardBatch | None = None
        self._order: list[int] = []
        self._passes = self._passes_left = 0

    def open(self, place: int, shared: int) -> Tensor:
        """Give a new sequence a block; returns room for the columns that it begins with,
        [layers, 2, heads, shared, head size]."""
        self._write_down()
        block = self._new_block(shared)
        branch = BlockBranch(block)
        block.branches.append(branch)
        # Sequences may come in any order.
        self._branches += [branch] * (place + 1 - len(self._branches))
        self._branches[place] = branch
        return self.pool.kv(block.number)[..., :shared, :]

    def block(self, place: int) -> int:
        """The number of a sequence's block in the pool."""
        return self._branches[place].block.number

    def columns(self, place: int, positions: range) -> Tensor:
        """A copy of a sequence's keys and values, [layers, 2, heads, positions, head size]."""
        self._write_down()
        branch = self._branches[place]
        columns = [*range(branch.block.shared), *branch.columns]
        wanted = self._on_device(columns[positions.start : positions.stop])
        return self.pool.kv(branch.block.number).index_select(-2, wanted)

    def next_batch(self) -> tuple[ForwardBatch, Sequence[int]]:
        """Every sequence's next token; with their places in the order of the batch."""
        if self._passes_left <= 0:
            self._write_down()
            self._split_full()
        if self._batch is None:
            self._batch = self._make_batch()
        live = len(self._blocks)
        self.pool.reserve(*self._room(live, self._batch.shape.width), live)
        return self._batch, self._order

    def advance(self) -> None:
        """The batch was read."""
        self._passes += 1
        self._passes_left -= 1

    def arrange(self, sources: Sequence[int], calls: Sequence[object]) -> None:
        """The sequences from now on, each with the place where its columns were.

        Args:
            calls: Whose each sequence is. Those of different calls share no block: numbers that
                are none would spread from one to the other.
        """
        self._write_down()
        followers: dict[int, list[int]] = {}
        for place, source in enumerate(sources):
            followers.setdefault(source, []).append(place)
        for block in self._blocks:
            block.branches = []
        before, self._branches = self._branches, [self._branches[source] for source in sources]
        divided = []
        for source, places in followers.items():
            block = before[source].block
            if len(places) == 1:
                block.branches.append(before[source])
            else:
                divided.append((block, divide(block.shared, places, calls)))
        self._make_room(sum(len(parts) - 1 for _, parts in divided))
        for block, parts in divided:
            self._follow(block, parts)
        self._close_empty()

    def _follow(self, first: Block, parts: Sequence[Sequence[int]]) -> None:
        """Sequences follow a branch that stood for them all, each part in a block of its own."""
        everything = self._on_device(range(first.shared))
        for places in parts:
            block = first
            if first.branches:
                block = self._new_block(first.shared)
                self.pool.copy(first.number, block.number, everything)
            for owner, place in enumerate(places):
                self._branches[place] = BlockBranch(block, owner)
                block.branches.append(self._branches[place])

    def _make_room(self, more: int) -> None:
        """For so many more blocks, all at once: growing moves everything."""
        if more:
            live = len(self._blocks)
            self.pool.reserve(live + more, self.pool.columns, live)

    def _new_block(self, shared: int) -> Block:
        number = len(self._blocks)
        self.pool.reserve(number + 1, shared, number)
        self.pool.begin(number, shared)
        block = Block(number, shared, shared)
        self._blocks.append(block)
        return block

    def _close_empty(self) -> None:
        """Blocks without branches leave; the last ones take their places."""
        number = 0
        while number < len(self._blocks):
            if self._blocks[number].branches:
                number += 1
                continue
            last = self._blocks.pop()
            if last.number != number:
                self.pool.move(last.number, number, last.used)
                last.number = number
                self._blocks[number] = last

    def _make_batch(self) -> ForwardBatch:
        order = sorted(range(len(self._branches)), key=self.block)
        taken: dict[int, int] = {}
        blocks, owners, columns = [], [], []
        for block in self._blocks:
            block.branches = []
        for place in order:
            branch = self._branches[place]
            block = branch.block
            block.branches.append(branch)
            number = taken.get(block.number, 0)
            taken[block.number] = number + 1
            blocks.append(block.number)
            owners.append(branch.owner)
            columns.append(block.used + number)
        strides = [taken[number] for number in blocks]
        self._order = order
        token_of = [0] * len(order)
        for token, place in enumerate(order):
            token_of[place] = token
        self.token_of = self._on_device(token_of)
        self._passes_left = min(max(1, block.room // len(block.branches)) for block in self._blocks)
        return ForwardBatch(self.pool, blocks, owners, columns, strides)

    def _write_down(self) -> None:
        """Write down which columns were filled since the batch was made."""
        passes, self._passes, self._passes_left = self._passes, 0, 0
        self._batch = None
        if not passes:
            return
        for block in self._blocks:
            stride = len(block.branches)
            end = block.used + passes * stride
            for number, branch in enumerate(block.branches):
                if branch.owner == SHARED:
                    block.shared = end
                else:
                    branch.columns += range(block.used + number, end, stride)
            block.used = end

    def _split_full(self) -> None:
        """Where columns of single branches outweigh what is shared, branches part."""
        full = [(block, block.split()) for block in self._blocks if block.room <= 0]
        self._make_room(sum(len(parts) - 1 for _, parts in full))
        for block, (stay, *others) in full:
            for branches in others:
                self._gather(branches, block, self._new_block(block.shared))
            self._gather(stay, block, block)

    def _gather(self, branches: Sequence[BlockBranch], source: Block, target: Block) -> None:
        """Give branches a block with nothing but what they attend to."""
        own = [column for branch in branches for column in branch.columns]
        columns = [*range(source.shared), *own]
        self.pool.reserve(len(self._blocks), len(columns), len(self._blocks))
        self.pool.copy(source.number, target.number, self._on_device(columns))
        target.used, target.branches = source.shared, list(branches)
        owners = []
        for owner, branch in enumerate(branches):
            count = len(branch.columns)
            branch.block, branch.owner = target, owner
            branch.columns = list(range(target.used, target.used + count))
            owners += [owner] * count
            target.used += count
        self.pool.begin(target.number, source.shared)
        self.pool.owner[target.number, source.shared : target.used].copy_(self._on_device(owners))

    def _on_device(self, numbers: Sequence[int]) -> Tensor:
        return to_device(torch.tensor(numbers, dtype=torch.long), self.pool.layout.device)


def _just_those(blocks: int, columns: int) -> tuple[int, int]:
    return blocks, columns
