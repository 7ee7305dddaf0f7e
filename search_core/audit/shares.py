"""How often the solver would reach the answer from a step: a share, and how surely it is known.

Of n rollouts k reached it. Before any rollout every probability from 0 to 1 counts as equally
likely (the uniform prior, Beta(1, 1)); after them the probability has the density
Beta(1 + k, 1 + n - k). Both numbers are whole, so everything below is exact and needs no library:
the distribution function is a binomial tail, and P(A > B) a finite sum (E. Miller, "Formulas for
Bayesian A/B testing", 2014).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp, lgamma, log, log1p

COVERED = 0.95
_HALVINGS = 50


@dataclass(frozen=True, slots=True)
class ReachedShare:
    """What rollouts from a step say of the probability that the solver reaches the answer from it.

    Attributes:
        reached: Rollouts that reached it.
        rollouts: All that could be judged, at least 0.
        known: Of a finished solution whether it is right: then nothing has to be estimated.
    """

    reached: int = 0
    rollouts: int = 0
    known: bool | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.reached <= self.rollouts:
            raise ValueError(
                f"{self.reached} of {self.rollouts} rollouts reached the answer; expected 0 to all."
            )

    @property
    def judged(self) -> bool:
        """Whether anything is known."""
        return self.known is not None or self.rollouts > 0

    @property
    def hope(self) -> bool:
        """Whether the answer is known to be within reach: a rollout got there, or it is right."""
        return self.reached > 0 if self.known is None else self.known

    @property
    def value(self) -> float:
        """The share that reached it; without any rollout the prior's mean."""
        if self.known is not None:
            return float(self.known)
        return self.reached / self.rollouts if self.rollouts else 0.5

    @property
    def interval(self) -> tuple[float, float]:
        """In which the probability lies with 95 %: 2.5 % of the posterior are left on each side.

        Where no rollout got there it begins at 0, and where all did it ends at 1: these may well
        be the truth, and an equal-tailed interval would never hold them.
        """
        if self.known is not None:
            return float(self.known), float(self.known)
        tail = (1 - COVERED) / 2
        low = 0.0 if not self.reached else _quantile(tail, self.reached, self.rollouts)
        all_did = self.reached == self.rollouts
        return low, 1.0 if all_did else _quantile(1 - tail, self.reached, self.rollouts)


def chance_better(first: ReachedShare, second: ReachedShare) -> float:
    """Probability, 0 to 1, that the first step's share is really higher than the second's.

    Of two that are known to be equal it is 0.5: neither is the better one.
    """
    if first.known is not None and second.known is not None:
        return 0.5 if first.known == second.known else float(first.known)
    if first.known is not None:
        return float(first.known)
    if second.known is not None:
        return float(not second.known)
    return _above(first.reached, first.rollouts, second.reached, second.rollouts)


@lru_cache(maxsize=4096)
def _above(reached: int, rollouts: int, other_reached: int, other_rollouts: int) -> float:
    """P(A > B) for A ~ Beta(1 + reached, …), B likewise."""
    a, b = 1 + reached, 1 + rollouts - reached
    c, d = 1 + other_reached, 1 + other_rollouts - other_reached
    total = 0.0
    for i in range(a):
        total += exp(_log_beta(c + i, b + d) - log(b + i) - _log_beta(1 + i, b) - _log_beta(c, d))
    return min(1.0, max(0.0, total))


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


@lru_cache(maxsize=4096)
def _quantile(share: float, reached: int, rollouts: int) -> float:
    """Where the posterior's distribution function comes to `share`."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _below(middle, 1 + reached, 1 + rollouts - reached) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _below(x: float, a: int, b: int) -> float:
    """P(Beta(a, b) < x) for whole a, b, 0 < x < 1: at least a heads in a + b - 1 throws."""
    throws = a + b - 1
    heads, tails = log(x), log1p(-x)
    return sum(
        exp(-log(throws + 1) - _log_beta(j + 1, throws - j + 1) + j * heads + (throws - j) * tails)
        for j in range(a, throws + 1)
    )
