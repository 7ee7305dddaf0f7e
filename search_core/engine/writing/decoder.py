"""Decodes for everybody: all rows of all runs are one batch, on one thread.

Knows nothing of text, problems or steps: token ids in, token ids out. What a row gets depends
on the row alone, up to rounding in the model, whoever else is there.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from search_core.engine.memory.budgets import bytes_per_token, memory_budget, store_budget
from search_core.engine.memory.kv_layout import kv_layout
from search_core.engine.memory.out_of_memory import RowTooLargeError, free_cached, is_out_of_memory
from search_core.engine.memory.prefix_store import Ids, PrefixStore
from search_core.engine.threads import threads_for, torch_threads
from search_core.engine.worker import Worker
from search_core.engine.writing.batch import Batch
from search_core.engine.writing.decode_call import DecodeCall, OpenRow
from search_core.engine.writing.fixed_shapes import FixedShapes, Record, usual_record
from search_core.engine.writing.rows import Continuation, Row
from search_core.engine.writing.slots import KeyValues
from search_core.engine.writing.stopping import StopTable
from search_core.engine.writing.tree_key_values import TreeKeyValues
from search_core.engine.writing.waiting_rows import WaitingRows
from search_core.engine.writing.whole_key_values import WholeKeyValues
from search_core.protocols import Cancelled, Sampling, watch_of

MOST_ROWS = 256
"""More rows at once give no more tokens a second, and everybody waits longer for one."""
_TURNS_UNTIL_BOLDER = 2000


class Decoder:
    """Samples continuations with one model.

    Args:
        model: A transformers causal language model. Nobody else may compute with it meanwhile.
        stops: When a step has ended.
        budget: Bytes that the rows under way may take beside the weights; None: judged by the
            device.
        store: Where keys and values of known paths are kept; None: one of its own.
        stored: Bytes that those may take in a store of its own; None: judged by the device.
        keeps_ends: Whether paths that have ended are kept too: somebody reads them again.
        most_rows: Rows under way at once.
        record: Makes of a pass one that replays it (`engine.fixed_shapes`); None: a CUDA graph
            where the model is on CUDA, except on ZeroGPU, whose workers live too shortly.
    """

    def __init__(
        self,
        model: Any,
        stops: StopTable,
        *,
        budget: int | None = None,
        store: PrefixStore | None = None,
        stored: int | None = None,
        keeps_ends: bool = False,
        most_rows: int = MOST_ROWS,
        record: Record | None = None,
    ) -> None:
        self._model, self._stops = model, stops
        self._budget, self._stored, self._most_rows = budget, stored, most_rows
        self._store, self._keeps_ends, self._record = store, keeps_ends, record
        self._threads = threads_for(model.num_parameters())
        self._forget()
        self._worker = Worker(self.turn, self._forget, "solver")

    def decode(
        self, rows: Sequence[Row], sampling: Sampling, cancelled: Cancelled
    ) -> list[Continuation]:
        """Samples one step for each row, in their order, and waits for them.

        Raises:
            RunCancelled: `cancelled()` became True; it is asked before every token.
            ValueError: The model's output is not a number.
            RowTooLargeError: Memory does not suffice for a single row.
        """
        call = self.submit(rows, sampling, cancelled)
        self._worker.wake()
        return call.wait()

    def submit(self, rows: Sequence[Row], sampling: Sampling, cancelled: Cancelled) -> DecodeCall:
        """Hands in rows, to be decoded by whoever calls `turn` (one thread at a time)."""
        call = DecodeCall(rows, sampling, watch_of(cancelled))
        self._notes.append(lambda: self._take(call))
        return call

    def release(self, run: str, paths: Sequence[tuple[Ids, int]] | None = None) -> None:
        """A run lets go of paths, each from so many tokens on; None: of everything.

        It happens on the thread that decodes, before its next token.
        """
        self.let_go(run, paths)
        self._worker.wake()

    def let_go(self, run: str, paths: Sequence[tuple[Ids, int]] | None = None) -> None:
        """The same, at somebody's next `turn`."""
        self._notes.append(lambda: self._release(run, paths))

    def turn(self) -> bool:
        """One more token for every row there is room for; whether anything is left to do."""
        with torch.inference_mode(), torch_threads(self._threads):
            try:
                return self._turn()
            except Exception as error:  # nobody may wait for ever, whatever went wrong
                for call in self._calls:
                    call.fail(error)
                self._forget()
                return False

    @property
    def stored_tokens(self) -> int:
        """Tokens whose keys and values are kept."""
        return self._opened.store.tokens if self._opened else 0

    @property
    def stored_bytes(self) -> int:
        """What they take."""
        return self._opened.store.bytes if self._opened else 0

    def _forget(self) -> None:
        self._notes: deque[Callable[[], None]] = deque()
        self._calls: list[DecodeCall] = []
        self._waiting = WaitingRows()
        self._opened: _Opened | None = None
        self._limit, self._turns = self._most_rows, 0
        self._told: set[str] = set()

    def _turn(self) -> bool:
        while self._notes:
            self._notes.popleft()()
        self._drop_over()
        if not self._calls:
            return False
        if self._opened is None:
            self._opened = self._open()
        chosen = self._choose(self._opened)
        failure: Exception | None = None
        try:
            if chosen:
                self._opened.batch.join(chosen)
            self._opened.batch.step()
        except Exception as error:
            failure = error
        if failure is not None:
            self._recover(self._opened, failure, chosen)
        self._grow_bolder()
        for call in self._calls:
            call.tell()
        return True

    def _take(self, call: DecodeCall) -> None:
        self._calls.append(call)
        self._waiting.add(call.rows)

    def _release(self, run: str, paths: Sequence[tuple[Ids, int]] | None) -> None:
        if paths is None:
            self._told.discard(run)
        if self._opened is None:
            return
        if paths is None:
            self._opened.store.release(run)
        for ids, keep in paths or ():
            self._opened.store.release(run, ids, keep)

    def _drop_over(self) -> None:
        for call in self._calls:
            call.check()
        over = [call for call in self._calls if call.over]
        if not over:
            return
        self._calls = [call for call in self._calls if not call.over]
        self._waiting.drop_over()
        if self._opened is not None:
            self._opened.batch.drop_finished()
            for run in {run for call in over if call.cancelled for run in call.runs}:
                self._opened.store.release(run)

    def _open(self) -> _Opened:
        model, device = self._model, self._model.device
        layout = kv_layout(model)
        stored = store_budget(device) if self._stored is None else self._stored
        store = PrefixStore(stored) if self._store is None else self._store
        if layout is None or layout.reach != math.inf:
            kv: KeyValues = WholeKeyValues(model)
            token = bytes_per_token(model.config, model.dtype.itemsize)
        else:
            record = self._record or usual_record(device)
            shapes = FixedShapes(model, record) if record else None
            kv, token = TreeKeyValues(model, layout, store, shapes), layout.token_bytes
        batch = Batch(kv, self._stops, self._keeps_ends)
        return _Opened(batch, store, isinstance(kv, TreeKeyValues), token)

    def _choose(self, opened: _Opened) -> list[OpenRow]:
        """The rows that join now."""
        batch = opened.batch
        if not self._waiting or not batch.joinable:
            return []
        if not len(batch) and self._budget is None:
            opened.budget = memory_budget(self._model.device)
        budget = opened.budget if self._budget is None else self._budget
        count, longest = len(batch), max((one.longest for one in batch.rows), default=0)
        logits = 32 * self._model.config.get_text_config().vocab_size

        def fits(one: OpenRow) -> bool:
            nonlocal count, longest
            grown = max(longest, one.longest)
            size = (count + 1) * (grown * opened.token_bytes + logits)
            # A row that is too big alone still gets its chance: nothing smaller can be asked for.
            if count and (count >= self._limit or size > budget):
                return False
            count, longest = count + 1, grown
            return True

        chosen = self._waiting.take(batch.rows, fits)
        if not opened.cuts:
            self._say_what_it_costs(chosen)
        return chosen

    def _say_what_it_costs(self, rows: Sequence[OpenRow]) -> None:
        for one in rows:
            if one.row.run not in self._told:
                self._told.add(one.row.run)
                one.call.watch.warn(
                    "This solver's attention cannot be continued from the middle of a path (it "
                    "has sliding windows or states), so every step reads its whole path again."
                )

    def _recover(self, opened: _Opened, error: Exception, chosen: Sequence[OpenRow]) -> None:
        rows = opened.batch.clear(give_back=True)
        there = set(rows)
        rows += [one for one in chosen if one not in there]
        rows = [one for one in rows if not one.done]
        if not is_out_of_memory(error):
            for one in rows:
                one.call.fail(error)
            return
        message = str(error)
        error.__traceback__ = None  # It holds the tensors of everything that was under way.
        opened.store.clear()
        free_cached(self._model.device)
        if len(rows) == 1:
            length = len(rows[0].row.prompt)
            rows[0].call.fail(
                RowTooLargeError(
                    f"Memory does not suffice to continue one path of {length:,} tokens by up to "
                    f"{rows[0].row.limit:,} more. Choose shorter steps or fewer of them, or a "
                    f"smaller solver or dtype. ({message:.200})"
                )
            )
            return
        self._limit, self._turns = max(1, len(rows) // 2), 0
        for call in {one.call: None for one in rows}:
            if not call.warned:
                call.warned = True
                call.watch.warn(
                    f"Memory did not suffice for {len(rows)} steps at once; they are written "
                    f"{self._limit} at a time now, which changes none of them."
                )
        for one in rows:
            one.restart()
        self._waiting.put_back(rows)

    def _grow_bolder(self) -> None:
        """After a long time without trouble, try more rows at once again."""
        self._turns += 1
        if self._turns >= _TURNS_UNTIL_BOLDER and self._limit < self._most_rows:
            self._limit, self._turns = min(2 * self._limit, self._most_rows), 0


@dataclass(slots=True)
class _Opened:
    """What exists once there was something to decode.

    Attributes:
        cuts: Whether paths can be continued from anywhere.
        token_bytes: Bytes of one position's keys and values.
        budget: Bytes that the rows under way may take, as the device had it last.
    """

    batch: Batch
    store: PrefixStore
    cuts: bool
    token_bytes: int
    budget: int = 0
