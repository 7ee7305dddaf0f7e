"""Decoding in shapes that come again, so that a GPU replays a pass that it has recorded.

A pass of a small model is a thousand small operations; launching each takes a CPU longer than a
GPU takes to compute it. A CUDA graph launches them all at once, but always the same ones over
the same memory. So tokens, bundles, places and columns are padded to a few sizes, and what a
pass is told lies in tensors that stay where they are. (As serving engines do: the CUDA graphs
section of vLLM's design documents.)
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from search_core.engine.memory.bundles import EMPTY, SHARED, BundleBuffer
from search_core.engine.memory.out_of_memory import is_out_of_memory
from search_core.engine.reading.lineup import Lineup, Span, Standing, read
from search_core.spaces import on_zero_gpu

Work = Callable[[], Tensor]
Record = Callable[[Work], Work]

_COLUMNS = 256
"""Widths are multiples of it."""
_WORTH = 8
"""Passes of a shape before it is recorded, which takes as long as some dozens of them."""
_MOST = 48
"""Recordings kept; each holds the memory of a pass's activations."""

_log = logging.getLogger(__name__)


class FixedShapes:
    """Reads lineups, those whose shape is frequent by replaying a recording.

    Args:
        record: Makes of a pass one that replays it.
    """

    def __init__(self, model: Any, record: Record) -> None:
        self._model, self._record, self._worth = model, record, _WORTH
        self._seen: dict[tuple[int, Span], int] = {}
        self._recorded: dict[tuple[int, Span], _Recording] = {}
        self._of: tuple[BundleBuffer, int] | None = None

    @staticmethod
    def room(bundles: int, width: int) -> tuple[int, int]:
        """Bundles and columns that a buffer must have, so that every padded pass fits."""
        return size(bundles) + 1, -(-width // _COLUMNS) * _COLUMNS

    def read(self, buffer: BundleBuffer, lineup: Lineup, ids: Tensor, positions: Tensor) -> Tensor:
        """Logits of each token, [tokens, vocabulary]; they are good until the next pass.

        Args:
            buffer: With `room`.
            lineup: Of rows that go on, from the buffer's first bundle on.
        """
        self._forget_if_moved(buffer)
        tokens, span = len(ids), lineup.span
        padded = Span(
            0,
            size(span.count),
            size(span.queries),
            -(-span.width // _COLUMNS) * _COLUMNS,
        )
        key = size(tokens), padded
        recording = self._recorded.get(key)
        if recording is None and self._is_worth_it(key):
            recording = self._new_recording(buffer, key)
        if recording is None:
            logits: Tensor = lineup.read(self._model, ids, positions).logits[0]
            return logits
        recording.tell(lineup, ids, positions)
        found = recording.replay()
        lineup.passed()
        return found[:tokens]

    def forget(self) -> None:
        """Give back the memory of all recordings."""
        self._recorded.clear()
        self._of = None

    def _is_worth_it(self, key: tuple[int, Span]) -> bool:
        self._seen[key] = self._seen.get(key, 0) + 1
        return self._seen[key] > self._worth

    def _new_recording(self, buffer: BundleBuffer, key: tuple[int, Span]) -> _Recording | None:
        while len(self._recorded) >= _MOST:
            del self._recorded[next(iter(self._recorded))]
        try:
            recording = _Recording(self._model, buffer, *key, self._record)
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
        self._recorded[key] = recording
        return recording

    def _forget_if_moved(self, buffer: BundleBuffer) -> None:
        of = self._of
        if of is None or of[0] is not buffer or of[1] != buffer.moves:
            self.forget()
            self._of = buffer, buffer.moves


class _Recording:
    """A pass over tensors that stay where they are.

    Args:
        tokens, span: Its shape.
    """

    def __init__(
        self, model: Any, buffer: BundleBuffer, tokens: int, span: Span, record: Record
    ) -> None:
        # Tokens that nobody asked for are written into the last strip, where nobody looks.
        self._nowhere = buffer.bundles - 1
        self._span = span
        device = buffer.layout.device
        self._told = torch.zeros(6, tokens, dtype=torch.long, device=device)
        places = span.count * span.queries
        self._gather = torch.zeros(places, dtype=torch.long, device=device)
        self._own = torch.zeros(places, dtype=torch.long, device=device)
        self._lineup: Standing | None = None
        self._clear()
        ids, positions, bundles, rows, columns, scatter = self._told
        standing = Standing(
            bundles, rows, columns, scatter, self._gather, self._own, until=None, full=False
        )
        self.replay = record(lambda: read(model, buffer, span, standing, ids, positions).logits[0])

    def tell(self, lineup: Lineup, ids: Tensor, positions: Tensor) -> None:
        """What the next replay reads."""
        count, standing = len(ids), lineup.standing
        if self._lineup is not standing:
            self._lineup = standing
            self._stand(lineup.span, standing, count)
        told = self._told
        told[0, :count], told[1, :count], told[4, :count] = ids, positions, standing.columns

    def _stand(self, span: Span, standing: Standing, count: int) -> None:
        self._clear()
        told, most = self._told, self._span.queries
        told[2, :count], told[3, :count] = standing.bundles, standing.rows
        # A bundle has more places here than there.
        bundle, place = standing.scatter // span.queries, standing.scatter % span.queries
        told[5, :count] = bundle * most + place
        for to, source in ((self._gather, standing.gather), (self._own, standing.own)):
            rows = to.view(self._span.count, most)[: span.count, : span.queries]
            rows.copy_(source.view(span.count, span.queries))

    def _clear(self) -> None:
        self._told.zero_()
        self._told[2], self._told[3] = self._nowhere, EMPTY
        self._gather.zero_()
        self._own.fill_(SHARED)


def usual_record(device: torch.device) -> Record | None:
    """What records passes on a device, if it pays: CUDA graphs on CUDA.

    Not on ZeroGPU: its workers end before a recording has paid for itself. The environment
    variable ESPALIER_CUDA_GRAPHS=off turns them off elsewhere.
    """
    wanted = os.environ.get("ESPALIER_CUDA_GRAPHS", "on").lower()
    if wanted not in ("on", "off"):
        raise ValueError(f"ESPALIER_CUDA_GRAPHS is {wanted!r:.40}; expected on or off.")
    pays = device.type == "cuda" and wanted == "on" and not on_zero_gpu()
    return CudaGraphs() if pays else None


def size(count: int) -> int:
    """The next power of two, or one and a half times one: at most a third is padding."""
    power = 1 << (count - 1).bit_length()
    return 3 * power // 4 if power >= 4 and count <= 3 * power // 4 else power


class CudaGraphs:
    """Records passes as CUDA graphs that share one pool of memory.

    They are replayed one at a time, and what one has found is read before the next one's turn.
    """

    def __init__(self) -> None:
        self._pool: Any = None

    def __call__(self, work: Work) -> Work:
        """Records a pass.

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
            found = work()

        def replay() -> Tensor:
            graph.replay()
            return found

        return replay
