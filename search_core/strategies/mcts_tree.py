"""The statistics of Monte-Carlo tree search: visits, values, priors, and the way down by them.

It knows nothing of models or budgets: `mcts.py` says what to write, this file remembers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from search_core.records import quickly_made
from search_core.scoring import first_best
from search_core.strategies.base import NodeView

Selection = Literal["puct", "uct"]
_CLOSED = -math.inf
"""In place of value and bonus of a branch under which nothing can be selected."""


def puct(prior: float, visits: int, all_visits: int, exploration: float) -> float:
    """What PUCT adds to a node's value: c · P · sqrt(N of all siblings) / (1 + N).

    Source: AlphaGo (Silver et al. 2016), "Selection"; AlphaZero, arXiv 1712.01815.
    """
    return exploration * prior * math.sqrt(all_visits) / (1 + visits)


def uct(prior: float, visits: int, all_visits: int, exploration: float) -> float:
    """What UCT adds to a node's value: c · sqrt(ln(N of all siblings) / N); no prior.

    Source: Kocsis and Szepesvári 2006; LATS, arXiv 2310.04406, equation 1.

    Args:
        visits: At least 1.
    """
    return exploration * math.sqrt(math.log(all_visits) / visits)


BONUSES: dict[Selection, Callable[[float, int, int, float], float]] = {"puct": puct, "uct": uct}


@dataclass(slots=True, eq=False)
class Branch:
    """A step of the tree with its statistics.

    Attributes:
        prior: Probability among its siblings; they add up to 1.
        visits: How many values were backed up through it, its own evaluation among them; and the
            virtual losses: visits worth 0 by the leaves of the batch that is being selected.
        total: Sum of those values; each in [0, 1].
        open: Leaves at or below it that can be selected: steps that were not expanded yet,
            and finished solutions as long as those may be selected again.
        solution: The solution that was found here: the step itself, or its rollout's end.
    """

    view: NodeView
    parent: Branch | None = None
    prior: float = 1.0
    children: list[Branch] = field(default_factory=list)
    visits: int = 0
    total: float = 0.0
    open: int = 0
    solution: NodeView | None = None

    @property
    def value(self) -> float:
        """Mean of the values that were backed up; virtual losses count as 0."""
        return self.total / self.visits

    @property
    def finished(self) -> bool:
        """Whether the step itself ends a solution."""
        return self.view.ended == "end"

    def way_up(self) -> list[Branch]:
        """This step and all before it, up to and with the problem."""
        way, above = [self], self.parent
        while above is not None:
            way.append(above)
            above = above.parent
        return way


@quickly_made
@dataclass(frozen=True, slots=True)
class Selected:
    """A leaf, and why it won against its siblings.

    Attributes:
        value, bonus: Of the leaf, as they were when it was selected. No sibling's sum is more,
            but for one that ties.
        next_best: The highest sum of another sibling; None: no other could be selected.
    """

    leaf: Branch
    value: float = 0.0
    bonus: float = 0.0
    next_best: float | None = None


class SearchTree:
    """All branches, from the problem down.

    Args:
        root: The problem.
        selection: The formula of the bonus.
        exploration: Its constant c.
        revisits: How often solutions may be selected again, in all.
    """

    def __init__(
        self, root: NodeView, selection: Selection, exploration: float, revisits: int
    ) -> None:
        self.top = Branch(root, open=1)
        self.waiting: dict[str, Branch] = {root.id: self.top}
        """Steps that were not expanded yet and are not being expanded, the first written first."""
        self._bonus = BONUSES[selection]
        self._exploration = exploration
        self._revisits = revisits
        self._finished: list[Branch] = []
        self._losses: list[list[Branch]] = []
        """The ways to the leaves of the batch that is being selected."""

    def select(self) -> Selected:
        """Walk down to a leaf, always to the child with the highest value plus bonus.

        Sums that tie (`scoring.TIE`): the earlier child. The whole way gets a virtual loss. A leaf
        that will now be expanded cannot be selected again; a solution can, while revisits are
        left.
        """
        leaf, way = self.top, [self.top]
        sums, best, all_visits = [0.0], 0, 0
        while leaf.children:
            all_visits = _visits_below(leaf)
            sums = self._sums(leaf, all_visits)
            best = first_best(sums)
            leaf = leaf.children[best]
            way.append(leaf)
        if leaf is self.top:
            found = Selected(leaf)
        else:
            # What it won by, before the losses change that.
            bonus = self._bonus(leaf.prior, leaf.visits, all_visits, self._exploration)
            next_best = max(sums[:best] + sums[best + 1 :], default=_CLOSED)
            found = Selected(leaf, leaf.value, bonus, None if next_best == _CLOSED else next_best)
        expanded = self.waiting.pop(leaf.view.id, None) is not None
        for branch in way:
            branch.visits += 1
            branch.open -= expanded
        self._losses.append(way)
        if not expanded:
            self._revisits -= 1
            if self._revisits == 0:
                for branch in self._finished:
                    _open(branch, -1)
        return found

    def clear_losses(self) -> None:
        """Take all virtual losses back: the batch is selected."""
        for way in self._losses:
            for branch in way:
                branch.visits -= 1
        self._losses.clear()

    def grow(
        self,
        parent: Branch,
        views: Sequence[NodeView],
        shares: Sequence[float],
        goes_on: Callable[[NodeView], bool],
    ) -> list[Branch]:
        """Add new steps after one; answer with them.

        Args:
            shares: Their priors.
            goes_on: Whether more can be written under a step. One that neither goes on nor
                ends a solution is a dead end and is never selected.
        """
        new = []
        for view, prior in zip(views, shares, strict=True):
            branch = Branch(view, parent, prior)
            if goes_on(view):
                self.waiting[view.id] = branch
                branch.open = 1
            elif view.ended == "end":
                self._finished.append(branch)
                branch.open = int(self._revisits > 0)
            new.append(branch)
        parent.children += new
        _open(parent, sum([branch.open for branch in new]))
        return new

    def back_up(self, leaves: Sequence[Branch], values: Sequence[float]) -> dict[Branch, None]:
        """Count one visit with its value for each leaf and for all before it; answer with those,
        in the order in which the leaves come to them."""
        touched: dict[Branch, None] = {}
        for parent, siblings in groupby(zip(leaves, values, strict=True), key=_parent):
            way = [] if parent is None else parent.way_up()
            together = []
            for leaf, value in siblings:
                leaf.visits += 1
                leaf.total += value
                touched[leaf] = None
                together.append(value)
            count = len(together)
            for branch in way:
                branch.visits += count
                total = branch.total
                for value in together:  # one by one: a sum depends on the order of addition
                    total += value
                branch.total = total
            touched.update(dict.fromkeys(way))
        return touched

    def principal(self, by: Callable[[Branch], float]) -> NodeView | None:
        """Walk down to a solution, always to the child that is best by this measure.

        Only children with a solution at or below them count; of those that tie, the earlier.
        Without any solution: None.
        """
        solved = self._solved()
        branch = self.top
        while below := [child for child in branch.children if child.view.id in solved]:
            branch = below[first_best([by(child) for child in below])]
        return branch.solution

    def _sums(self, parent: Branch, all_visits: int) -> list[float]:
        """Of each child its value plus bonus; of one that no leaf is left under: `_CLOSED`."""
        if not parent.open:
            raise ValueError(f"No leaf is left at or below node {parent.view.id}.")
        # The same as each one's value and bonus, written out: this is the search's inmost loop.
        bonus, exploration = self._bonus, self._exploration
        if bonus is puct:
            root = math.sqrt(all_visits)
            return [
                child.total / child.visits + exploration * child.prior * root / (1 + child.visits)
                if child.open
                else _CLOSED
                for child in parent.children
            ]
        return [
            child.total / child.visits + bonus(child.prior, child.visits, all_visits, exploration)
            if child.open
            else _CLOSED
            for child in parent.children
        ]

    def _solved(self) -> set[str]:
        """Ids of all branches with a solution at or below them."""
        found: set[str] = set()
        stack = [self.top]
        while stack:
            branch = stack.pop()
            stack.extend(branch.children)
            if branch.solution is not None:
                found.update(above.view.id for above in branch.way_up())
        return found


def _visits_below(parent: Branch) -> int:
    """Of all its children together, virtual losses included: all its own but for the first one, by
    which it was evaluated itself. The problem was not."""
    return parent.visits if parent.parent is None else parent.visits - 1


def _parent(evaluated: tuple[Branch, float]) -> Branch | None:
    return evaluated[0].parent


def _open(leaf: Branch, count: int) -> None:
    """So many more leaves can be selected at or below this one."""
    for branch in leaf.way_up():
        branch.open += count


def priors(siblings: Sequence[NodeView], temperature: float) -> list[float]:
    """Each sibling's part of the solver's probability: a softmax of the log-probabilities.

    They are those of whole steps, so at temperature 1 this is the probability with which the
    solver writes just this step, given that it writes one of these.

    Args:
        siblings: At least one.
        temperature: Above 0; higher makes them more alike.

    Raises:
        ValueError: A log-probability is not known.
    """
    logprobs = [node.likelihood for node in siblings]
    best = max(logprobs)
    powers = [math.exp((logprob - best) / temperature) for logprob in logprobs]
    together = math.fsum(powers)
    return [power / together for power in powers]
