"""Two reports, number by number: a verifier's regression test for a build.

A metric is the way to a number of a card, with dots: "ranking.solutions.pooled". An estimate with
an interval stands for its value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search_core.verify.report import FORMAT, VERSION

USUAL = (
    "ranking.solutions.within_problem.auroc",
    "ranking.steps.within_problem.auroc",
    "benchmarks.processbench.pooled.f1",
    "reliability.steps.ece",
    "cuts.by_threshold.precision",
)
"""What is compared unless somebody names something else, as far as both reports have it."""
_LESS_IS_BETTER = frozenset(
    (
        *("ece", "brier", "right_steps_cut", "every_right_step_cut", "inflated", "unnoticed"),
        *("wrong_called_right", "right_called_wrong", "similarity"),
    )
)


@dataclass(frozen=True, slots=True)
class MetricChange:
    """One number in two reports.

    Attributes:
        metric: The way to it.
        before, after: Its values.
        better_by: How much better it got, in its own unit; below 0: worse.
    """

    metric: str
    before: float
    after: float

    @property
    def better_by(self) -> float:
        rises = self.after - self.before
        return -rises if less_is_better(self.metric) else rises

    def is_worse(self, tolerance: float) -> bool:
        """Whether it got worse by more than the tolerance."""
        return self.better_by < -tolerance


def less_is_better(metric: str) -> bool:
    """Whether a lower value of this metric is the better one."""
    return any(part in _LESS_IS_BETTER for part in metric.split("."))


def read_report(path: Path) -> dict[str, Any]:
    """A report's values.

    Raises:
        ValueError: The file is no report of this version; the message says what it is.
        OSError: It cannot be read.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{path} is not JSON ({error!s:.200}); expected verify's --json."
        ) from error
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise ValueError(f"{path} is no report of `verify`; expected what its --json wrote.")
    if values.get("version") != VERSION:
        raise ValueError(
            f"{path} is a report of version {values.get('version')!r:.20}; this program reads "
            f"version {VERSION}. Make it again."
        )
    return values


def card_of(report: Mapping[str, Any], name: str | None, path: Path) -> Mapping[str, Any]:
    """The card of this name, or the only one.

    Raises:
        ValueError: There is none of this name, or there are several and none was named.
    """
    cards: Mapping[str, Mapping[str, Any]] = report["cards"]
    if name is None and len(cards) == 1:
        return next(iter(cards.values()))
    if name is None or name not in cards:
        got = f"no card {name!r:.60}" if name is not None else f"{len(cards)} cards"
        raise ValueError(f"{path} has {got}; name one with --card: {', '.join(cards)}.")
    return cards[name]


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], metrics: Sequence[str]
) -> list[MetricChange]:
    """The chosen numbers of two cards.

    Args:
        metrics: Ways to numbers; empty: the usual ones, as far as both cards have them.

    Raises:
        ValueError: A chosen number is missing in a card, or there is none to compare.
    """
    found = []
    for metric in metrics or USUAL:
        one, two = _number(before, metric), _number(after, metric)
        if one is None or two is None:
            if metrics:
                which = "first" if one is None else "second"
                raise ValueError(
                    f"The {which} card has no number {metric!r:.80}; it has, among others, "
                    f"{', '.join(list(_ways(before))[:6])}."
                )
            continue
        found.append(MetricChange(metric, one, two))
    if not found:
        raise ValueError("The two cards share none of the usual numbers; name some with --metric.")
    return found


def _number(card: Mapping[str, Any], metric: str) -> float | None:
    value: Any = card
    for part in metric.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    if isinstance(value, Mapping) and isinstance(value.get("value"), int | float):
        value = value["value"]
    return float(value) if isinstance(value, int | float) and value is not True else None


def _ways(card: Mapping[str, Any], so_far: str = "") -> Iterator[str]:
    for key, value in card.items():
        way = f"{so_far}{key}"
        if isinstance(value, Mapping) and "value" not in value:
            yield from _ways(value, f"{way}.")
        elif _number(card, key) is not None:
            yield way
