"""Events that say how the run itself goes: what it costs, and what did not go as planned."""

from __future__ import annotations

from typing import ClassVar, Literal

from search_core.log.cost import Cost
from search_core.log.events.event import Event
from search_core.log.fields import Amount, Count, Line
from search_core.log.nodes import NodeTable


class Spent(Event):
    """What one batched model call cost."""

    kind: Literal["spent"] = "spent"
    round: Count
    call: Literal["sample", "score"]
    requests: Count
    generated: Count = 0
    prefilled: Count = 0
    reused: Count = 0
    verified: Count = 0
    """Tokens that the verifier read, or wrote before it judged."""
    solver_flops: Amount = 0.0
    verifier_flops: Amount = 0.0
    seconds: Amount = 0.0
    again: Count = 0
    """Of the requests, those whose replies are of an earlier run: nobody was asked, and nothing of
    them is counted here."""

    @property
    def cost(self) -> Cost:
        """The same as a sum to which more can be added."""
        return Cost(
            self.generated,
            self.prefilled,
            self.reused,
            self.verified,
            self.solver_flops,
            self.verifier_flops,
            self.seconds,
        )

    def apply_to(self, tree: NodeTable) -> None:
        tree.cost = tree.cost.plus(self.cost)


class Warned(Event):
    """Something went otherwise than planned, and the run went on (a batch was split)."""

    remembered: ClassVar[bool] = True

    kind: Literal["warned"] = "warned"
    message: Line
