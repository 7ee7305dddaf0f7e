"""The race with which the place opens; the guide's page names the command that recorded it."""

from __future__ import annotations

from pathlib import Path

from search_core.log.traces import read_trace
from search_core.race import LaneText, written_lane
from search_core.serving import RunRegistry
from search_core.strategies import STRATEGIES

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "race"


def pin_recorded_race(registry: RunRegistry, folder: Path = FOLDER) -> list[str]:
    """Hold the lanes as runs; their ids.

    Raises:
        TraceError: A trace is broken.
    """
    ids = []
    for path in sorted(folder.glob("lane-*.jsonl")):
        ids.append(f"recorded-race-{path.stem}")
        registry.pin(ids[-1], read_trace(path).events)
    return ids


def recorded_race(folder: Path = FOLDER) -> dict[str, object]:
    """What a link would say of it: `problem`, `seed` and `lanes`."""
    headers = [read_trace(path).started for path in sorted(folder.glob("lane-*.jsonl"))]
    lanes = [
        written_lane(LaneText(STRATEGIES[header.strategy], header.options)) for header in headers
    ]
    return {"problem": headers[0].problem.text, "seed": headers[0].seed, "lanes": lanes}
