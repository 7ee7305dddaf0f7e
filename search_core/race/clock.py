"""One clock for all lanes: where a run is once so many tokens, FLOPs or seconds are spent.

`assets/js/race/clock.js` is the same in the browser; a test holds them against each other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal, get_args

from search_core.log.events import Event, Sampled, Scored, Spent

ClockName = Literal["tokens", "flops", "seconds"]
CLOCKS: tuple[ClockName, ...] = get_args(ClockName)


class LaneClock:
    """How much of everything one run has spent after each of its events.

    Tokens of steps that were taken over from an earlier run count as they did there, so that a
    steered run and the one before it stand at the same step at the same moment; nothing else of
    such steps was spent.

    Args:
        events: The log.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self._after: dict[ClockName, list[float]] = {name: [] for name in CLOCKS}
        tokens = flops = 0.0  # of the calls that are accounted for
        new_tokens = new_flops = 0.0  # of the steps since then, by what they say themselves
        again = 0.0  # of steps of an earlier run
        for event in events:
            match event:
                case Spent():
                    tokens += event.generated
                    flops += event.solver_flops + event.verifier_flops
                    new_tokens = new_flops = 0.0
                case Sampled():
                    again += event.tokens if event.again else 0
                    new_tokens += 0 if event.again else event.tokens
                    new_flops += event.flops
                case Scored():
                    new_flops += event.flops
            self._add("tokens", again + tokens + new_tokens)
            self._add("flops", flops + new_flops)
            self._add("seconds", event.t)

    def __len__(self) -> int:
        return len(self._after["tokens"])

    def at(self, clock: ClockName, cursor: int) -> float:
        """What is spent after the first `cursor` events."""
        return self._after[clock][cursor - 1] if cursor > 0 else 0.0

    def end(self, clock: ClockName) -> float:
        """What is spent after all of them."""
        return self.at(clock, len(self))

    def cursor(self, clock: ClockName, value: float) -> int:
        """How many events have happened once so much is spent."""
        return bisect_right(self._after[clock], value)

    def _add(self, clock: ClockName, value: float) -> None:
        # A clock never goes back: the steps' own figures may say a little more than their call's.
        after = self._after[clock]
        after.append(max(value, after[-1]) if after else value)
