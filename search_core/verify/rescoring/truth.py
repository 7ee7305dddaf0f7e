"""What is known of a tree's steps without any verifier: by the families' checker, else by nobody.

In the embedded families the checker knows of every step whether it holds and leaves the answer in
reach. Elsewhere a reference tells of finished solutions alone: that a cut step could still have
come out right, nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from search_core.embedded import FAMILIES
from search_core.embedded.corruption import step_labels
from search_core.log.tree import Tree
from search_core.problem import Problem
from search_core.verify.step_verdicts import Verdicts, step_verdicts

TruthSource = Literal["checker", "reference", "rollouts", ""]
"""Who says so; "": nobody knows."""

_OWN_SOLVERS = "solver-"


def sound_steps(tree: Tree) -> Mapping[str, bool]:
    """Of every step whether it holds, by its node's id; without those that cannot be read."""
    header = tree.started
    if header is None or header.problem.family not in FAMILIES:
        return {}
    record = header.problem
    # The embedded solvers know no other way of writing: what is not in it is wrong.
    own = header.solver.name.startswith(_OWN_SOLVERS)
    verdicts_of = _labelled if own else step_verdicts
    problem = Problem(record.text, record.answer, record.family, record.level)
    found: dict[str, bool] = {}
    for node in tree.steps():
        if not node.children:
            path = tree.path(node.id)
            verdicts = verdicts_of(problem, [step.text for step in path])
            for step, holds in zip(path, verdicts, strict=True):
                if holds is not None:
                    found[step.id] = holds
    return found


def _labelled(problem: Problem, steps: Sequence[str]) -> Verdicts:
    return tuple(label == 1.0 for label in step_labels(problem, steps))
