"""The stress test of one path of a tree: is this verifier fooled here?

Every kind of edit that applies is made once, at the step that is asked about where it applies
there, and elsewhere on the path otherwise.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from search_core.embedded import FAMILIES, gold_solution
from search_core.embedded.corruption import step_labels
from search_core.evaluation.problems import draw_problems
from search_core.labelled import LabelledSolution
from search_core.log.tree import Tree
from search_core.problem import Problem
from search_core.protocols import Cancelled, UsageError, Verifier
from search_core.run.driving import never
from search_core.verify.asking.scores_file import ScoresFile, row_key
from search_core.verify.asking.scoring import score_missing
from search_core.verify.stress.choosing import StressCase, path_cases
from search_core.verify.stress.measuring import NOTICEABLE

MOST_STEPS = 40
"""Of a path that is tested."""
_OTHERS = 6
_BATCH = 32
_KEY = "path"
_LONGEST = 300

EditFate = Literal["held", "lifted", "lowered", "noticed", "missed", "low"]


@dataclass(frozen=True, slots=True)
class PathEdit:
    """One edit of the path, and what it did to the verifier's score.

    Attributes:
        name: The kind of edit.
        must_change: Whether the score must fall; otherwise it must stay.
        step: Index of the edited step.
        text: The step, or the question, as it is after the edit; a long one is cut off.
        before, after: The scores, 0 to 1.
        fate: Of what must not change a score: "held", "lifted" or "lowered", by more than 0.05.
            Of what must lower it: "noticed", or "missed" where it fell by no more than that;
            "low" where it was at most 0.1 before, so that there was nothing to notice.
    """

    name: str
    must_change: bool
    step: int
    text: str
    before: float
    after: float
    fate: EditFate

    @property
    def fooled(self) -> bool:
        """Whether the verifier did what it must not."""
        return self.fate in ("lifted", "lowered", "missed")


@dataclass(frozen=True, slots=True)
class PathStress:
    """All edits of one path.

    Attributes:
        node: Id of its last step.
        edits: What was made, the kinds in the order of the report.
    """

    node: str
    edits: tuple[PathEdit, ...]

    @property
    def sentence(self) -> str:
        """The result in words."""
        if not self.edits:
            return "No kind of edit applies to this path."
        wrong = sum(edit.fooled for edit in self.edits)
        made = len(self.edits)
        if not wrong:
            return f"The verifier held its ground in all {made} edits of this path."
        return f"In {wrong} of {made} edits of this path the verifier did what it must not."

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return {
            "node": self.node,
            "sentence": self.sentence,
            "edits": [asdict(edit) | {"fooled": edit.fooled} for edit in self.edits],
        }


def stress_path(
    tree: Tree, node_id: str, verifier: Verifier, *, seed: int = 0, cancelled: Cancelled = never
) -> PathStress:
    """Edit the path to a node, and have the verifier score what came of it.

    Args:
        verifier: The run's own, or another one.
        seed: Another one makes other edits.

    Raises:
        UsageError: There is no such step, its path is too long, or the verifier judges finished
            solutions alone or by log-probabilities.
        RunCancelled: `cancelled()` became True.
        Exception: Whatever the verifier raised.
    """
    header = tree.started
    path = tree.path(node_id) if node_id in tree.nodes else []
    if header is None or not path:
        raise UsageError(f"There is no step {node_id!r:.40} in this run to be tested.")
    if len(path) > MOST_STEPS:
        raise UsageError(f"The path has {len(path)} steps; at most {MOST_STEPS} are tested.")
    if verifier.info.scores == "solutions":
        raise UsageError(
            f"{verifier.info.name} judges finished solutions alone: no step of it can be tested."
        )
    problem = Problem(**header.problem.model_dump())
    solution = _solution(problem, tuple(step.text for step in path))
    cases = path_cases(solution, len(path) - 1, _others(problem, seed), seed)
    rows = [solution, *(case.edited.solution for case in cases)]
    store = ScoresFile(None)
    ended = path[-1].ended == "end"
    score_missing(rows, verifier, _KEY, store, cancelled, batch=_BATCH, finished=ended)
    edits = (_edit(case, store) for case in cases)
    return PathStress(node_id, tuple(edit for edit in edits if edit is not None))


def _solution(problem: Problem, steps: tuple[str, ...]) -> LabelledSolution:
    labels: tuple[float, ...] = ()
    if problem.family in FAMILIES:
        labels = tuple(step_labels(problem, steps))
    family = problem.family if problem.family in FAMILIES else None
    return LabelledSolution("path", problem.text, steps, labels, family=family)


def _others(problem: Problem, seed: int) -> list[LabelledSolution]:
    """Solutions of other problems of the same family."""
    if problem.family is None or problem.family not in FAMILIES:
        return []
    rng = random.Random(seed)
    drawn = draw_problems([problem.family], None, _OTHERS, seed, "test")
    return [
        LabelledSolution(f"other {number}", other.text, tuple(gold_solution(other, rng)))
        for number, other in enumerate(drawn)
        if other.text != problem.text
    ]


def _edit(case: StressCase, store: ScoresFile) -> PathEdit | None:
    original, edited = case.original, case.edited
    before = _score(store.scores(row_key(original), _KEY), edited.before)
    after = _score(store.scores(row_key(edited.solution), _KEY), edited.after)
    if before is None or after is None:
        return None
    text = edited.solution.steps[edited.after]
    if edited.solution.problem != original.problem:
        text = edited.solution.problem
    return PathEdit(
        case.edit.name,
        case.edit.must_change,
        edited.before,
        text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …",
        before,
        after,
        _fate(before, after, must_change=case.edit.must_change),
    )


def _score(scores: Sequence[float | None] | None, at: int) -> float | None:
    return scores[at] if scores else None


def _fate(before: float, after: float, *, must_change: bool) -> EditFate:
    if must_change and before <= 2 * NOTICEABLE:
        return "low"
    if must_change:
        return "noticed" if before - after > NOTICEABLE else "missed"
    if after - before > NOTICEABLE:
        return "lifted"
    return "lowered" if before - after > NOTICEABLE else "held"
