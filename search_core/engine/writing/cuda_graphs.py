"""Decoding in shapes that come again, so that a GPU replays a pass that it has captured.

A pass of a small model is a thousand small operations; launching each takes a CPU longer than a
GPU takes to compute it. A CUDA graph launches them all at once, but always the same ones over
the same memory. So tokens, blocks, queries and columns are padded to a few sizes, and what a
pass reads lies in tensors that stay where they are. (As serving engines do: the CUDA graphs
section of vLLM's design documents.)
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from search_core.engine.memory.block_pool import EMPTY, SHARED, BlockPool
from search_core.engine.memory.out_of_memory import is_out_of_memory
from search_core.engine.reading.forward_batch import ForwardBatch, PassShape, Placement, forward
from search_core.spaces import on_zero_gpu

Pass = Callable[[], Tensor]
Capture = Callable[[Pass], Pass]

_COLUMNS = 256
"""Widths are multiples of it."""
_WORTH = 8
"""Passes of a shape before it is captured, which takes as long as some dozens of them."""
_MOST = 48
"""Captured passes kept; each holds the memory of a pass's activations."""

_log = logging.getLogger(__name__)


class GraphRunner:
    """Runs batches, those whose shape is frequent by replaying a captured pass.

    Args:
        capture: Makes of a pass one that replays it.
    """

    def __init__(self, model: Any, capture: Capture) -> None:
        self._model, self._capture, self._worth = model, capture, _WORTH
        self._seen: dict[tuple[int, PassShape], int] = {}
        self._captured: dict[tuple[int, PassShape], _CapturedPass] = {}
        self._of: tuple[BlockPool, int] | None = None

    @staticmethod
    def room(blocks: int, width: int) -> tuple[int, int]:
        """Blocks and columns that a pool must have, so that every padded pass fits."""
        return padded_size(blocks) + 1, -(-width // _COLUMNS) * _COLUMNS

    def forward(
        self, pool: BlockPool, batch: ForwardBatch, ids: Tensor, positions: Tensor
    ) -> Tensor:
        """Logits of each token, [tokens, vocabulary]; they are good until the next pass.

        Args:
            pool: With `room`.
            batch: Of branches that go on, from the pool's first block on.
        """
        self._forget_if_moved(pool)
        tokens, shape = len(ids), batch.shape
        padded = PassShape(
            0,
            padded_size(shape.blocks),
            padded_size(shape.queries),
            -(-shape.width // _COLUMNS) * _COLUMNS,
        )
        key = padded_size(tokens), padded
        captured = self._captured.get(key)
        if captured is None and self._is_worth_it(key):
            captured = self._capture_pass(pool, key)
        if captured is None:
            logits: Tensor = batch.forward(self._model, ids, positions).logits[0]
            return logits
        captured.fill(batch, ids, positions)
        output = captured.replay()
        batch.advance()
        return output[:tokens]

    def forget(self) -> None:
        """Give back the memory of all captured passes."""
        self._captured.clear()
        self._of = None

    def _is_worth_it(self, key: tuple[int, PassShape]) -> bool:
        self._seen[key] = self._seen.get(key, 0) + 1
        return self._seen[key] > self._worth

    def _capture_pass(self, pool: BlockPool, key: tuple[int, PassShape]) -> _CapturedPass | None:
        while len(self._captured) >= _MOST:
            del self._captured[next(iter(self._captured))]
        try:
            captured = _CapturedPass(self._model, pool, *key, self._capture)
        except RuntimeError as error:
            if is_out_of_memory(error):
                raise
            _log.warning(
                "This model's passes cannot be recorded as CUDA graphs and are launched one "
                "operation at a time, which takes longer: %s",
                error,
            )
            self._worth = 2**63
            return None
        self._captured[key] = captured
        return captured

    def _forget_if_moved(self, pool: BlockPool) -> None:
        of = self._of
        if of is None or of[0] is not pool or of[1] != pool.reallocations:
            self.forget()
            self._of = pool, pool.reallocations


class _CapturedPass:
    """A pass over tensors that stay where they are.

    Args:
        tokens, shape: How much it reads.
    """

    def __init__(
        self, model: Any, pool: BlockPool, tokens: int, shape: PassShape, capture: Capture
    ) -> None:
        # Tokens that nobody asked for are written into the last block, which nobody reads.
        self._unread_block = pool.blocks - 1
        self._shape = shape
        device = pool.layout.device
        self._by_token = torch.zeros(6, tokens, dtype=torch.long, device=device)
        queries = shape.blocks * shape.queries
        self._gather = torch.zeros(queries, dtype=torch.long, device=device)
        self._query_owners = torch.zeros(queries, dtype=torch.long, device=device)
        self._filled_from: Placement | None = None
        self._clear()
        ids, positions, blocks, owners, columns, scatter = self._by_token
        placement = Placement(
            blocks,
            owners,
            columns,
            scatter,
            self._gather,
            self._query_owners,
            last_columns=None,
            unpadded=False,
        )
        self.replay = capture(
            lambda: forward(model, pool, shape, placement, ids, positions).logits[0]
        )

    def fill(self, batch: ForwardBatch, ids: Tensor, positions: Tensor) -> None:
        """What the next replay reads."""
        count, placement = len(ids), batch.placement
        if self._filled_from is not placement:
            self._filled_from = placement
            self._fill_places(batch.shape, placement, count)
        by_token = self._by_token
        by_token[0, :count], by_token[1, :count] = ids, positions
        by_token[4, :count] = placement.columns

    def _fill_places(self, shape: PassShape, placement: Placement, count: int) -> None:
        self._clear()
        by_token, most = self._by_token, self._shape.queries
        by_token[2, :count], by_token[3, :count] = placement.blocks, placement.owners
        # A block has more queries here than there.
        block, query = placement.scatter // shape.queries, placement.scatter % shape.queries
        by_token[5, :count] = block * most + query
        for target, source in (
            (self._gather, placement.gather),
            (self._query_owners, placement.query_owners),
        ):
            queries = target.view(self._shape.blocks, most)[: shape.blocks, : shape.queries]
            queries.copy_(source.view(shape.blocks, shape.queries))

    def _clear(self) -> None:
        self._by_token.zero_()
        self._by_token[2], self._by_token[3] = self._unread_block, EMPTY
        self._gather.zero_()
        self._query_owners.fill_(SHARED)


def default_capture(device: torch.device) -> Capture | None:
    """What captures passes on a device, if it pays: CUDA graphs on CUDA.

    Not on ZeroGPU: its workers end before a graph has paid for itself. The environment
    variable ESPALIER_CUDA_GRAPHS=off turns them off elsewhere.
    """
    wanted = os.environ.get("ESPALIER_CUDA_GRAPHS", "on").lower()
    if wanted not in ("on", "off"):
        raise ValueError(f"ESPALIER_CUDA_GRAPHS is {wanted!r:.40}; expected on or off.")
    pays = device.type == "cuda" and wanted == "on" and not on_zero_gpu()
    return CudaGraphs() if pays else None


def padded_size(count: int) -> int:
    """The next power of two, or one and a half times one: at most a third is padding."""
    power = 1 << (count - 1).bit_length()
    return 3 * power // 4 if power >= 4 and count <= 3 * power // 4 else power


class CudaGraphs:
    """Captures passes as CUDA graphs that share one pool of memory.

    They are replayed one at a time, and the output of each is read before the next one's turn.
    """

    def __init__(self) -> None:
        self._pool: Any = None

    def __call__(self, work: Pass) -> Pass:
        """Captures a pass.

        Raises:
            RuntimeError: It does something that a graph cannot, such as waiting for the GPU.
        """
        if self._pool is None:
            self._pool = torch.cuda.graph_pool_handle()
        current = torch.cuda.current_stream()
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(current)
        with torch.cuda.stream(aside):  # Libraries set themselves up in their first calls.
            for _ in range(2):
                work()
        current.wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        # Other threads, with other models, go on meanwhile.
        with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
            output = work()

        def replay() -> Tensor:
            graph.replay()
            return output

        return replay
