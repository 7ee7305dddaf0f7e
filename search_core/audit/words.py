"""Shares and cuts in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.audit.prices import CutPrice
from search_core.audit.shares import ReachedShare
from search_core.log.tree import Tree
from search_core.picture.numbers import counted, format_percent
from search_core.picture.step_names import step_name, step_title
from search_core.picture.text import one_line

_LINE = 60


def by_round(prices: Sequence[CutPrice]) -> list[CutPrice]:
    """Cuts by round; within one the dearest first."""
    return sorted(prices, key=lambda price: (price.round, -price.share.value))


def decision_line(price: CutPrice, tree: Tree) -> str:
    """How sure a choice was, by its closest call."""
    if price.kept_better is None:
        return (
            f"The strongest cut, {step_name(price.id, tree)}, cannot be held against anything yet."
        )
    kept = f"the weakest kept ({step_name(price.against or '', tree)})"
    cut = f"the strongest cut ({step_name(price.id, tree)})"
    if price.state == "neither":
        return f"Neither {kept} nor {cut} ever reached the answer."
    if price.state == "reversed":
        sure, better, other = 1 - price.kept_better, cut, kept
    else:
        sure, better, other = price.kept_better, kept, cut
    return f"It is {format_percent(sure)} sure that {better} is better than {other}."


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
            lines += [f"  {decision_line(each, tree)}" for each in decisions if each.round == at]
        kept = "" if price.against is None else step_name(price.against, tree)
        sure = price.kept_better or 0.0
        better = f"{format_percent(sure)} sure that {kept} was better"
        told = {
            "clear": f"cut rightly, {better}",
            "noise": f"within noise, {better}",
            "neither": f"neither this nor {kept} ever reached the answer",
            "reversed": f"cut wrongly, {format_percent(1 - sure)} sure that this was better",
            "open": "nothing to hold it against",
        }[price.state]
        line = one_line(tree.nodes[price.id].text, _LINE)
        lines.append(
            f"  {step_title(price.id, tree)} “{line}”: {share_words(price.share)}; {told}."
        )
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
