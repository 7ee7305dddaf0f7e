"""A whole tree scored anew: where two verifiers disagree, and what the search would have done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from search_core.log.events import Event
from search_core.log.nodes import NodeState
from search_core.log.tree import Tree
from search_core.protocols import Cancelled, UsageError, Verifier
from search_core.run.driving import never
from search_core.run.recorded import recorded_run
from search_core.verify.rescoring.agreement import Agreement, agreement
from search_core.verify.rescoring.decision import (
    FirstDecision,
    Right,
    first_by_order,
    first_of_run,
)
from search_core.verify.rescoring.tree_scores import TreeScores, score_tree
from search_core.verify.rescoring.truth import TruthSource, sound_steps
from search_core.whatif import Change, WhatIf, what_if

BATCH = 32
"""Paths in one call."""
ByRollouts = Callable[[Sequence[str], Sequence[str]], Right]
"""Who was right, of the steps that were preferred and those that would be: their ids."""


@dataclass(frozen=True, slots=True)
class RescoredNode:
    """One step with both scores.

    Attributes:
        id, parent, depth, text: Of its node; the parent of a first step is the root's id.
        state: What became of it in the run.
        would_be: What would have, where the run was driven again and has it; None: not known.
        was, now: Its score then and now; None: it has none.
        place_was, place_now: Its place among its siblings by these, from 1 on; equals share the
            better one. None without a score.
        sound: Whether it holds, by the checker; None: not known.
    """

    id: str
    parent: str
    depth: int
    text: str
    state: NodeState
    would_be: NodeState | None
    was: float | None
    now: float | None
    place_was: int | None
    place_now: int | None
    sound: bool | None

    @property
    def change(self) -> float | None:
        """The new score less the old one, in [-1, 1]."""
        return None if self.was is None or self.now is None else self.now - self.was


@dataclass(frozen=True)
class Rescoring:
    """What another verifier makes of a tree.

    Attributes:
        tree: As it was.
        was, by: Names of the run's own verifier and of the other one.
        nodes: Every step, in the order in which they were sampled.
        agreement: How alike the two orders are.
        decision: The first that would differ; None: none would, or nobody can say.
        why_none: Where there is none, why, in a sentence.
        course: The run driven again; None: its strategy cannot be.
    """

    tree: Tree
    was: str
    by: str
    nodes: Sequence[RescoredNode]
    agreement: Agreement
    decision: FirstDecision | None
    why_none: str
    course: WhatIf | None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values: for scripts, and for the page."""
        found = self.agreement
        return {
            "was": self.was,
            "by": self.by,
            "nodes": [asdict(node) for node in self.nodes],
            "agreement": {
                "steps": found.steps,
                "overall": found.overall.to_dict() if found.overall else None,
                "groups": found.groups,
                "among_siblings": found.among_siblings.to_dict() if found.among_siblings else None,
                "other_best": found.other_best,
            },
            "decision": asdict(self.decision) if self.decision else None,
            "why_none": self.why_none,
            "course": self.course.to_dict() if self.course else None,
        }


def rescored(
    events: Sequence[Event],
    verifier: Verifier,
    *,
    tree: Tree | None = None,
    name: str = "",
    cancelled: Cancelled = never,
    batch: int = BATCH,
    by_rollouts: ByRollouts | None = None,
) -> Rescoring:
    """Score every step of a tree anew, and drive its search again with the new scores.

    Args:
        events: Its log: a run of ours, or a tree that was read from a file of another kind.
        tree: What the events add up to, where that is known already.
        name: What the other verifier is called here; "" for its own name.
        cancelled: Asked while the verifier works; True ends it.
        batch: Paths in one call, at least 1.
        by_rollouts: Says who was right where neither checker nor reference knows.

    Raises:
        RunCancelled: `cancelled()` became True.
        UsageError: The verifier goes by log-probabilities, and the log has none of some step.
        Exception: Whatever the verifier raised.
    """
    tree = tree or Tree.from_events(events)
    header = tree.started
    problem = header.problem.text if header else ""
    if verifier.info.reads_logprobs and any(node.logprob is None for node in tree.steps()):
        raise UsageError(
            f"{verifier.info.name} goes by the solver's log-probabilities, which this tree does "
            "not have. Choose another verifier."
        )
    scores = TreeScores(verifier, problem)
    now = score_tree(tree, scores, cancelled, batch=batch)
    sound = sound_steps(tree)
    course, why = _course(events, tree, scores, cancelled)
    if course is not None:
        decision = first_of_run(course, sound)
    else:
        decision = first_by_order(tree, now, sound)
    if decision is not None:
        why = ""
        if decision.right == "not known" and by_rollouts is not None:
            right = by_rollouts(decision.kept_then, decision.kept_now)
            source: TruthSource = "" if right == "not known" else "rollouts"
            decision = replace(decision, right=right, source=source)
    nodes = _nodes(tree, now, sound, course)
    both = [node for node in nodes if node.was is not None and node.now is not None]
    return Rescoring(
        tree=tree,
        was=(header.verifier.name if header else "") or "the run's verifier",
        by=name or verifier.info.name,
        nodes=nodes,
        agreement=agreement(
            [node.was or 0.0 for node in both],
            [node.now or 0.0 for node in both],
            [node.parent for node in both],
        ),
        decision=decision,
        why_none=why,
        course=course,
    )


def _course(
    events: Sequence[Event], tree: Tree, scores: TreeScores, cancelled: Cancelled
) -> tuple[WhatIf | None, str]:
    """The run driven again, if it can be; else why not, or why nothing differs."""
    try:
        recorded = recorded_run(events, tree)
        if not recorded.recipe.strategy.uses_verifier:
            title = recorded.recipe.strategy.title
            return None, f"{title} decides without scores, so no verifier changes what it does."
        found = what_if(recorded, Change(), verifier=scores, cancelled=cancelled)
    except UsageError as reason:
        return None, f"{reason} And by the order of its scores no decision would differ."
    return found, "With these scores the search would have decided the same everywhere."


def _nodes(
    tree: Tree,
    now: Mapping[str, float | None],
    sound: Mapping[str, bool],
    course: WhatIf | None,
) -> list[RescoredNode]:
    others = course.tree.nodes if course else {}
    found = []
    for node in tree.steps():
        siblings = [tree.nodes[child] for child in tree.nodes[node.parent or ""].children]
        other = others.get(node.id)
        found.append(
            RescoredNode(
                id=node.id,
                parent=node.parent or "",
                depth=node.depth,
                text=node.text,
                state=node.state,
                would_be=other.state if other and other.text == node.text else None,
                was=node.score,
                now=now.get(node.id),
                place_was=_place(node.score, [sibling.score for sibling in siblings]),
                place_now=_place(now.get(node.id), [now.get(sibling.id) for sibling in siblings]),
                sound=sound.get(node.id),
            )
        )
    return found


def _place(score: float | None, all_of: Sequence[float | None]) -> int | None:
    if score is None:
        return None
    return 1 + sum(other is not None and other > score for other in all_of)
