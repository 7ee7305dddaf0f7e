"""Recorded runs that the page shows without any model: the first screen, and examples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from search_core.embedded import FAMILIES
from search_core.events import Started
from search_core.runs import RunRegistry
from search_core.strategies import STRATEGIES
from search_core.traces import read_trace

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "traces"
FIRST = "countdown-beam-search"


@dataclass(frozen=True)
class Recording:
    """One recorded run: its name in the list, and the id under which it is held."""

    title: str
    run_id: str


def pin_recordings(registry: RunRegistry, folder: Path = FOLDER) -> list[Recording]:
    """Hold every trace of the folder, the first screen's one first.

    Raises:
        TraceError: A shipped trace is broken.
    """
    paths = sorted(folder.glob("*.jsonl"), key=lambda path: (path.stem != FIRST, path.stem))
    recordings = []
    for path in paths:
        trace = read_trace(path)
        run_id = f"recorded-{path.stem}"
        registry.pin(run_id, trace.events)
        recordings.append(Recording(_title(trace.started), run_id))
    return recordings


def _title(header: Started) -> str:
    """Family and strategy, as they are called on the page."""
    family = FAMILIES.get(header.problem.family or "")
    strategy = STRATEGIES[header.strategy].title
    return f"{family.title}: {strategy}" if family else strategy
