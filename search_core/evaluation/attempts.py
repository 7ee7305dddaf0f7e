"""What one attempt of a run came to: small enough to keep hundreds of thousands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from search_core.labelled import NO_ERROR
from search_core.log.tree import Node, Tree
from search_core.problem import Problem

JUDGED_ATTEMPTS = 32
"""How many attempts of a run the verifier is measured on, the first ones."""
_SCORE_DIGITS = 6


class Attempt(NamedTuple):
    """One way from the problem to where it ended, as later measures need it."""

    aggregate: float | None
    """The path's scores in one number, 0 to 1; None if it was not scored or has no end."""
    logprob: float | None
    """Sum of the solver's log-probabilities over the path; None: one of them is not known."""
    right: bool
    tokens: int = 0
    """Tokens that the solver wrote for it."""
    group: int | None = None
    """Which attempts gave the same answer; None: no answer, so no vote."""
    finished: bool = True
    """Whether it is a solution."""
    scores: tuple[float, ...] = ()
    """Of its steps; kept for the first `JUDGED_ATTEMPTS` alone."""
    first_error: int | None = None
    """Index of the first step that is false or leaves the problem unsolvable, `NO_ERROR` if
    there is none; None: nobody knows, or nobody looked."""


def attempts_of(problem: Problem, tree: Tree) -> tuple[Attempt, ...]:
    """All attempts of a run whose paths part at the root, as those of best-of-N do."""
    leaves = [_leaf(tree, child) for child in tree.root.children]
    return tuple(_attempt(problem, tree, leaf, place) for place, leaf in enumerate(leaves))


def _leaf(tree: Tree, node_id: str) -> Node:
    node = tree.nodes[node_id]
    while node.children:
        node = tree.nodes[node.children[0]]
    return node


def _attempt(problem: Problem, tree: Tree, leaf: Node, place: int) -> Attempt:
    path = tree.path(leaf.id)
    finished = leaf.state == "completed"
    judged = finished and place < JUDGED_ATTEMPTS
    scores = [step.score for step in path if step.score is not None] if judged else []
    return Attempt(
        aggregate=leaf.aggregate if finished else None,
        logprob=_summed([step.logprob for step in path]),
        right=bool(leaf.right),
        tokens=sum(step.tokens for step in path),
        group=leaf.group if finished and leaf.answer is not None else None,
        finished=finished,
        scores=tuple(float(f"{score:.{_SCORE_DIGITS}g}") for score in scores),
        first_error=_first_error(problem, [step.text for step in path]) if judged else None,
    )


def _summed(logprobs: Sequence[float | None]) -> float | None:
    known = [logprob for logprob in logprobs if logprob is not None]
    return round(math.fsum(known), 4) if len(known) == len(logprobs) else None


def _first_error(problem: Problem, steps: Sequence[str]) -> int | None:
    from search_core.embedded import FAMILIES
    from search_core.embedded.corruption import step_labels

    if problem.family not in FAMILIES:
        return None
    labels = step_labels(problem, steps)
    return labels.index(0.0) if 0.0 in labels else NO_ERROR
