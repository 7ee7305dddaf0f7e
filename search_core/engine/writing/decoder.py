"""Decodes for everybody: all sequences of all runs are one batch, on one thread.

Knows nothing of text, problems or steps: token ids in, token ids out. What a sequence gets
depends on its request alone, up to rounding in the model, whoever else is there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from search_core.engine.half_weights import parameters_of
from search_core.engine.memory.budget import BY_DEVICE, MemoryBudget, bytes_per_token
from search_core.engine.memory.kv_layout import kv_layout
from search_core.engine.memory.out_of_memory import (
    SequenceTooLargeError,
    free_cached,
    is_out_of_memory,
    let_go,
)
from search_core.engine.memory.prefix_cache import Ids, PrefixCache
from search_core.engine.threads import threads_for, torch_threads
from search_core.engine.worker import Worker
from search_core.engine.writing.cuda_graphs import Capture, GraphRunner, default_capture
from search_core.engine.writing.decode_batch import DecodeBatch
from search_core.engine.writing.decode_cache import DecodeCache
from search_core.engine.writing.decode_call import DecodeCall, SequenceState
from search_core.engine.writing.dense_cache import DenseCache
from search_core.engine.writing.requests import DecodeRequest, DecodeResult
from search_core.engine.writing.scheduler import Scheduler
from search_core.engine.writing.stopping import StopTable
from search_core.engine.writing.tree_cache import TreeCache
from search_core.protocols import Cancelled, Sampling, fail, wait, watch_of

MOST_SEQUENCES = 256
"""More sequences at once give no more tokens a second, and everybody waits longer for one."""


class Decoder:
    """Samples continuations with one model.

    Args:
        model: A transformers causal language model. Nobody else may compute with it meanwhile.
        stops: When a step has ended.
        budget: Bytes that the sequences under way, and what is kept of others, may take beside
            the weights.
        prefixes: Where keys and values of known paths are kept; None: a cache of its own.
        keeps_ends: Whether paths that have ended are kept too: somebody reads them again.
        most_sequences: Under way at once.
        capture: Makes of a pass one that replays it (`engine.writing.cuda_graphs`); None: a CUDA
            graph where the model is on CUDA, except on ZeroGPU, whose workers live too shortly.
    """

    def __init__(
        self,
        model: Any,
        stops: StopTable,
        *,
        budget: MemoryBudget = BY_DEVICE,
        prefixes: PrefixCache | None = None,
        keeps_ends: bool = False,
        most_sequences: int = MOST_SEQUENCES,
        capture: Capture | None = None,
    ) -> None:
        self._model, self._stops = model, stops
        self._budget, self._most_sequences = budget, most_sequences
        self._prefixes, self._keeps_ends, self._capture = prefixes, keeps_ends, capture
        self._threads = threads_for(parameters_of(model))
        self._forget()
        self._worker = Worker(self.step, self._forget, "solver")

    def decode(
        self, requests: Sequence[DecodeRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[DecodeResult]:
        """Samples one continuation for each request, in their order, and waits for them.

        Raises:
            RunCancelled: `cancelled()` became True; it is asked before every token.
            ValueError: The model's output is not a number.
            SequenceTooLargeError: Memory does not suffice for a single sequence.
        """
        call = self.submit(requests, sampling, cancelled)
        self._worker.wake()
        return wait(call, call.watch)

    def submit(
        self, requests: Sequence[DecodeRequest], sampling: Sampling, cancelled: Cancelled
    ) -> DecodeCall:
        """Hands in requests, to be decoded by whoever calls `step` (one thread at a time)."""
        call = DecodeCall(requests, sampling, watch_of(cancelled))
        self._inbox.append(lambda: self._take(call))
        return call

    def release(self, run: str, paths: Sequence[tuple[Ids, int]] | None = None) -> None:
        """A run lets go of paths, each from so many tokens on; None: of everything.

        It happens on the thread that decodes, before its next token.
        """
        self.release_later(run, paths)
        self._worker.wake()

    def release_later(self, run: str, paths: Sequence[tuple[Ids, int]] | None = None) -> None:
        """The same, at somebody's next `step`."""
        self._inbox.append(lambda: self._release(run, paths))

    def step(self) -> bool:
        """One more token for every sequence there is room for; whether anything is left to do."""
        with torch.inference_mode(), torch_threads(self._threads):
            try:
                return self._step()
            except Exception as error:  # nobody may wait for ever, whatever went wrong
                for call in self._calls:
                    fail(call, error)
                self._forget()
                return False

    @property
    def cached_tokens(self) -> int:
        """Tokens whose keys and values are kept."""
        return 0 if self._opened is None else self._opened.prefixes.tokens

    @property
    def cached_bytes(self) -> int:
        """What they take."""
        return 0 if self._opened is None else self._opened.prefixes.bytes

    def _forget(self) -> None:
        self._inbox: deque[Callable[[], None]] = deque()
        self._calls: list[DecodeCall] = []
        self._scheduler = Scheduler(self._most_sequences)
        self._opened: _Opened | None = None
        self._warned: set[str] = set()

    def _step(self) -> bool:
        while self._inbox:
            self._inbox.popleft()()
        self._drop_done()
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
        self._scheduler.stepped()
        for call in self._calls:
            call.tell()
        return True

    def _take(self, call: DecodeCall) -> None:
        self._calls.append(call)
        self._scheduler.add(call.sequences)

    def _release(self, run: str, paths: Sequence[tuple[Ids, int]] | None) -> None:
        if paths is None:
            self._warned.discard(run)
            self._scheduler.forget(run)
        if self._opened is None:
            return
        if paths is None:
            self._opened.prefixes.release(run)
        for ids, keep in paths or ():
            self._opened.prefixes.release(run, ids, keep)

    def _drop_done(self) -> None:
        for call in self._calls:
            call.check()
        done = [call for call in self._calls if call.done()]
        if not done:
            return
        self._calls = [call for call in self._calls if not call.done()]
        self._scheduler.drop_done()
        if self._opened is not None:
            self._opened.batch.drop_finished()
            for run in {run for call in done if call.cancelled() for run in call.runs}:
                self._opened.prefixes.release(run)

    def _open(self) -> _Opened:
        model, device = self._model, self._model.device
        layout = kv_layout(model)
        prefixes = self._prefixes
        if prefixes is None:
            prefixes = PrefixCache(self._budget.for_cache(device))
        if layout is None:
            cache: DecodeCache = DenseCache(model)
            token_bytes = bytes_per_token(model.config, model.dtype.itemsize)
        else:
            capture = self._capture or default_capture(device)
            graphs = GraphRunner(model, capture) if capture else None
            cache, token_bytes = TreeCache(model, layout, prefixes, graphs), layout.token_bytes
        batch = DecodeBatch(cache, self._stops, self._keeps_ends)
        return _Opened(batch, prefixes, isinstance(cache, TreeCache), token_bytes)

    def _choose(self, opened: _Opened) -> list[SequenceState]:
        """The sequences that join now."""
        batch = opened.batch
        if not self._scheduler or not batch.joinable:
            return []
        if not len(batch):
            opened.budget = self._budget.for_batch(self._model.device)
        logits = 32 * self._model.config.get_text_config().vocab_size
        chosen = self._scheduler.take(
            list(batch.sequences), opened.budget, opened.token_bytes, logits
        )
        if not opened.cuts:
            self._warn_of_whole_paths(chosen)
        return chosen

    def _warn_of_whole_paths(self, sequences: Sequence[SequenceState]) -> None:
        for sequence in sequences:
            if sequence.request.run not in self._warned:
                self._warned.add(sequence.request.run)
                sequence.call.watch.warn(
                    "This solver's attention cannot be continued from the middle of a path (it "
                    "keeps states, or adds something), so every step reads its whole path again."
                )

    def _recover(self, opened: _Opened, error: Exception, chosen: Sequence[SequenceState]) -> None:
        sequences = opened.batch.clear(free_memory=True)
        there = set(sequences)
        sequences += [sequence for sequence in chosen if sequence not in there]
        sequences = [sequence for sequence in sequences if not sequence.finished]
        if not is_out_of_memory(error):
            for sequence in sequences:
                fail(sequence.call, error)
            return
        message = str(error)
        let_go(error)
        opened.prefixes.clear()
        free_cached(self._model.device)
        if len(sequences) == 1:
            request = sequences[0].request
            fail(
                sequences[0].call,
                SequenceTooLargeError(
                    f"Memory does not suffice to continue one path of {len(request.prompt):,} "
                    f"tokens by up to {request.max_tokens:,} more. Choose shorter steps or fewer "
                    f"of them, or a smaller solver or dtype. ({message:.200})"
                ),
            )
            return
        self._scheduler.put_back(sequences)
        for call in {sequence.call: None for sequence in sequences}:
            if not call.warned:
                call.warned = True
                call.watch.warn(
                    f"Memory did not suffice for {len(sequences)} steps at once; they are written "
                    f"{self._scheduler.limit} at a time now, which changes none of them."
                )
        for sequence in sequences:
            sequence.restart()


@dataclass(slots=True)
class _Opened:
    """What exists once there was something to decode.

    Attributes:
        cuts: Whether paths can be continued from anywhere.
        token_bytes: Bytes of one position's keys and values.
        budget: Bytes that the sequences under way may take, as the device had it last.
    """

    batch: DecodeBatch
    prefixes: PrefixCache
    cuts: bool
    token_bytes: int
    budget: int = 0
