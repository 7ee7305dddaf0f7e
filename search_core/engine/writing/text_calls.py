"""Texts that are being written, and who waits for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from search_core.engine.memory.prefix_cache import Ids
from search_core.engine.writing.decode_call import DecodeCall
from search_core.engine.writing.decoder import Decoder
from search_core.engine.writing.requests import DecodeRequest, DecodeResult
from search_core.engine.writing.text_stops import stopped_text
from search_core.protocols import Sampling, Watch, finish, wait
from search_core.seeds import node_seed


@dataclass(frozen=True, slots=True)
class TextRequest:
    """A text to write: what comes before it, and the texts at which it is over."""

    start: DecodeRequest
    stops: tuple[str, ...]


@dataclass(slots=True)
class GeneratedText:
    """A text that was written.

    Attributes:
        text: Without special tokens, and without the stop and what came after it.
        cut: Whether it came to its limit before it came to an end.
        parts: What was decoded for it, one after the other.
    """

    text: str = ""
    cut: bool = False
    parts: list[DecodeResult] = field(default_factory=list)


class TextCall(Future[list[GeneratedText]]):
    """Requests of one caller, until it brings a text for each.

    Attributes:
        quiet: Ends when the call does. It tells nobody how long the texts are: they are no steps.
    """

    def __init__(self, requests: Sequence[TextRequest], sampling: Sampling, watch: Watch) -> None:
        super().__init__()
        self.quiet = Watch(lambda: self.done() or watch())
        self._texts = [_TextState(request, sampling, self.quiet) for request in requests]

    def start(self, decoder: Decoder) -> None:
        for text in self._texts:
            text.submit(decoder)

    def go_on(self, decoder: Decoder, decoded: Callable[[Sequence[int]], str]) -> None:
        """Look at what has stopped: it is over, or has to go on."""
        for text in self._texts:
            if text.call is not None and text.call.done():
                text.take(decoder, decoded)
        if all(text.call is None for text in self._texts):
            finish(self, [text.result for text in self._texts])

    @property
    def written(self) -> bool:
        """Whether all of it is there."""
        return self.done() and not self.cancelled() and self.exception() is None

    @property
    def paths(self) -> list[tuple[str, Ids, int]]:
        """Of each text its run, what is cached of it, and how much of that is its prompt."""
        return [text.path for text in self._texts]


class _TextState:
    """A text that is being written: part by part, where it did not stop at one of its stops.

    Attributes:
        call: Under way for it; None: it is over.
    """

    def __init__(self, request: TextRequest, sampling: Sampling, watch: Watch) -> None:
        self.call: DecodeCall | None = None
        self.result = GeneratedText()
        self._request, self._sampling, self._watch = request, sampling, watch
        self._tokens: list[int] = []

    def submit(self, decoder: Decoder) -> None:
        start, part = self._request.start, len(self.result.parts)
        # Numbers that were drawn with are not drawn with again.
        seed = node_seed(start.seed, f"part {part}") if part else start.seed
        left = start.max_tokens - len(self._tokens)
        rest = DecodeRequest(self._ids, seed, left, start.run)
        self.call = decoder.submit([rest], self._sampling, self._watch)

    def take(self, decoder: Decoder, decoded: Callable[[Sequence[int]], str]) -> None:
        """What was decoded for it. Raises what went wrong."""
        if self.call is None:
            return
        [part] = wait(self.call, self._watch)
        self.call = None
        self._tokens += part.tokens
        self.result.parts.append(part)
        self.result.text, stopped = stopped_text(decoded(self._tokens), self._request.stops)
        full = len(self._tokens) >= self._request.start.max_tokens
        if not stopped and part.ended == "step" and not full:
            self.submit(decoder)
            return
        self.result.cut = not stopped and part.ended != "end"

    @property
    def path(self) -> tuple[str, Ids, int]:
        """Its run, what is cached of it, and how much of that is its prompt."""
        start = self._request.start
        # A prompt is cached without its last token, which is read with what follows it.
        return start.run, self._ids, len(start.prompt) - 1

    @property
    def _ids(self) -> Ids:
        return (*self._request.start.prompt, *self._tokens)
