"""Which of two verifiers was right at a decision, by the rollouts of an audit."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.audit.result import Audit
from search_core.audit.shares import ReachedShare, chance_better
from search_core.verify.rescoring.decision import Right


def right_by_rollouts(audit: Audit, then: Sequence[str], now: Sequence[str]) -> Right:
    """Whose steps the solver reaches the answer from more often.

    The rollouts of all steps of a side count together.

    Args:
        audit: Of the run; its level is how sure one has to be.
        then, now: Ids of the steps that the one and the other preferred.

    Returns:
        "alike" where neither side is surely the better; "not known" where one has no rollouts.
    """
    sides = [_together(audit, nodes) for nodes in (then, now)]
    if not all(side.rollouts for side in sides):
        return "not known"
    better = chance_better(sides[1], sides[0])
    if better >= audit.level:
        return "now"
    return "was" if better <= 1 - audit.level else "alike"


def _together(audit: Audit, nodes: Sequence[str]) -> ReachedShare:
    shares = [audit.shares[node] for node in nodes if node in audit.shares]
    # Of a finished solution it is known: as if rollouts, as many as from any step, had ended so.
    most = max((share.rollouts for share in audit.shares.values()), default=0)
    reached = rollouts = 0
    for share in shares:
        count = share.rollouts if share.known is None else most
        rollouts += count
        reached += share.reached if share.known is None else count * share.known
    return ReachedShare(reached, rollouts)
