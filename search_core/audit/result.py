"""What an audit found: each cut with its price, which cuts were noise, and what lost the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from search_core.audit.choices import Choices
from search_core.audit.loss import AuditLoss
from search_core.audit.prices import CutPrice, CutState, share_values
from search_core.audit.shares import ReachedShare
from search_core.picture.numbers import counted, format_percent


@dataclass(frozen=True, repr=False)
class Audit:
    """What the cuts of a run cost.

    Attributes:
        choices: What was chosen between.
        prices: Of each cut, in the order of the choices.
        shares: Of each step that was kept or cut.
        loss: Where the run was lost.
        rollouts: From each step, at most.
        level: A cut was right where the last one kept is the better with at least this
            probability, wrong where the cut one is; else it is within noise. 0.5 to 1.
        written: Rollouts that were written for this audit; the others were known.
        tokens: That the solver wrote for those.
        missing: Rollouts that are still to be written.
        undecided: Rollouts whose answer could not be compared; they count for nothing.
    """

    choices: Choices
    prices: Sequence[CutPrice]
    shares: Mapping[str, ReachedShare]
    loss: AuditLoss
    rollouts: int
    level: float
    written: int = 0
    tokens: int = 0
    missing: int = 0
    undecided: int = 0

    @property
    def decisions(self) -> list[CutPrice]:
        """Of each choice in which something was cut, the strongest cut against the weakest kept:
        the closest call by score."""
        first = {choice.cut[0] for choice in self.choices.choices if choice.cut}
        return [price for price in self.prices if price.id in first]

    @property
    def reachable(self) -> int:
        """Cuts from which a rollout reached the answer."""
        return sum(price.share.hope for price in self.prices)

    @property
    def told(self) -> int:
        """Cuts of which there are rollouts to tell whether they were right."""
        return sum(price.state != "open" for price in self.prices)

    @property
    def right(self) -> int:
        """Cuts that the rollouts show to be right."""
        return self._count("clear")

    @property
    def within_noise(self) -> int:
        """Coin flips: of the two neither is surely the better."""
        return self._count("noise")

    @property
    def reversed(self) -> int:
        """Cuts that were wrong: what was cut is the better."""
        return self._count("reversed")

    @property
    def both_without(self) -> int:
        """Cuts of which neither side ever reached the answer: nothing was at stake, as far as
        these rollouts tell."""
        return self._count("neither")

    def _count(self, state: CutState) -> int:
        return sum(price.state == state for price in self.prices)

    @property
    def sentences(self) -> list[str]:
        """The result in words, the most important first."""
        return _summary(self)

    def __str__(self) -> str:
        return "\n".join(self.sentences)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values: for scripts, and for the page."""
        return {
            "format": "espalier-audit",
            "version": 1,
            "sentences": self.sentences,
            "cuts": len(self.prices),
            "reachable": self.reachable,
            "told": self.told,
            "right": self.right,
            "within_noise": self.within_noise,
            "reversed": self.reversed,
            "both_without": self.both_without,
            "loss": asdict(self.loss),
            "rollouts": self.rollouts,
            "level": self.level,
            "written": self.written,
            "tokens": self.tokens,
            "missing": self.missing,
            "undecided": self.undecided,
            "left_out": self.choices.left_out,
            "decisions": [price.id for price in self.decisions],
            "prices": [price.to_dict() for price in self.prices],
            "shares": {node: share_values(share) for node, share in self.shares.items()},
        }


def _summary(audit: Audit) -> list[str]:
    """The result, the most important first."""
    cuts = len(audit.prices)
    if not cuts:
        return [_nothing_cut(audit)]
    missing = f" {counted(audit.missing, 'rollout')} are still missing." if audit.missing else ""
    told = [
        f"Of {counted(cuts, 'cut step')}, {audit.reachable} could still have reached the answer."
        f"{missing}",
        audit.loss.sentence,
    ]
    if audit.told:
        told.append(_kinds(audit))
    if audit.undecided:
        told.append(
            f"{counted(audit.undecided, 'rollout')} gave an answer that could not be compared, and "
            "count for nothing."
        )
    if audit.choices.left_out:
        told.append(_left_out(audit.choices.left_out))
    return told


def _kinds(audit: Audit) -> str:
    """How many cuts were right, coin flips, wrong, or of no account."""
    level = format_percent(audit.level)
    kinds = (
        (audit.right, f"{{}} right (the step kept in its place is better, {level} sure or more)"),
        (audit.reversed, f"{{}} wrong (the cut step is better, {level} sure or more)"),
        (audit.within_noise, "{} within noise, a coin flip"),
        (audit.both_without, "{} of no account, since neither step ever reached the answer"),
    )
    told = [
        words.format(f"{count} {'was' if count == 1 else 'were'}")
        for count, words in kinds
        if count
    ]
    return f"Of {counted(audit.told, 'cut')} that can be judged: {'; '.join(told)}."


def _nothing_cut(audit: Audit) -> str:
    if audit.choices.left_out:
        return _left_out(audit.choices.left_out)
    return "No step was cut in this run, so no cut cost anything."


def _left_out(count: int) -> str:
    return (
        f"{counted(count, 'cut step')} cannot be gone on from: the solver had read more than the "
        "path to it."
    )
