"""Beam search at N=16: time to the first node and to the end, tokens a second, bytes a node."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from search_core.bench.measurement import Measurement
from search_core.log.events import Event, Sampled, Spent
from search_core.problem import Problem
from search_core.protocols import Sampling, Solver, Verifier
from search_core.search import search
from search_core.serving import encode_batch

N, BEAM_WIDTH = 16, 4
FIRST_NODE_AIM, TREE_AIM, BYTES_AIM = 0.5, 3.0, 250.0
"""Seconds, seconds, bytes."""
PLAIN_AIM = 0.85
"""Of the tokens a second of plain decoding at the same batch size."""
GROUP = f"embedded models, beam search, N={N}"
_SECONDS_BETWEEN_BATCHES = 0.1
"""How often a live page gets a batch of events; see `components/explorer/following.py`."""


@dataclass(frozen=True)
class TimedRun:
    """One search with the seconds at which its events came."""

    events: Sequence[Event]
    times: Sequence[float]

    @property
    def nodes(self) -> int:
        return sum(isinstance(event, Sampled) for event in self.events)

    @property
    def first_node(self) -> float:
        """Seconds until the first node was there."""
        pairs = zip(self.times, self.events, strict=True)
        return next(time for time, event in pairs if isinstance(event, Sampled))

    @property
    def seconds(self) -> float:
        """Seconds until the tree was finished."""
        return self.times[-1]

    @property
    def tokens(self) -> int:
        """Tokens that the solver wrote."""
        return sum(event.generated for event in self.events if isinstance(event, Spent))

    @property
    def sampling_seconds(self) -> float:
        """Seconds inside the solver."""
        spent = (event for event in self.events if isinstance(event, Spent))
        return sum(event.seconds for event in spent if event.call == "sample")

    @property
    def page_bytes(self) -> int:
        """Bytes of all batches, as the page gets them: columns as JSON inside a JSON string."""
        batches: dict[int, list[Event]] = {}
        for seconds, event in zip(self.times, self.events, strict=True):
            batches.setdefault(int(seconds / _SECONDS_BETWEEN_BATCHES), []).append(event)
        return sum(_batch_bytes(batch) for batch in batches.values())


def timed_search(
    problem: Problem, solver: Solver, verifier: Verifier, sampling: Sampling, seed: int
) -> TimedRun:
    """Run beam search once and look at the clock at each event."""
    events: list[Event] = []
    times: list[float] = []
    started = time.perf_counter()

    def listen(event: Event) -> None:
        times.append(time.perf_counter() - started)
        events.append(event)

    search(
        problem,
        "beam_search",
        solver=solver,
        verifier=verifier,
        sampling=sampling,
        seed=seed,
        listener=listen,
        n=N,
        beam_width=BEAM_WIDTH,
    )
    return TimedRun(events, times)


def search_measurements(runs: Sequence[TimedRun]) -> list[Measurement]:
    """What warm runs say."""
    return [
        _measurement("first node", "s", [run.first_node for run in runs], FIRST_NODE_AIM),
        _measurement("finished tree", "s", [run.seconds for run in runs], TREE_AIM),
        _measurement("nodes of a tree", "", [run.nodes for run in runs]),
        _measurement(
            "bytes to the page per node", "B", [r.page_bytes / r.nodes for r in runs], BYTES_AIM
        ),
    ]


def speed_measurements(runs: Sequence[TimedRun], plain: Sequence[float]) -> list[Measurement]:
    """Tokens a second in search and in plain decoding, and their ratios.

    Args:
        plain: Tokens a second of plain decoding, measured right after each run: on a busy
            machine only neighbours in time can be compared.
    """
    inside = [run.tokens / run.sampling_seconds for run in runs]
    whole = [run.tokens / run.seconds for run in runs]
    return [
        _measurement("plain batched decoding", "tokens/s", plain),
        _measurement("search, inside the solver", "tokens/s", inside),
        _measurement("search, everything", "tokens/s", whole),
        _measurement(
            "search / plain, inside the solver", "", _ratios(inside, plain), PLAIN_AIM, more=True
        ),
        _measurement("search / plain, everything", "", _ratios(whole, plain)),
    ]


def _measurement(
    name: str,
    unit: str,
    values: Sequence[float],
    aim: float | None = None,
    *,
    more: bool = False,
) -> Measurement:
    return Measurement(name, unit, values, aim, more, GROUP)


def _ratios(values: Sequence[float], divisors: Sequence[float]) -> list[float]:
    return [value / divisor for value, divisor in zip(values, divisors, strict=True)]


def _batch_bytes(events: Sequence[Event]) -> int:
    text = encode_batch(events)
    value = {"run": "x" * 22, "ev": text, "head": events[-1].seq + 1, "live": True, "node": None}
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
