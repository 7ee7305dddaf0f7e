"""A call for samples, while its sequences are decoded among those of others."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from search_core.engine.writing.requests import DecodeRequest, DecodeResult
from search_core.engine.writing.sampling import Numbers, uniform_numbers
from search_core.engine.writing.stopping import StopTable
from search_core.protocols import Sampling, Watch, fail, finish

_SECONDS_BETWEEN_COUNTS = 0.05


class DecodeCall(Future[list[DecodeResult]]):
    """Requests of one caller, until it brings their results, in their order.

    Args:
        requests: What is to be continued.
        sampling: How.
        watch: Asked before every token; hears how long each sequence is by then.
    """

    def __init__(self, requests: Sequence[DecodeRequest], sampling: Sampling, watch: Watch) -> None:
        super().__init__()
        self.sampling, self.watch = sampling, watch
        self.sequences = [SequenceState(self, request) for request in requests]
        self.warned = False
        self._unfinished = len(requests)
        self._told = -math.inf
        if not requests:
            self.set_result([])

    @property
    def runs(self) -> set[str]:
        """Who asks."""
        return {sequence.request.run for sequence in self.sequences}

    def check(self) -> None:
        """Ask whether it is to stop; then it is cancelled."""
        try:
            if self.watch():
                self.cancel()
        except Exception as error:  # the asker's own, and nobody else's business
            fail(self, error)

    def sequence_finished(self) -> None:
        """One more sequence is finished."""
        self._unfinished -= 1
        if self._unfinished == 0:
            finish(self, [sequence.result for sequence in self.sequences])

    def tell(self) -> None:
        """Tell the watch how long the sequences are, a few times a second."""
        now = time.monotonic()
        if now - self._told < _SECONDS_BETWEEN_COUNTS:
            return
        self._told = now
        try:
            for sequence in self.sequences:
                sequence.tell()
        except Exception as error:  # as in `check`
            fail(self, error)


@dataclass(eq=False, slots=True)
class SequenceState:
    """A request from when it waits until it is finished.

    Attributes:
        call: Whose it is.
        result: What it has so far.
        numbers: The uniform numbers it draws with.
        finished: Whether it is.
        told: How many tokens the watch knows of.
    """

    call: DecodeCall
    request: DecodeRequest
    result: DecodeResult = field(default_factory=DecodeResult)
    numbers: Numbers = field(init=False)
    finished: bool = False
    told: int = 0
    _seen: set[int] | None = None

    def __post_init__(self) -> None:
        self.numbers = uniform_numbers(self.request.seed, self.request.max_tokens)

    @property
    def ids(self) -> tuple[int, ...]:
        """Prompt and what follows it so far."""
        return (*self.request.prompt, *self.result.tokens)

    @property
    def seen(self) -> set[int]:
        """Its tokens, each once."""
        if self._seen is None:
            self._seen = set(self.ids)
        return self._seen

    @property
    def position(self) -> int:
        """Of the last token."""
        return len(self.request.prompt) + len(self.result.tokens) - 1

    @property
    def last_token(self) -> int:
        """The token that no model has read yet."""
        return self.result.tokens[-1] if self.result.tokens else self.request.prompt[-1]

    @property
    def uniform(self) -> float:
        """What the next token is drawn with: it belongs to the seed and the length alone."""
        return float(self.numbers[len(self.result.tokens)])

    @property
    def max_length(self) -> int:
        """Tokens it may come to."""
        return len(self.request.prompt) + self.request.max_tokens

    def append(self, token: int, logprob: float, stops: StopTable) -> bool:
        """Append a token; True if that finished the sequence."""
        result = self.result
        begun = bool(result.tokens) or self.request.begun
        ended = stops.ended(token, self.last_token if begun else None)
        result.tokens.append(token)
        if ended != "end" and self.request.ending is not None:
            ended = "step" if self.request.ending(result.tokens, ended == "step") else None
        if self._seen is not None:
            self._seen.add(token)
        result.logprob += logprob
        if ended is not None:
            result.ended = ended
        self.finished = ended is not None or len(result.tokens) >= self.request.max_tokens
        return self.finished

    def restart(self) -> None:
        """Forget what it has; it will get the same again."""
        self.result = DecodeResult()
        self.told = 0
        self._seen = None

    def tell(self) -> None:
        """Tell the watch how many tokens there are, if there are new ones."""
        count = len(self.result.tokens)
        if count > self.told:
            self.told = count
            self.call.watch.written(self.request.index, count)
