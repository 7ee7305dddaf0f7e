"""Solutions that were written whole, and are handed over step by step."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Sequence

from search_core.protocols import SampleRequest, StepSample

_MOST = 20_000
"""Beginnings of solutions that are remembered, of all runs together."""

_Key = tuple[str, str, tuple[tuple[str, ...], ...], tuple[str, ...], int]


class WrittenSolutions:
    """What was written already of paths that a run writes to their ends.

    Any number of threads may use it at the same time.
    """

    def __init__(self) -> None:
        self._rests: OrderedDict[_Key, deque[tuple[StepSample, ...]]] = OrderedDict()
        self._guard = threading.Lock()

    def keep(self, request: SampleRequest, steps: Sequence[StepSample]) -> StepSample:
        """The first step of what was written for a request; the others are remembered."""
        first, *rest = steps
        if rest and request.to_end > 1:
            key = _key(request.run, request, (*request.steps, first.text), request.to_end - 1)
            with self._guard:
                self._rests.setdefault(key, deque()).append(tuple(rest))
                while len(self._rests) > _MOST:
                    self._rests.popitem(last=False)
        return first

    def next(self, request: SampleRequest) -> StepSample | None:
        """The step that was written for this request already; None: none was.

        Paths that are alike so far are told apart by who comes first, so that each is handed over
        once.
        """
        if not request.to_end:
            return None
        key = _key(request.run, request, request.steps, request.to_end)
        with self._guard:
            rests = self._rests.get(key)
            if not rests:
                return None
            steps = rests.popleft()
            if not rests:
                del self._rests[key]
        return self.keep(request, steps)

    def forget(self, run: str) -> None:
        """A run is over."""
        with self._guard:
            for key in [key for key in self._rests if key[0] == run]:
                del self._rests[key]


def _key(run: str, request: SampleRequest, steps: tuple[str, ...], left: int) -> _Key:
    return run, request.problem, request.attempts, steps, left
