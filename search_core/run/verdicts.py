"""What a strategy decides and allots, as events: every cut carries its rank and its margin."""

from __future__ import annotations

from search_core.log.events import Allocated, Decided, Share, Verdict
from search_core.log.run_log import RunLog
from search_core.scoring import rounded
from search_core.strategies.base import Allocate, Decide, NodeView


def write_decision(log: RunLog, round_: int, request: Decide) -> None:
    """Writes down who was kept and who pruned, if anybody was."""
    if not request.kept and not request.pruned:
        return
    places = iter(range(1, len(request.kept) + len(request.pruned) + 1))

    def verdict(node: NodeView) -> Verdict:
        if not request.ranked:
            return Verdict(node.id)
        cutoff = request.cutoff
        margin = None if cutoff is None else rounded(node.value - cutoff)
        return Verdict(node.id, next(places), margin)

    log.add(
        Decided,
        round=round_,
        rule=request.rule,
        why=request.why,
        cutoff=request.cutoff,
        subtree=request.subtree,
        kept=tuple(verdict(node) for node in request.kept),
        pruned=tuple(verdict(node) for node in request.pruned),
    )


def write_allocation(log: RunLog, round_: int, request: Allocate) -> None:
    """Writes down how the budget was shared out."""
    shares = zip(request.nodes, request.weights, request.copies, strict=True)
    log.add(
        Allocated,
        round=round_,
        rule=request.rule,
        effective=None if request.effective is None else rounded(request.effective),
        shares=tuple(Share(node.id, rounded(weight), copies) for node, weight, copies in shares),
    )
