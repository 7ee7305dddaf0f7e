"""A recorded run as a lesson asks it: what there is at a moment, and what is true of a step."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Literal

from search_core.embedded import prospects
from search_core.log.traces import Trace
from search_core.log.tree import Node, Tree
from search_core.problem import Problem


class LessonRun:
    """One recorded run.

    Args:
        trace: Of a problem of the embedded families, whose steps can be checked exactly.
    """

    def __init__(self, trace: Trace) -> None:
        self.events = trace.events
        self.tree = trace.tree
        self.header = trace.started
        self.problem = Problem(**self.header.problem.model_dump())

    def tree_at(self, cursor: int) -> Tree:
        """The tree after so many events."""
        return Tree.from_events(self.events[:cursor])

    def path(self, node_id: str) -> list[Node]:
        """The steps from the first to this one."""
        return self.tree.path(node_id)

    def holds(self, node_id: str) -> bool:
        """Whether all steps up to this one are true, and the right answer can still be reached;
        of a solution, whether its answer is right."""
        node = self.tree.nodes[node_id]
        if node.right is not None:
            return node.right
        return prospects(self.problem, [step.text for step in self.path(node_id)])[-1]

    def first_mistake(self, node_id: str) -> str | None:
        """The first step of the path to this one that does not hold; None: all do."""
        texts = [step.text for step in self.path(node_id)]
        held = prospects(self.problem, texts)
        steps = self.path(node_id)
        return next((step.id for step, true in zip(steps, held, strict=True) if not true), None)

    def same_as(self, node_id: str) -> list[str]:
        """Steps that say word for word the same at the same place, this one among them."""
        node = self.tree.nodes[node_id]
        siblings = self.tree.nodes[node.parent or ""].children
        return [other for other in siblings if self.tree.nodes[other].text == node.text]

    def with_ways(self, node_ids: Iterable[str]) -> set[str]:
        """These steps, and the way to each."""
        return {step.id for node_id in node_ids for step in self.path(node_id)}

    def below(self, node_ids: Iterable[str]) -> set[str]:
        """These steps, and all that grows from them."""
        found: set[str] = set()
        waiting = list(node_ids)
        while waiting:
            node_id = waiting.pop()
            found.add(node_id)
            waiting += self.tree.nodes[node_id].children
        return found

    @cached_property
    def answers(self) -> dict[str, int]:
        """Solutions by answer, those with most first."""
        voted = self.tree.votes.get("majority")
        return {} if voted is None else {entry.answer: entry.solutions for entry in voted.tally}

    def chosen_by(self, method: str) -> str | None:
        """The answer that a vote chooses; None where it was not held."""
        voted = self.tree.votes.get(method)
        if voted is None or voted.chosen is None:
            return None
        return self.tree.nodes[voted.chosen].answer

    def share_of(self, node_id: str) -> str:
        """How many of the solutions that begin word for word so are right: "5 of 6"."""
        below = self.below(self.same_as(node_id))
        ended = [node for node in self.tree.steps() if node.id in below and node.right is not None]
        return f"{sum(bool(node.right) for node in ended)} of {len(ended)}"

    def work_of(self, who: Literal["solver", "verifier"]) -> int:
        """What the whole run cost, in MFLOPs, rounded."""
        cost = self.tree.cost
        flops = cost.solver_flops if who == "solver" else cost.verifier_flops
        return round(flops / 1e6)

    def score_of(self, node_id: str) -> float | None:
        """What the verifier says of a step; of a solution, the aggregate."""
        node = self.tree.nodes[node_id]
        return node.aggregate if node.state == "completed" else node.score
