"""What a strategy decides, as events: every cut carries its rank and its margin."""

from __future__ import annotations

from search_core.log.events import Allocated, Decided, Merged, Share, Verdict
from search_core.log.run_log import RunLog
from search_core.scoring import rounded
from search_core.strategies.base import Allocate, BackUp, Decide, Merge, NodeView, Resolve


class DecisionWriter:
    """Writes into a run's log what its strategy says and no model is asked about."""

    def __init__(self, log: RunLog) -> None:
        self._log = log

    def write(self, round_: int, request: Decide | Resolve | Allocate | BackUp | Merge) -> None:
        """Write one request down, as part of this round."""
        match request:
            case Decide():
                self._decide(round_, request)
            case BackUp(statistics):
                self._log.back_up(
                    (node.id, visits, rounded(value)) for node, visits, value in statistics
                )
            case Resolve(rule, why):
                self._log.add(Decided, round=round_, rule=rule, why=why)
            case Allocate():
                self._allocate(round_, request)
            case Merge(pairs):
                for duplicate, original in pairs:
                    self._log.add(Merged, id=duplicate.id, into=original.id)

    def _decide(self, round_: int, request: Decide) -> None:
        """Who was kept and who pruned, if anybody was."""
        if not request.kept and not request.pruned:
            return
        counted = range(1, len(request.kept) + len(request.pruned) + 1)
        ranks = iter(request.ranks or counted)

        def verdict(node: NodeView) -> Verdict:
            if not request.ranked:
                return Verdict(node.id)
            cutoff = request.cutoff
            margin = None if cutoff is None else rounded(node.value - cutoff)
            return Verdict(node.id, next(ranks), margin)

        self._log.add(
            Decided,
            round=round_,
            rule=request.rule,
            why=request.why,
            cutoff=request.cutoff,
            subtree=request.subtree,
            kept=tuple(verdict(node) for node in request.kept),
            pruned=tuple(verdict(node) for node in request.pruned),
        )

    def _allocate(self, round_: int, request: Allocate) -> None:
        """How the budget was shared out."""
        shares = zip(request.nodes, request.weights, request.copies, strict=True)
        self._log.add(
            Allocated,
            round=round_,
            rule=request.rule,
            effective=None if request.effective is None else rounded(request.effective),
            shares=tuple(
                Share(node.id, rounded(weight), copies) for node, weight, copies in shares
            ),
        )
