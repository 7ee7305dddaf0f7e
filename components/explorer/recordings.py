"""Recorded runs that the page shows without any model: the first screen, and examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.elements.grouped_choice import Group
from search_core.chosen_problems import ChosenProblem, read_chosen_problems
from search_core.embedded import FAMILIES
from search_core.log.traces import Trace, read_trace
from search_core.log.tree import Tree
from search_core.models import SOLVERS
from search_core.serving import RunRegistry
from search_core.strategies import STRATEGIES

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "traces"
OPENING = "voting_fails"
"""The claim whose run a new visitor sees first; it plays by itself."""
_CHOSEN = "Chosen problems"
_OTHERS = "Other problems"
_PUBLISHED = "Published model: "
"""Before the name of a model that is not shipped, as a heading of the list."""
_SHIPPED = frozenset(one.folder.name for one in SOLVERS.values())


@dataclass(frozen=True)
class Recording:
    """One recorded run.

    Attributes:
        title: What it is called in the list, below its family.
        family: Heading in the list: the family of problems, or a published model by its name.
        strategy: Name of the strategy that ran.
        run_id: The id under which it is held.
        tree: What came of it.
        chosen: What it was chosen to show; None: it is an example of its strategy.
    """

    title: str
    family: str
    strategy: str
    run_id: str
    tree: Tree
    chosen: ChosenProblem | None = None

    @property
    def published(self) -> bool:
        """Whether a model wrote it that is not shipped."""
        return self.family.startswith(_PUBLISHED)


def pin_recordings(registry: RunRegistry, folder: Path = FOLDER) -> list[Recording]:
    """Hold the chosen problems, the one of the first screen first, and every trace of the folder.

    Raises:
        ClaimError: A chosen problem does not show what it claims.
        TraceError: A shipped trace is broken.
    """
    recordings = []
    chosen = sorted(read_chosen_problems(), key=lambda problem: problem.claim.name != OPENING)
    for problem in chosen:
        recordings.append(_recording_of(problem))
        registry.pin(recordings[-1].run_id, problem.trace.events)
    for path in sorted(folder.glob("*.jsonl"), key=lambda path: path.stem):
        trace = read_trace(path)
        recordings.append(_recording(path.stem, trace))
        registry.pin(recordings[-1].run_id, trace.events)
    return recordings


def listed(recordings: Sequence[Recording]) -> list[Group]:
    """The list of recordings: the chosen ones, families, and published models, in each its runs in
    the order of the strategies."""
    order = list(STRATEGIES)
    families = [family.title for family in FAMILIES.values()]
    published = dict.fromkeys(run.family for run in recordings if run.published)
    groups = []
    for family in [_CHOSEN, *families, _OTHERS, *published]:
        runs = [recording for recording in recordings if recording.family == family]
        runs.sort(key=lambda run: order.index(run.strategy))
        if runs:
            groups.append(Group(family, [(run.title, run.run_id) for run in runs]))
    return groups


def examples(recordings: Sequence[Recording]) -> Mapping[str, Recording]:
    """The recorded example of each strategy that has one, by its name: of the embedded models
    where there is one, since everybody can run it again."""
    first: dict[str, Recording] = {}
    for recording in sorted(recordings, key=lambda one: (one.published, one.chosen is not None)):
        first.setdefault(recording.strategy, recording)
    return first


def first_minute(recordings: Sequence[Recording]) -> dict[str, Any]:
    """What `TreeView` is told of the opening and of the chosen problems."""
    return {
        "opening": recordings[0].run_id if recordings and recordings[0].chosen else None,
        "chosen": [
            {
                "run": recording.run_id,
                "claim": recording.chosen.claim.name,
                "evidence": dict(recording.chosen.finding.evidence),
                "recipe": _recipe(recording.chosen.trace),
            }
            for recording in recordings
            if recording.chosen
        ],
        "field": "#problem textarea",
    }


def _recipe(trace: Trace) -> dict[str, Any]:
    header = trace.started
    return {
        "problem": header.problem.text,
        "strategy": header.strategy,
        "seed": header.seed,
        "n": header.options["n"],
        "verifier": header.verifier.name,
    }


def _recording_of(problem: ChosenProblem) -> Recording:
    strategy = STRATEGIES[problem.trace.started.strategy]
    return Recording(
        title=f"{capitalised(problem.claim.title)} ({strategy.title})",
        family=_CHOSEN,
        strategy=strategy.name,
        run_id=f"recorded-{problem.claim.name.replace('_', '-')}",
        tree=problem.trace.tree,
        chosen=problem,
    )


def capitalised(text: str) -> str:
    """The first letter as a capital, all others as they are."""
    return text[:1].upper() + text[1:]


def _recording(stem: str, trace: Trace) -> Recording:
    """Named after its family or published model, its strategy, and what its file's name says
    beyond these."""
    header = trace.started
    family = FAMILIES.get(header.problem.family or "")
    strategy = STRATEGIES[header.strategy]
    heading = family.title if family else _OTHERS
    if header.solver.name not in _SHIPPED:
        heading = f"{_PUBLISHED}{header.solver.name}"
    more = stem.partition(header.strategy.replace("_", "-"))[2].strip("-").replace("-", " ")
    return Recording(
        title=f"{strategy.title}, {more}" if more else strategy.title,
        family=heading,
        strategy=header.strategy,
        run_id=f"recorded-{stem}",
        tree=trace.tree,
    )
