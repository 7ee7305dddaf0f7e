"""What did the cuts of a run cost? Rollouts from what was cut and from what was kept tell.

The solver goes on from each of these steps several times; how often it reaches the answer is the
step's share (`shares`), and a cut's price. The same shares say how sure it is that what was kept
is really better than what was cut. Begin with `auditing`, which puts it together of what the
choices were (`choices`), the rollouts (`rolling`, kept in `store`) and what they mean (`prices`,
`loss`, `result`).
"""

from search_core.audit.auditing import AuditPlan, audit
from search_core.audit.loss import AuditLoss
from search_core.audit.prices import CutPrice
from search_core.audit.result import Audit
from search_core.audit.shares import ReachedShare, chance_better
from search_core.audit.store import RolloutsFile
from search_core.audit.who_was_right import right_by_rollouts

__all__ = [
    "Audit",
    "AuditLoss",
    "AuditPlan",
    "CutPrice",
    "ReachedShare",
    "RolloutsFile",
    "audit",
    "chance_better",
    "right_by_rollouts",
]
