"""Writes texts with a model until they stop, and reads with the same model, on one thread.

Texts of all runs are decoded in one batch (`engine.decoder`), and their keys and values are kept
until their run has read something: what was written need not be computed again. Knows nothing
of problems, steps or verdicts.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from search_core.engine.memory.budgets import store_budget
from search_core.engine.memory.prefix_store import Ids, PrefixStore
from search_core.engine.reading.path_reading import Answer, Asked, Readout
from search_core.engine.reading.reader import Reader
from search_core.engine.worker import Worker
from search_core.engine.writing.decoder import Decoder
from search_core.engine.writing.text_jobs import Job, TextRow, TextWritten, Writing
from search_core.engine.writing.text_stops import text_stop_table
from search_core.protocols import RunCancelled, Sampling, Watch

_LOOK = 0.05
"""Seconds between two looks at whether a waiting call was cancelled."""
R = TypeVar("R")


class TextWriter:
    """Writes and reads for everybody. Any thread may call it.

    Args:
        model: A transformers causal language model. Nobody else may compute with it meanwhile.
        tokenizer: Its tokenizer.
        lock: Held while the tokenizer is used.
        stops: Every text at which a text may be over.
        ends: Tokens that end a text.
        readout: What to make of what is read.
        budget: Bytes that a batch may take beside the weights; None: judged by the device.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        lock: threading.Lock,
        stops: Sequence[str],
        ends: Sequence[int],
        readout: Readout,
        *,
        budget: int | None = None,
    ) -> None:
        self._tokenizer, self._lock = tokenizer, lock
        self._store = PrefixStore(store_budget(model.device))
        self._decoder = Decoder(
            model,
            text_stop_table(tokenizer, stops, ends),
            budget=budget,
            store=self._store,
            keeps_ends=True,
        )
        self._reader = Reader(model, readout, budget=budget, store=self._store)
        self._clear()
        self._worker = Worker(self._turn, self._forget, "verifier")

    def write(
        self, texts: Sequence[TextRow], sampling: Sampling, watch: Watch
    ) -> list[TextWritten]:
        """These texts, in their order. What one is depends on its row alone.

        Raises:
            RunCancelled: The watch said so; it is asked before every token.
            ValueError: The model's output is not a number.
            RowTooLargeError: Memory does not suffice for a single text.
        """
        job = Writing(texts, sampling, watch)

        def start() -> None:
            job.start(self._decoder)
            self._writing.append(job)

        try:
            return self._wait(job, start, watch) if texts else []
        finally:
            for message in job.quiet.warnings():
                watch.warn(message)

    def read(self, asked: Sequence[Asked], watch: Watch) -> list[Answer]:
        """An answer for each, in their order.

        Raises:
            RunCancelled: The watch said so.
        """
        job: Job[Answer] = Job()

        def start() -> None:
            answers = self._reader.read(asked)
            for run in {one.run for one in asked}:
                self._decoder.let_go(run, self._unread.pop(run, []))
            there = [one for one in answers if one is not None]
            if len(there) < len(answers):
                job.fail(RunCancelled())
            else:
                job.finish(there)

        return self._wait(job, start, watch)

    def release(self, run: str, paths: Sequence[tuple[Ids, int]] | None = None) -> None:
        """A run lets go of paths, each from so many tokens on; None: of everything."""
        job: Job[None] = Job()

        def start() -> None:
            if paths is None:
                self._unread.pop(run, None)
            self._decoder.let_go(run, paths)

        self._put(job, start)

    @property
    def stored_tokens(self) -> int:
        """Tokens whose keys and values are kept."""
        return self._store.tokens

    @property
    def stored_bytes(self) -> int:
        """What they take."""
        return self._store.bytes

    def _wait(self, job: Job[R], start: Callable[[], None], watch: Watch) -> list[R]:
        if watch():
            raise RunCancelled
        self._put(job, start)
        try:
            while not job.done.wait(_LOOK):
                if watch():
                    raise RunCancelled
        except BaseException as error:
            job.fail(error)  # Nobody waits any more; what is under way for it is dropped.
            raise
        if job.error is not None:
            raise job.error
        return job.results

    def _put(self, job: Job[Any], start: Callable[[], None]) -> None:
        self._notes.append((job, start))
        self._worker.wake()

    def _clear(self) -> None:
        self._notes: deque[tuple[Job[Any], Callable[[], None]]] = deque()
        self._writing: list[Writing] = []
        # Paths of texts by their run, each with how much of it its prompt holds.
        self._unread: dict[str, list[tuple[Ids, int]]] = {}

    def _forget(self) -> None:
        """In a forked process: what the parent's thread was about to keep may be half there."""
        self._clear()
        self._reader.forget()

    def _turn(self) -> bool:
        while self._notes:
            job, start = self._notes.popleft()
            try:
                start()
            except Exception as error:  # nobody may wait for ever, whatever went wrong
                job.fail(error)
        self._decoder.turn()
        for writing in self._writing:
            try:
                writing.go_on(self._decoder, self._text)
            except Exception as error:  # as above
                writing.fail(error)
        for writing in self._writing:
            if writing.done.is_set() and writing.error is None:
                for run, ids, keep in writing.paths:
                    self._unread.setdefault(run, []).append((ids, keep))
        self._writing = [one for one in self._writing if not one.done.is_set()]
        return bool(self._writing or self._notes)

    def _text(self, ids: Sequence[int]) -> str:
        with self._lock:
            text: str = self._tokenizer.decode(
                list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False
            )
        return text
