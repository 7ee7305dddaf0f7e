"""Which of the waiting sequences join next: fair between runs, and no more than memory allows."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence

from search_core.engine.writing.decode_call import SequenceState

_STEPS_UNTIL_MORE = 2000
FIRST_SHARE = 64
"""Sequences of a run's first call that come before everybody else's."""


class Scheduler:
    """A queue for each run. The run with the fewest sequences under way comes next.

    One that has had nothing yet comes before all others, with its first call: whoever has just
    pressed Run looks at an empty page. Nobody is held up for long by that, as it happens to each
    run once.

    Args:
        most_sequences: Under way at once.
    """

    def __init__(self, most_sequences: int) -> None:
        self._queues: dict[str, deque[SequenceState]] = {}
        self._most, self._limit = most_sequences, most_sequences
        self._steps = 0
        self._had: Counter[str] = Counter()
        """Sequences that each run has had, until it has had its first call."""
        self._begun: set[str] = set()
        """Runs that have had that, or as much of it as comes first."""

    def __bool__(self) -> bool:
        """Whether anybody waits."""
        return bool(self._queues)

    @property
    def limit(self) -> int:
        """How many may be under way now."""
        return self._limit

    def add(self, sequences: Iterable[SequenceState]) -> None:
        """Those that came last are served last among those of their run."""
        # Those with the same prompt end up side by side, so that it is seldom read twice.
        by_prompt = sorted(
            sequences,
            key=lambda sequence: (len(sequence.request.prompt), sequence.request.prompt),
        )
        for sequence in by_prompt:
            self._queues.setdefault(sequence.request.run, deque()).append(sequence)

    def put_back(self, sequences: Sequence[SequenceState]) -> None:
        """Too many were under way for the memory: these come first again, half as many at once."""
        self._limit, self._steps = max(1, len(sequences) // 2), 0
        for sequence in reversed(sequences):
            self._queues.setdefault(sequence.request.run, deque()).appendleft(sequence)

    def take(
        self, under_way: Sequence[SequenceState], budget: int, token_bytes: int, more_bytes: int
    ) -> list[SequenceState]:
        """Those whose turn it is, until one does not fit: it waits, and everyone behind it.

        Args:
            under_way: What is being decoded.
            budget: Bytes that all may take together.
            token_bytes: What one position of a sequence takes; all take as many positions as
                the longest may come to.
            more_bytes: What a sequence takes beside its positions.
        """
        busy = Counter(sequence.request.run for sequence in under_way)
        count = len(under_way)
        longest = max((sequence.max_length for sequence in under_way), default=0)
        taken = []
        while self._queues:
            run = min(self._queues, key=lambda name: (name in self._begun, busy[name]))
            queue = self._queues[run]
            longest = max(longest, queue[0].max_length)
            size = (count + 1) * (longest * token_bytes + more_bytes)
            # One that is too big alone still gets its chance: nothing smaller can be asked for.
            if count and (count >= self._limit or size > budget):
                break
            taken.append(queue.popleft())
            count += 1
            busy[run] += 1
            if not queue:
                del self._queues[run]
            self._count(run, whole=not queue)
        return taken

    def forget(self, run: str) -> None:
        """A run is over."""
        self._begun.discard(run)
        self._had.pop(run, None)

    def _count(self, run: str, *, whole: bool) -> None:
        if run in self._begun:
            return
        self._had[run] += 1
        if whole or self._had[run] >= FIRST_SHARE:
            del self._had[run]
            self._begun.add(run)

    def drop_done(self) -> None:
        """Let go of the sequences that nobody waits for any more."""
        for run, queue in list(self._queues.items()):
            if any(sequence.call.done() for sequence in queue):
                left = deque(sequence for sequence in queue if not sequence.call.done())
                if left:
                    self._queues[run] = left
                else:
                    del self._queues[run]

    def stepped(self) -> None:
        """One more token: after a long time without trouble, more may be under way again."""
        self._steps += 1
        if self._steps >= _STEPS_UNTIL_MORE and self._limit < self._most:
            self._limit, self._steps = min(2 * self._limit, self._most), 0
