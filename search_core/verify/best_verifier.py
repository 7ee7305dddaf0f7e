"""Which of several verifiers to take, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search_core.verify.findings import CardFinding


def best_verifier(
    cards: Mapping[str, Mapping[str, Any]], comparisons: Sequence[Mapping[str, Any]]
) -> CardFinding | None:
    """The one that ranks attempts at one problem best, beside the next; None: there are not two.

    Whether it is surely better is told by the paired interval of the two, on the same problems.

    Args:
        cards: A report's cards by the verifiers' names.
        comparisons: The report's, of pairs of them.
    """
    areas = {name: area for name, card in cards.items() if (area := _area(card)) is not None}
    ranked = sorted(areas, key=lambda name: areas[name], reverse=True)
    if len(ranked) < 2:
        return None
    best, next_ = ranked[:2]
    said = f"AUROC within a problem {areas[best]:.3f} and {areas[next_]:.3f}"
    gap = _gap(best, next_, comparisons)
    if gap is None:
        return CardFinding("open", f"“{best}” comes before “{next_}”.", f"{said}.")
    low, high = gap
    interval = f"95 % interval of the difference {low:.3f} to {high:.3f}".replace("-", "−")
    figures = f"{said}; {interval}."
    if low > 0:
        return CardFinding(
            "good",
            f"“{best}” tells right attempts from wrong ones best, “{next_}” is next.",
            figures,
        )
    return CardFinding(
        "open",
        f"“{best}” and “{next_}” tell right attempts from wrong ones best; which of the two is "
        "better cannot be told from these rows.",
        figures,
    )


def _area(card: Mapping[str, Any]) -> float | None:
    area = card["ranking"]["solutions"]["within_problem"]["auroc"]
    return None if area is None else float(area["value"])


def _gap(
    best: str, next_: str, comparisons: Sequence[Mapping[str, Any]]
) -> tuple[float, float] | None:
    """The interval of what the best is ahead by."""
    for each in comparisons:
        found = each["auroc_within_problem"]
        if found is None or {each["first"], each["second"]} != {best, next_}:
            continue
        low, high = found["low"], found["high"]
        return (low, high) if each["first"] == best else (-high, -low)
    return None
