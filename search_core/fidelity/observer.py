"""Watches a strategy's requests and writes down, in texts, what it did."""

from __future__ import annotations

from collections.abc import Iterable

from search_core.fidelity.record import RoundRecord
from search_core.fidelity.text_world import DELIMITER, TextSolver
from search_core.strategies.base import (
    Choose,
    Complete,
    Continue,
    Decide,
    Merge,
    Nodes,
    NodeView,
    Plan,
    Request,
    Sample,
    Strategy,
)
from search_core.strategies.options import StrategyOptions


class Observer:
    """The rounds and the candidates of one search; tells the solver what comes next."""

    def __init__(self, solver: TextSolver) -> None:
        self.rounds: list[RoundRecord] = []
        self.candidates: Nodes = ()
        self._solver = solver
        self._place: dict[str, int] = {}
        self._kept: Nodes = ()
        self._pruned: Nodes = ()

    def watch(self, strategy: Strategy, root: NodeView, options: StrategyOptions) -> Plan:
        """The strategy's plan, request by request the same."""
        plan = strategy.plan(root, options)
        try:
            request = next(plan)
            while True:
                self._before(request)
                reply = yield request
                self._after(request, reply)
                request = plan.send(reply)
        except StopIteration:
            return
        finally:
            plan.close()

    def _before(self, request: Request) -> None:
        match request:
            case Sample():
                self._solver.begin(to_end=request.to_end)
                if not request.rollout:
                    self._open_round(request.parents)
            case Continue():
                self._solver.begin(to_end=False)
                self._open_round(())
            case Decide():
                self._kept = self._in_order(self._kept + request.kept)
                self._pruned = self._in_order(self._pruned + request.pruned)
                self._now.kept, self._now.pruned = texts(self._kept), texts(self._pruned)
            case Merge():
                self._now.merged += texts(duplicate for duplicate, _ in request.pairs)
            case Complete():
                self._now.completed += texts(request.nodes)
            case Choose():
                self.candidates = request.candidates

    def _after(self, request: Request, reply: Nodes) -> None:
        match request:
            case Sample(rollout=True):
                self._now.looked_ahead += texts(reply)
            case Sample() | Continue():
                self._now.sampled += texts(reply)
                for node in reply:
                    self._place.setdefault(node.id, len(self._place))

    def _open_round(self, parents: Nodes) -> None:
        self.rounds.append(RoundRecord(sampled_from=texts(parents)))
        self._kept = self._pruned = ()

    @property
    def _now(self) -> RoundRecord:
        if not self.rounds:
            self._open_round(())
        return self.rounds[-1]

    def _in_order(self, nodes: Nodes) -> Nodes:
        return tuple(sorted(nodes, key=lambda node: self._place.get(node.id, -1)))


def path_text(node: NodeView) -> str:
    """The path to a node as search-and-learn sees it."""
    if node.depth == 0:
        return ""
    return node.path_text + (DELIMITER if node.ended == "step" else "")


def texts(nodes: Iterable[NodeView]) -> list[str]:
    """The paths to these nodes."""
    return [path_text(node) for node in nodes]
