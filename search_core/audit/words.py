"""Shares and cuts in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.audit.prices import CutPrice
from search_core.audit.shares import ReachedShare
from search_core.log.tree import Tree
from search_core.picture.numbers import counted, format_percent
from search_core.picture.text import one_line

_LINE = 60


def by_round(prices: Sequence[CutPrice]) -> list[CutPrice]:
    """Cuts by round; within one the dearest first."""
    return sorted(prices, key=lambda price: (price.round, -price.share.value))


def decision_line(price: CutPrice) -> str:
    """How sure a choice was, by its closest call."""
    if price.kept_better is None:
        return f"The strongest cut, {price.id}, cannot be held against anything yet."
    return (
        f"The weakest kept, {price.against}, is better than the strongest cut, {price.id}, with a "
        f"probability of {format_percent(price.kept_better)}."
    )


def price_lines(
    prices: Sequence[CutPrice], tree: Tree, decisions: Sequence[CutPrice] = ()
) -> list[str]:
    """A line for each choice and for each cut, by round, the dearest cut first.

    Args:
        decisions: The closest call of each choice.
    """
    lines, at = [], -1
    for price in by_round(prices):
        if price.round != at:
            at = price.round
            lines.append(f"Round {at}:")
            lines += [f"  {decision_line(each)}" for each in decisions if each.round == at]
        better = "" if price.kept_better is None else format_percent(price.kept_better)
        told = {
            "clear": f"{price.against} was better ({better})",
            "noise": f"within noise: {price.against} was better with {better}",
            "reversed": f"cut wrongly: {price.against} was better with {better}",
            "open": "nothing to hold it against",
        }[price.state]
        line = one_line(tree.nodes[price.id].text, _LINE)
        lines.append(f"  {price.id} “{line}”: {share_words(price.share)}; {told}.")
    return lines


def share_words(share: ReachedShare) -> str:
    """Such as "3 of 16 rollouts reach the answer (7% to 43%)"."""
    if share.known is not None:
        return "finished, and right" if share.known else "finished, and wrong"
    if not share.rollouts:
        return "no rollout yet"
    low, high = share.interval
    return (
        f"{share.reached} of {counted(share.rollouts, 'rollout')} "
        f"{'reaches' if share.rollouts == 1 else 'reach'} the answer ({format_percent(low)} to "
        f"{format_percent(high)})"
    )
