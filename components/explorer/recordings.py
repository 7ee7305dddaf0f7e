"""Recorded runs that the page shows without any model: the first screen, and examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from components.elements.grouped_choice import Group
from search_core.embedded import FAMILIES
from search_core.log.traces import Trace, read_trace
from search_core.log.tree import Tree
from search_core.serving import RunRegistry
from search_core.strategies import STRATEGIES

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "traces"
FIRST = "countdown-beam-search"
_OTHERS = "Other problems"


@dataclass(frozen=True)
class Recording:
    """One recorded run.

    Attributes:
        title: What it is called in the list, below its family.
        family: Heading in the list: the family of problems.
        strategy: Name of the strategy that ran.
        run_id: The id under which it is held.
        tree: What came of it.
    """

    title: str
    family: str
    strategy: str
    run_id: str
    tree: Tree


def pin_recordings(registry: RunRegistry, folder: Path = FOLDER) -> list[Recording]:
    """Hold every trace of the folder, the first screen's one first.

    Raises:
        TraceError: A shipped trace is broken.
    """
    paths = sorted(folder.glob("*.jsonl"), key=lambda path: (path.stem != FIRST, path.stem))
    recordings = []
    for path in paths:
        trace = read_trace(path)
        recording = _recording(path.stem, trace)
        registry.pin(recording.run_id, trace.events)
        recordings.append(recording)
    return recordings


def listed(recordings: Sequence[Recording]) -> list[Group]:
    """The list of recordings: families, in each its runs in the order of the strategies."""
    order = list(STRATEGIES)
    families = [family.title for family in FAMILIES.values()]
    groups = []
    for family in [*families, _OTHERS]:
        runs = [recording for recording in recordings if recording.family == family]
        runs.sort(key=lambda run: order.index(run.strategy))
        if runs:
            groups.append(Group(family, [(run.title, run.run_id) for run in runs]))
    return groups


def examples(recordings: Sequence[Recording]) -> Mapping[str, Recording]:
    """The recorded example of each strategy that has one, by its name."""
    first: dict[str, Recording] = {}
    for recording in recordings:
        first.setdefault(recording.strategy, recording)
    return first


def _recording(stem: str, trace: Trace) -> Recording:
    """Named after its family and strategy, and what its file's name says beyond these."""
    header = trace.started
    family = FAMILIES.get(header.problem.family or "")
    strategy = STRATEGIES[header.strategy]
    more = stem.partition(header.strategy.replace("_", "-"))[2].strip("-").replace("-", " ")
    return Recording(
        title=f"{strategy.title}, {more}" if more else strategy.title,
        family=family.title if family else _OTHERS,
        strategy=header.strategy,
        run_id=f"recorded-{stem}",
        tree=trace.tree,
    )
