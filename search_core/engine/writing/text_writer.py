"""Writes texts with a model until they stop, and reads with the same model, on one thread.

Texts of all runs are decoded in one batch (`Decoder`), and their keys and values are kept
until their run has read something: what was written need not be computed again. Knows nothing
of problems, steps or verdicts.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from search_core.engine.memory.budget import BY_DEVICE, MemoryBudget
from search_core.engine.memory.prefix_cache import Ids, PrefixCache
from search_core.engine.reading.path_reading import Readout, ReadRequest, ReadResult
from search_core.engine.reading.reader import Reader
from search_core.engine.worker import Worker
from search_core.engine.writing.decoder import Decoder
from search_core.engine.writing.text_calls import GeneratedText, TextCall, TextRequest
from search_core.engine.writing.text_stops import text_stop_table
from search_core.protocols import Sampling, Watch, fail, finish, wait


class TextWriter:
    """Writes and reads for everybody. Any thread may call it.

    Args:
        model: A transformers causal language model. Nobody else may compute with it meanwhile.
        tokenizer: Its tokenizer.
        lock: Held while the tokenizer is used.
        stops: Every text at which a text may be over.
        ends: Tokens that end a text.
        readout: What to make of what is read.
        budget: Bytes that a batch, and what is kept of others, may take beside the weights.
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
        budget: MemoryBudget = BY_DEVICE,
    ) -> None:
        self._tokenizer, self._lock = tokenizer, lock
        self._prefixes = PrefixCache(budget.for_cache(model.device))
        self._decoder = Decoder(
            model,
            text_stop_table(tokenizer, stops, ends),
            budget=budget,
            prefixes=self._prefixes,
            keeps_ends=True,
        )
        self._reader = Reader(model, readout, budget=budget, cache=self._prefixes)
        self._clear()
        self._worker = Worker(self._turn, self._forget, "verifier")

    def write(
        self, requests: Sequence[TextRequest], sampling: Sampling, watch: Watch
    ) -> list[GeneratedText]:
        """A text for each, in their order. What it is depends on its request alone.

        Raises:
            RunCancelled: The watch said so; it is asked before every token.
            ValueError: The model's output is not a number.
            SequenceTooLargeError: Memory does not suffice for a single text.
        """
        call = TextCall(requests, sampling, watch)

        def start() -> None:
            call.start(self._decoder)
            self._writing.append(call)

        if not requests:
            return []
        try:
            self._put(call, start)
            return wait(call, watch)
        finally:
            for message in call.quiet.warnings():
                watch.warn(message)

    def read(self, requests: Sequence[ReadRequest], watch: Watch) -> list[ReadResult]:
        """A result for each, in their order.

        Raises:
            RunCancelled: The watch said so.
        """
        found: Future[list[ReadResult]] = Future()

        def start() -> None:
            results = self._reader.read(requests)
            for run in {request.run for request in requests}:
                self._decoder.release_later(run, self._unread.pop(run, []))
            there = [result for result in results if result is not None]
            if len(there) < len(results):
                found.cancel()
            else:
                finish(found, there)

        self._put(found, start)
        return wait(found, watch)

    def release(self, run: str, paths: Sequence[tuple[Ids, int]] | None = None) -> None:
        """A run lets go of paths, each from so many tokens on; None: of everything."""

        def start() -> None:
            if paths is None:
                self._unread.pop(run, None)
            self._decoder.release_later(run, paths)

        self._put(Future(), start)

    @property
    def cached_tokens(self) -> int:
        """Tokens whose keys and values are kept."""
        return self._prefixes.tokens

    @property
    def cached_bytes(self) -> int:
        """What they take."""
        return self._prefixes.bytes

    def _put(self, future: Future[Any], start: Callable[[], None]) -> None:
        self._inbox.append((future, start))
        self._worker.wake()

    def _clear(self) -> None:
        self._inbox: deque[tuple[Future[Any], Callable[[], None]]] = deque()
        self._writing: list[TextCall] = []
        # Paths of texts by their run, each with how much of it its prompt holds.
        self._unread: dict[str, list[tuple[Ids, int]]] = {}

    def _forget(self) -> None:
        """In a forked process: what the parent's thread was about to keep may be half there."""
        self._clear()
        self._reader.forget()

    def _turn(self) -> bool:
        while self._inbox:
            future, start = self._inbox.popleft()
            if future.done():
                continue
            try:
                start()
            except Exception as error:  # nobody may wait for ever, whatever went wrong
                fail(future, error)
        decoding = self._decoder.step()
        for call in self._writing:
            try:
                call.go_on(self._decoder, self._text)
            except Exception as error:  # as above
                fail(call, error)
            if call.written:
                for run, ids, keep in call.paths:
                    self._unread.setdefault(run, []).append((ids, keep))
        self._writing = [call for call in self._writing if not call.done()]
        return decoding or bool(self._writing or self._inbox)

    def _text(self, ids: Sequence[int]) -> str:
        with self._lock:
            text: str = self._tokenizer.decode(
                list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False
            )
        return text
