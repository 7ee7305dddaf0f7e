"""The tree: a fold over the event log.

`assets/js/log/tree.js` is the same fold in the browser; a test holds them against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from search_core.log.cost import Cost
from search_core.log.events import (
    ROOT,
    Allocated,
    BackedUp,
    Completed,
    Decided,
    Ended,
    Event,
    Finished,
    Graded,
    Merged,
    Noted,
    Role,
    Sampled,
    Scored,
    Spent,
    Started,
    Verdict,
    Voted,
    Warned,
    event_to_dict,
)

State = Literal["frontier", "candidate", "kept", "pruned", "completed", "merged", "rollout"]
FINAL_STATES: frozenset[State] = frozenset({"kept", "pruned", "completed", "merged", "rollout"})
"""Nothing is left to decide. A rollout that ended may still become a solution."""
_SETTLED: frozenset[State] = FINAL_STATES - {"rollout"}
# A path that stopped without an answer: marked as such, and excluded from votes.
UNFINISHED_RULES = frozenset({"out_of_steps", "too_long", "run_ended"})


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
    state: State = "frontier"
    tokens: int = 0
    logprob: float = 0.0
    ended: Ended = "step"
    role: Role = "step"
    after: str | None = None
    forced: str = ""
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
    visits: int | None = None
    value: float | None = None
    weight: float | None = None
    """Its part of the budget when that was shared out last, 0 to 1."""
    copies: int | None = None


@dataclass(slots=True, repr=False)
class Tree:
    """Everything that the events so far add up to."""

    started: Started | None = None
    nodes: dict[str, Node] = field(default_factory=dict)
    decisions: list[Decided] = field(default_factory=list)
    allocations: list[Allocated] = field(default_factory=list)
    votes: dict[str, Voted] = field(default_factory=dict)
    notes: list[Noted] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    finished: Finished | None = None
    cost: Cost = field(default_factory=Cost)
    seq: int = -1

    @classmethod
    def from_events(cls, events: Iterable[Event]) -> Tree:
        """Fold a whole log.

        Raises:
            LogError: The events contradict each other.
        """
        tree = cls()
        for event in events:
            tree.apply(event)
        return tree

    def __repr__(self) -> str:
        strategy = self.started.strategy if self.started else "not started"
        answer = self.finished.answer if self.finished else None
        steps = max(0, len(self.nodes) - 1)
        return f"<{type(self).__name__}: {strategy}, {steps} steps, answer {answer!r}>"

    @property
    def root(self) -> Node:
        return self.nodes[ROOT]

    @property
    def rounds(self) -> int:
        """Number of the last round with a decision (0: none)."""
        return max((decision.round for decision in self.decisions), default=0)

    def apply(self, event: Event) -> None:
        """Take one more event into account.

        Raises:
            LogError: It does not follow from the events before it.
        """
        if event.seq != self.seq + 1:
            raise LogError(f"Event {event.seq} follows event {self.seq}: the log has a hole.")
        if (self.started is None) != isinstance(event, Started):
            raise LogError("A log starts with exactly one 'started' event.")
        if self.finished is not None:
            raise LogError(f"Event {event.seq} comes after the run finished.")
        self.seq = event.seq
        match event:
            case Started():
                self.started = event
                self.nodes[ROOT] = Node(ROOT, None, event.problem.text, 0, state="kept")
            case Sampled():
                self._add(event)
            case Scored():
                node = self._node(event.id)
                node.score = event.score
                node.aggregate = event.score if event.aggregate is None else event.aggregate
                node.ahead = event.ahead
                node.verifier_tokens, node.verifier_flops = event.tokens, event.flops
                node.reason = event.reason
                if node.state == "frontier":
                    node.state = "candidate"
            case Decided():
                self.decisions.append(event)
                for verdict in event.kept:
                    self._settle(verdict, "kept")
                for verdict in event.pruned:
                    self._settle(verdict, "pruned")
            case Allocated():
                self.allocations.append(event)
                for share in event.shares:
                    node = self._node(share.id)
                    node.weight, node.copies = share.weight, share.copies
            case Merged():
                if event.into == event.id:
                    raise LogError(f"Node {event.id!r} is merged into itself.")
                self._node(event.into)
                self._final(event.id, "merged").merged_into = event.into
            case Completed():
                node = self._final(event.id, "completed", among=_SETTLED)
                node.answer, node.group = event.answer, event.group
            case BackedUp():
                node = self._node(event.id)
                node.visits, node.value = event.visits, event.value
            case Noted():
                self._node(event.id)
                self.notes.append(event)
            case Warned():
                self.warnings.append(event)
            case Spent():
                self.cost = self.cost.plus(event)
            case Voted():
                self._check_chosen(event.chosen)
                self.votes[event.method] = event
            case Graded():
                for right, ids in ((True, event.right), (False, event.wrong)):
                    for node_id in ids:
                        self._node(node_id).right = right
            case Finished():
                self._check_chosen(event.chosen)
                self.finished = event

    def path(self, node_id: str) -> list[Node]:
        """Nodes from the first step to `node_id`; empty for the root."""
        path: list[Node] = []
        node = self._node(node_id)
        while node.parent is not None:
            path.append(node)
            node = self.nodes[node.parent]
        return path[::-1]

    def steps(self) -> Iterator[Node]:
        """All nodes but the root, in the order in which they were sampled."""
        return (node for node in self.nodes.values() if node.parent is not None)

    def unfinished(self, node: Node) -> bool:
        """Whether a path stopped at this node without an answer."""
        return node.decision is not None and self.decisions[node.decision].rule in UNFINISHED_RULES

    def copy(self) -> Tree:
        """An independent copy, for keyframes and what-if."""
        return replace(
            self,
            nodes={key: replace(n, children=list(n.children)) for key, n in self.nodes.items()},
            decisions=list(self.decisions),
            allocations=list(self.allocations),
            votes=dict(self.votes),
            notes=list(self.notes),
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values of the whole tree, nodes in the order of sampling.

        The browser's fold gives the same.
        """
        return {
            "seq": self.seq,
            "nodes": [asdict(node) for node in self.nodes.values()],
            "rounds": self.rounds,
            "votes": {method: event_to_dict(vote) for method, vote in self.votes.items()},
            "status": self.finished.status if self.finished else None,
            "chosen": self.finished.chosen if self.finished else None,
            "cost": asdict(self.cost),
        }

    def _node(self, node_id: str) -> Node:
        try:
            return self.nodes[node_id]
        except KeyError:
            raise LogError(f"Event {self.seq} speaks of node {node_id!r}, never sampled.") from None

    def _check_chosen(self, chosen: str | None) -> None:
        if chosen is not None and self._node(chosen).state != "completed":
            raise LogError(f"Node {chosen!r} is chosen, but it is no solution.")

    def _add(self, event: Sampled) -> None:
        if event.id in self.nodes:
            raise LogError(f"Node {event.id!r} is sampled twice.")
        parent = self._node(event.parent)
        if event.after is not None:
            self._node(event.after)
        parent.children.append(event.id)
        self.nodes[event.id] = Node(
            event.id,
            event.parent,
            event.text,
            parent.depth + 1,
            tokens=event.tokens,
            logprob=event.logprob,
            state="rollout" if event.role == "rollout" else "frontier",
            ended=event.ended,
            role=event.role,
            after=event.after,
            forced=event.forced,
            prefilled=event.prefilled,
            reused=event.reused,
            solver_flops=event.flops,
        )

    def _settle(self, verdict: Verdict, state: Literal["kept", "pruned"]) -> None:
        node = self._final(verdict.id, state)
        node.decision = len(self.decisions) - 1
        node.rank, node.margin = verdict.rank, verdict.margin

    def _final(self, node_id: str, state: State, among: frozenset[State] = FINAL_STATES) -> Node:
        node = self._node(node_id)
        if node.parent is None or node.state in among:
            raise LogError(f"Node {node_id!r} is already {node.state}; it cannot become {state}.")
        node.state = state
        return node
