"""What is known of a tree's steps without any verifier: by the families' checker, else by nobody.

In the embedded families the checker knows of every step whether it holds and leaves the answer in
reach. Elsewhere a reference tells of finished solutions alone: that a cut step could still have
come out right, nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from search_core.embedded import FAMILIES
from search_core.embedded.corruption import step_labels
from search_core.log.tree import Tree
from search_core.problem import Problem

TruthSource = Literal["checker", "reference", ""]
"""Who says so; "": nobody knows."""


def sound_steps(tree: Tree) -> Mapping[str, bool]:
    """Of every step whether it holds, by its node's id; {} where nobody knows."""
    header = tree.started
    if header is None or header.problem.family not in FAMILIES:
        return {}
    record = header.problem
    problem = Problem(record.text, record.answer, record.family, record.level)
    found: dict[str, bool] = {}
    for node in tree.steps():
        if not node.children:
            path = tree.path(node.id)
            labels = step_labels(problem, [step.text for step in path])
            found.update((step.id, label == 1.0) for step, label in zip(path, labels, strict=True))
    return found
