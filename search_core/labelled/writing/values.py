"""What is known of each step of a tree, as a value from 0 to 1, and who says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from search_core.embedded import FAMILIES
from search_core.embedded.corruption import step_labels
from search_core.labelled.kinds.prm800k import LABELLERS
from search_core.labelled.solution import RIGHT_FROM
from search_core.log.traces import Trace
from search_core.log.tree import Node, Tree
from search_core.problem import Problem

ValueSource = Literal["labels", "scores"]
"""Labels of people or of an exact checker, or else the scores of the tree's verifier."""


@dataclass(frozen=True, slots=True)
class NodeValues:
    """Values from 0 to 1 of a tree's nodes by their ids, and whose they are."""

    values: Mapping[str, float]
    whose: str


def node_values(
    trace: Trace,
    labels: Mapping[str, float] | None = None,
    source: ValueSource | None = None,
) -> NodeValues:
    """What is known of a tree's steps.

    Args:
        labels: A person's, by node id; they alone count where they are given.
        source: "labels": only those of people or of an exact checker; "scores": those of the
            verifier; None: labels where there are any, or else scores.

    Raises:
        ValueError: A label is of no node, or outside of 0 to 1.
    """
    tree, header = trace.tree, trace.started
    if labels is not None:
        for node_id, value in labels.items():
            if node_id not in tree.nodes or not tree.nodes[node_id].depth:
                raise ValueError(f"has a label of {node_id!r:.60}, and no such step in the tree")
            if not 0 <= value <= 1:
                raise ValueError(f"has the label {value!r:.20} of {node_id!r:.60}; expected 0 to 1")
        return NodeValues(dict(labels), "a person's labels")
    scores = {node.id: node.score for node in tree.steps() if node.score is not None}
    if source != "scores":
        if header.problem.family in FAMILIES:
            return NodeValues(_checked(tree), "labels of the exact checker")
        if header.verifier.name == LABELLERS or source == "labels":
            return NodeValues(scores if header.verifier.name == LABELLERS else {}, LABELLERS)
    return NodeValues(scores, f"scores of {header.verifier.name}, which are no labels")


def _checked(tree: Tree) -> dict[str, float]:
    """The exact checker's label of every step, which the steps before it decide."""
    found: dict[str, float] = {}
    if tree.started is None:
        return found
    record = tree.started.problem
    problem = Problem(record.text, record.answer, record.family, record.level)
    for leaf in leaves(tree):
        path = tree.path(leaf.id)
        labels = step_labels(problem, [node.text for node in path])
        found.update(zip((node.id for node in path), labels, strict=True))
    return found


def leaves(tree: Tree) -> Iterator[Node]:
    """Where the paths of the search end: rollouts and repeated steps are none of its steps."""
    for node in tree.steps():
        if is_step(node) and not any(is_step(tree.nodes[child]) for child in node.children):
            yield node


def is_step(node: Node) -> bool:
    """Whether a node is a step of the search: neither a look ahead nor a repeated step."""
    return node.role == "step" and node.state != "merged"


def hard(value: float) -> bool:
    """Right or wrong."""
    return value >= RIGHT_FROM


def is_soft(value: float | None) -> bool:
    """Whether a value says more than right or wrong."""
    return value not in (None, 0.0, 1.0)
