"""Rows that wait to be decoded, and whose turn it is."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence

from search_core.engine.writing.decode_call import OpenRow


class WaitingRows:
    """A queue for each run. The run with the fewest rows under way comes next."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[OpenRow]] = {}

    def __bool__(self) -> bool:
        return bool(self._queues)

    def add(self, rows: Iterable[OpenRow]) -> None:
        """Rows that came last are served last among those of their run."""
        # Rows with the same prompt end up side by side, so that it is seldom read twice.
        for one in sorted(rows, key=lambda one: (len(one.row.prompt), one.row.prompt)):
            self._queues.setdefault(one.row.run, deque()).append(one)

    def put_back(self, rows: Sequence[OpenRow]) -> None:
        """Rows that were taken and come first again."""
        for one in reversed(rows):
            self._queues.setdefault(one.row.run, deque()).appendleft(one)

    def take(self, under_way: Iterable[OpenRow], fits: Callable[[OpenRow], bool]) -> list[OpenRow]:
        """Those whose turn it is, until one does not fit: it waits, and everyone behind it.

        Args:
            under_way: The rows that are being decoded.
            fits: Whether there is room for one more; it is asked in turn, and counts.
        """
        busy = Counter(one.row.run for one in under_way)
        taken = []
        while self._queues:
            run = min(self._queues, key=lambda name: busy[name])
            queue = self._queues[run]
            if not fits(queue[0]):
                break
            taken.append(queue.popleft())
            busy[run] += 1
            if not queue:
                del self._queues[run]
        return taken

    def drop_over(self) -> None:
        """Let go of the rows that nobody waits for any more."""
        for run, queue in list(self._queues.items()):
            if any(one.call.done() for one in queue):
                left = deque(one for one in queue if not one.call.done())
                if left:
                    self._queues[run] = left
                else:
                    del self._queues[run]
