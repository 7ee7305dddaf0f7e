"""Texts that are being written, and who waits for them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from search_core.engine.memory.prefix_store import Ids
from search_core.engine.writing.decode_call import DecodeCall
from search_core.engine.writing.decoder import Decoder
from search_core.engine.writing.rows import Continuation, Row
from search_core.engine.writing.text_stops import stopped_text
from search_core.protocols import Sampling, Watch
from search_core.seeds import node_seed

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class TextRow:
    """A text to write: what comes before it, and the texts at which it is over."""

    row: Row
    stops: tuple[str, ...]


@dataclass(slots=True)
class TextWritten:
    """A text that was written.

    Attributes:
        text: Without special tokens, and without the stop and what came after it.
        cut: Whether it came to its limit before it came to an end.
        parts: What was decoded for it, one after the other.
    """

    text: str = ""
    cut: bool = False
    parts: list[Continuation] = field(default_factory=list)


class Job(Generic[R]):
    """Something that somebody waits for."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.error: BaseException | None = None
        self.results: list[R] = []

    def finish(self, results: list[R]) -> None:
        self.results = results
        self.done.set()

    def fail(self, error: BaseException) -> None:
        if not self.done.is_set():
            self.error = error
            self.done.set()


class Writing(Job[TextWritten]):
    """Texts that somebody waits for together.

    Attributes:
        quiet: Ends when the job does. It tells nobody how long the texts are: they are no steps.
    """

    def __init__(self, texts: Sequence[TextRow], sampling: Sampling, watch: Watch) -> None:
        super().__init__()
        self.quiet = Watch(lambda: self.done.is_set() or watch())
        self._open = [_Open(one, sampling, self.quiet) for one in texts]

    def start(self, decoder: Decoder) -> None:
        for one in self._open:
            one.ask(decoder)

    def go_on(self, decoder: Decoder, text: Callable[[Sequence[int]], str]) -> None:
        """Look at what has stopped: it is over, or has to go on."""
        for one in self._open:
            if one.call is not None and one.call.over:
                one.take(decoder, text)
        if all(one.call is None for one in self._open):
            self.finish([one.result for one in self._open])

    @property
    def paths(self) -> list[tuple[str, Ids, int]]:
        """Of each text its run, what is stored of it, and how much of that is its prompt."""
        return [one.path for one in self._open]


class _Open:
    """A text that is being written: part by part, where it did not stop at one of its stops.

    Attributes:
        call: Under way for it; None: it is over.
    """

    def __init__(self, asked: TextRow, sampling: Sampling, watch: Watch) -> None:
        self.call: DecodeCall | None = None
        self.result = TextWritten()
        self._asked, self._sampling, self._watch = asked, sampling, watch
        self._tokens: list[int] = []

    def ask(self, decoder: Decoder) -> None:
        row, part = self._asked.row, len(self.result.parts)
        # Numbers that were drawn with are not drawn with again.
        seed = node_seed(row.seed, f"part {part}") if part else row.seed
        rest = Row(self._ids, seed, row.limit - len(self._tokens), row.run)
        self.call = decoder.submit([rest], self._sampling, self._watch)

    def take(self, decoder: Decoder, text: Callable[[Sequence[int]], str]) -> None:
        """What was decoded for it. Raises what went wrong."""
        if self.call is None:
            return
        [part] = self.call.wait()
        row, self.call = self._asked.row, None
        self._tokens += part.tokens
        self.result.parts.append(part)
        self.result.text, stopped = stopped_text(text(self._tokens), self._asked.stops)
        full = len(self._tokens) >= row.limit
        if not stopped and part.ended == "step" and not full:
            self.ask(decoder)
            return
        self.result.cut = not stopped and part.ended != "end"

    @property
    def path(self) -> tuple[str, Ids, int]:
        """Its run, what is stored of it, and how much of that is its prompt."""
        row = self._asked.row
        # A prompt is stored without its last token, which is read with what follows it.
        return row.run, self._ids, len(row.prompt) - 1

    @property
    def _ids(self) -> Ids:
        return (*self._asked.row.prompt, *self._tokens)
