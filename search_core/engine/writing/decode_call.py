"""A call for samples, while its rows are decoded among those of others."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from search_core.engine.writing.rows import Continuation, Row
from search_core.engine.writing.sampling import Numbers, uniform_numbers
from search_core.engine.writing.stopping import StopTable
from search_core.protocols import RunCancelled, Sampling, Watch

_SECONDS_BETWEEN_COUNTS = 0.05


class DecodeCall:
    """Rows that somebody waits for.

    Args:
        rows: What is to be continued.
        sampling: How.
        watch: Asked before every token; hears how long each row is by then.
    """

    def __init__(self, rows: Sequence[Row], sampling: Sampling, watch: Watch) -> None:
        self.sampling, self.watch = sampling, watch
        self.rows = [OpenRow(self, row) for row in rows]
        self.warned = False
        self._left = len(rows)
        self._error: BaseException | None = None
        self._abandoned = False
        self._over = threading.Event()
        self._told = -math.inf
        if not rows:
            self._over.set()

    @property
    def runs(self) -> set[str]:
        """Whose rows these are."""
        return {one.row.run for one in self.rows}

    @property
    def over(self) -> bool:
        """Whether nobody waits any more: all is done, or something went wrong."""
        return self._over.is_set()

    @property
    def cancelled(self) -> bool:
        """Whether it is over because somebody wished so."""
        return isinstance(self._error, RunCancelled)

    def check(self) -> None:
        """Ask whether it is to stop; then it is over."""
        try:
            if self._abandoned or self.watch():
                self.fail(RunCancelled())
        except Exception as error:  # the asker's own, and nobody else's business
            self.fail(error)

    def fail(self, error: BaseException) -> None:
        """It is over, without a result."""
        if not self.over:
            self._error = error
            self._over.set()

    def row_done(self) -> None:
        """One more row has ended."""
        self._left -= 1
        if self._left == 0:
            self._over.set()

    def tell(self) -> None:
        """Tell the watch how long the rows are, a few times a second."""
        now = time.monotonic()
        if now - self._told < _SECONDS_BETWEEN_COUNTS:
            return
        self._told = now
        try:
            for one in self.rows:
                one.tell()
        except Exception as error:  # as in `check`
            self.fail(error)

    def wait(self) -> list[Continuation]:
        """The rows' continuations, once they are there.

        Raises:
            RunCancelled: It was cancelled.
            Exception: What went wrong.
        """
        try:
            self._over.wait()
        except BaseException:
            self._abandoned = True
            raise
        if self._error is not None:
            raise self._error
        return [one.result for one in self.rows]


@dataclass(eq=False, slots=True)
class OpenRow:
    """A row that has not ended.

    Attributes:
        call: Whose it is.
        result: What it has so far.
        numbers: The uniform numbers it draws with.
        done: Whether it has ended.
        told: How many tokens the watch knows of.
    """

    call: DecodeCall
    row: Row
    result: Continuation = field(default_factory=Continuation)
    numbers: Numbers = field(init=False)
    done: bool = False
    told: int = 0

    def __post_init__(self) -> None:
        self.numbers = uniform_numbers(self.row.seed, self.row.limit)

    @property
    def ids(self) -> tuple[int, ...]:
        """Prompt and what follows it so far."""
        return (*self.row.prompt, *self.result.tokens)

    @property
    def length(self) -> int:
        """Tokens before the newest one."""
        return len(self.row.prompt) + len(self.result.tokens) - 1

    @property
    def newest(self) -> int:
        """The token that no model has read yet."""
        return self.result.tokens[-1] if self.result.tokens else self.row.prompt[-1]

    @property
    def uniform(self) -> float:
        """What the next token is drawn with: it belongs to the row and its length alone."""
        return float(self.numbers[len(self.result.tokens)])

    @property
    def longest(self) -> int:
        """Tokens it may come to."""
        return len(self.row.prompt) + self.row.limit

    def take(self, token: int, logprob: float, stops: StopTable) -> bool:
        """Append a token; True if that ended the row."""
        result = self.result
        ended = stops.ended(token, result.tokens[-1] if result.tokens else None)
        result.tokens.append(token)
        result.logprob += logprob
        if ended is not None:
            result.ended = ended
        self.done = ended is not None or len(result.tokens) >= self.row.limit
        return self.done

    def restart(self) -> None:
        """Forget what it has; it will get the same again."""
        self.result = Continuation()
        self.told = 0

    def tell(self) -> None:
        """Tell the watch how many tokens there are, if there are new ones."""
        count = len(self.result.tokens)
        if count > self.told:
            self.told = count
            self.call.watch.written(self.row.place, count)
