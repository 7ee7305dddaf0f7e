"""What a strategy decides, as events: every cut carries its rank and its margin."""

from __future__ import annotations

from search_core.log.events import Allocated, BackedUp, Decided, Merged, Share, Verdict
from search_core.log.run_log import RunLog
from search_core.scoring import all_rounded, rounded
from search_core.strategies.base import Allocate, BackUp, Decide, Merge, Resolve


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
                values = all_rounded([value for _, _, value in statistics])
                said = [
                    (node.id, visits, value)
                    for (node, visits, _), value in zip(statistics, values, strict=True)
                ]
                self._log.add_steps(BackedUp, said)
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
        if request.ranked:
            kept, pruned = _ranked(request)
        else:
            kept = tuple([Verdict(node.id) for node in request.kept])
            pruned = tuple([Verdict(node.id) for node in request.pruned])
        self._log.add(
            Decided,
            round=round_,
            rule=request.rule,
            why=request.why,
            cutoff=request.cutoff,
            subtree=request.subtree,
            kept=kept,
            pruned=pruned,
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


def _ranked(request: Decide) -> tuple[tuple[Verdict, ...], tuple[Verdict, ...]]:
    """Kept and pruned, each with its rank and what it has over the cut-off."""
    nodes = (*request.kept, *request.pruned)
    ranks = request.ranks or range(1, len(nodes) + 1)
    cutoff = request.cutoff
    verdicts = tuple(
        [
            Verdict(node.id, rank, None if cutoff is None else rounded(node.value - cutoff))
            for node, rank in zip(nodes, ranks, strict=True)
        ]
    )
    return verdicts[: len(request.kept)], verdicts[len(request.kept) :]
