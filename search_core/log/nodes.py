"""The nodes of a tree, and what events may do to them.

This knows no kind of event: each says for itself, in its `apply_to`, what it does here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from search_core.log.cost import Cost
from search_core.log.fields import ROOT, Ended, Repeats, Role, Thought

NodeState = Literal["frontier", "candidate", "kept", "pruned", "completed", "merged", "rollout"]
FINAL_STATES: frozenset[NodeState] = frozenset({"kept", "pruned", "completed", "merged", "rollout"})
"""Nothing is left to decide. A rollout that ended may still become a solution."""
SETTLED_STATES: frozenset[NodeState] = FINAL_STATES - {"rollout"}
"""Nothing can become of the node any more."""
T = TypeVar("T")


class LogError(ValueError):
    """The events contradict each other: the log is broken."""


@dataclass(slots=True)
class Node:
    """A step in its place in the tree, with all that the log says about it so far.

    The root is the problem: its text is the problem text, its parent None.
    """

    id: str
    parent: str | None
    text: str
    depth: int
    children: list[str] = field(default_factory=list)
    state: NodeState = "frontier"
    tokens: int = 0
    logprob: float | None = 0.0
    """None: not given."""
    ended: Ended = "step"
    role: Role = "step"
    repeats: Repeats = ""
    thought: Thought = ""
    after: str | None = None
    forced: str = ""
    by: str = ""
    again: bool = False
    prefilled: int = 0
    reused: int = 0
    solver_flops: float = 0.0
    score: float | None = None
    aggregate: float | None = None
    ahead: str | None = None
    verifier_tokens: int = 0
    verifier_flops: float = 0.0
    reason: str = ""
    decision: int | None = None
    """Index into `Tree.decisions` of the decision that settled this node."""
    rank: int | None = None
    margin: float | None = None
    merged_into: str | None = None
    answer: str | None = None
    group: int | None = None
    right: bool | None = None
    right_undecided: bool = False
    """There is a reference, but the answer could not be compared with it."""
    visits: int | None = None
    value: float | None = None
    weight: float | None = None
    """Its part of the budget when that was shared out last, 0 to 1."""
    copies: int | None = None


@dataclass(slots=True)
class NodeTable:
    """All nodes by id, in the order in which they were sampled, and what else adds up.

    Attributes:
        remembered: The events that are kept whole, by their class.
        undecided: Pairs of classes of answers, the older one first, that could not be compared.
        seq: Number of the last event; -1 before the first.
    """

    nodes: dict[str, Node] = field(default_factory=dict)
    remembered: dict[type[Any], list[Any]] = field(default_factory=dict)
    cost: Cost = field(default_factory=Cost)
    undecided: set[tuple[int, int]] = field(default_factory=set)
    seq: int = -1

    def all_of(self, kind: type[T]) -> list[T]:
        """The events of this class so far, where they are kept whole."""
        return self.remembered.get(kind, [])

    def node(self, node_id: str) -> Node:
        """The node of this id.

        Raises:
            LogError: There is none.
        """
        try:
            return self.nodes[node_id]
        except KeyError:
            raise LogError(f"Event {self.seq} speaks of node {node_id!r}, never sampled.") from None

    def settle(
        self, node_id: str, state: NodeState, unless: frozenset[NodeState] = FINAL_STATES
    ) -> Node:
        """Give a node its state for good.

        Raises:
            LogError: It is the root, or in one of the states `unless`.
        """
        node = self.node(node_id)
        if node.id == ROOT or node.state in unless:
            raise LogError(f"Node {node_id!r} is already {node.state}; it cannot become {state}.")
        node.state = state
        return node

    def doubt(self, older: Sequence[int], group: int | None) -> None:
        """A new class of answers could not be compared with these.

        Raises:
            LogError: They are not older, or there is no class.
        """
        if group is None or not all(other < group for other in older):
            raise LogError(f"Event {self.seq}: class {group} is not younger than all of {older}.")
        self.undecided.update((other, group) for other in older)

    def decide(self, first: int, second: int, *, equal: bool) -> None:
        """Two classes of answers were compared after all; equal ones become one.

        Raises:
            LogError: Nothing was undecided about them.
        """
        if (first, second) not in self.undecided:
            raise LogError(f"Event {self.seq} compares classes {first} and {second} for nothing.")
        self.undecided.discard((first, second))
        if not equal:
            return
        # What is known of the older class is now true of both.
        self.undecided = {pair for pair in self.undecided if second not in pair}
        for node in self.nodes.values():
            if node.group == second:
                node.group = first

    def check_chosen(self, chosen: str | None) -> None:
        """Refuse a choice of what is no solution; None is no choice.

        Raises:
            LogError: The node is none, or there is no such node.
        """
        if chosen is not None and self.node(chosen).state != "completed":
            raise LogError(f"Node {chosen!r} is chosen, but it is no solution.")
