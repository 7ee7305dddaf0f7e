"""Events in which a strategy decides: whom it keeps, whom it prunes, who gets how much."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

from search_core.log.events.event import Event
from search_core.log.fields import Amount, Count, Line, NodeId, Real, Rule, ScoreValue
from search_core.log.nodes import NodeTable


class Verdict(NamedTuple):
    """One node's place in a decision; `[id, rank, margin]` in JSON."""

    id: NodeId
    rank: int | None = None
    """1 is best; None where the rule does not rank."""
    margin: Real | None = None
    """Aggregate minus the cut-off: at least 0 for a kept node, at most 0 for a pruned one."""


class Decided(Event):
    """A strategy kept some nodes and pruned others; without nodes, it decided how the search
    goes on, or that it stops."""

    remembered: ClassVar[bool] = True

    kind: Literal["decided"] = "decided"
    round: Count
    rule: Rule
    """Machine name of the rule, e.g. "top_k"."""
    why: Line
    """The rule in one plain sentence."""
    cutoff: Real | None = None
    """The lowest aggregate that was kept; None where the rule does not rank."""
    subtree: Count | None = None
    """Number of the subtree that was judged, where subtrees are judged apart (DVTS)."""
    kept: tuple[Verdict, ...] = ()
    pruned: tuple[Verdict, ...] = ()

    def apply_to(self, tree: NodeTable) -> None:
        number = len(tree.all_of(Decided))
        settle = tree.settle
        for key, rank, margin in self.kept:
            node = settle(key, "kept")
            node.decision, node.rank, node.margin = number, rank, margin
        for key, rank, margin in self.pruned:
            node = settle(key, "pruned")
            node.decision, node.rank, node.margin = number, rank, margin


class Share(NamedTuple):
    """What one path gets of a budget; `[id, weight, copies]` in JSON."""

    id: NodeId
    weight: ScoreValue
    """Its part of the whole, 0 to 1."""
    copies: Count
    """How many next steps (REBASE) or particles it gets."""


class Allocated(Event):
    """A strategy shared its budget out among paths, finished ones among them."""

    remembered: ClassVar[bool] = True

    kind: Literal["allocated"] = "allocated"
    round: Count
    rule: Rule
    """Machine name of the rule, e.g. "systematic"."""
    effective: Amount | None = None
    """Effective sample size, 1 / sum of the squared weights, where the method speaks of it;
    particles are counted one by one, also where several are at the same node."""
    shares: tuple[Share, ...]

    def apply_to(self, tree: NodeTable) -> None:
        for share in self.shares:
            node = tree.node(share.id)
            node.weight, node.copies = share.weight, share.copies
