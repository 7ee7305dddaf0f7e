"""A lesson's run under planted noise: what the same solutions and a worse judge would have come to.

There is a fixed number of levels and of draws, so that all answers there are can be kept, and
nobody who moves the slider to and fro makes the server work for ever.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from search_core.log.events import Event, event_to_json
from search_core.log.traces import Trace
from search_core.run.recorded import RecordedRun, recorded_run
from search_core.whatif import Change, what_if

LEVELS = tuple(tenth / 10 for tenth in range(11))
"""Standard deviations of the noise, in scores."""
DRAWS = 20
"""How often the noise is drawn at each level; a draw is a seed, from 0."""


class NoisyRuns:
    """One recorded run, asked again and again with noise in every score.

    Args:
        trace: Of a strategy that comes to the same solutions whatever they score, as best-of-N.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        # Driving writes to what is known; and one question at a time leaves the others a processor.
        self._lock = threading.Lock()
        self._known: dict[tuple[int, int], tuple[str, dict[str, Any]]] = {}

    def log(self, level: int, draw: int) -> str:
        """The run as a trace file has it, judged with this noise.

        Args:
            level: Place in `LEVELS`.
            draw: 0 to `DRAWS` - 1.

        Raises:
            ValueError: There is no such level or draw, or the run would have written other steps.
        """
        return self._asked(level, draw)[0]

    def outcomes(self, level: int) -> Sequence[Mapping[str, Any]]:
        """What each draw comes to: `answer`, `right`, and the `score` that the judge gave it.

        Raises:
            ValueError: As `log` does.
        """
        return [self._asked(level, draw)[1] for draw in range(DRAWS)]

    def _asked(self, level: int, draw: int) -> tuple[str, dict[str, Any]]:
        if not (0 <= level < len(LEVELS) and 0 <= draw < DRAWS):
            raise ValueError(
                f"There is no level {level} with a draw {draw}; expected 0 to {len(LEVELS) - 1} "
                f"and 0 to {DRAWS - 1}."
            )
        with self._lock:
            if (level, draw) not in self._known:
                self._known[level, draw] = self._ask(Change({}, LEVELS[level], draw))
            return self._known[level, draw]

    @cached_property
    def _recorded(self) -> RecordedRun:
        return recorded_run(self._trace.events, self._trace.tree)

    def _ask(self, change: Change) -> tuple[str, dict[str, Any]]:
        found = what_if(self._recorded, change)
        if not found.sure or found.chosen is None:
            raise ValueError("With noise this run would have written other steps; use best-of-N.")
        outcome = {
            "answer": found.answer,
            "right": found.right,
            "score": found.tree.nodes[found.chosen].aggregate,
        }
        return _lines(found.events), outcome


def _lines(events: Sequence[Event]) -> str:
    return "".join(event_to_json(event) + "\n" for event in events)
