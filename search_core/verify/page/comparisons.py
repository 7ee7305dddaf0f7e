"""Verifiers side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search_core.verify.page.figures import NOTHING, ci
from search_core.verify.page.markup import paragraph, table, tag


def comparison_section(found: Sequence[Mapping[str, Any]]) -> str:
    """Each verifier against the first; "" where there is one alone."""
    if not found:
        return ""
    first = found[0]["first"]
    names = [each["second"] for each in found]
    rows = [
        ["first error found, difference", *(ci(_of(each, "first_errors")) for each in found)],
        ["McNemar p", *(_p(each) for each in found)],
        ["rows that only one has right", *(_only(each) for each in found)],
        ["steps called rightly, difference", *(ci(_of(each, "steps")) for each in found)],
        [
            "AUROC within a problem, difference",
            *(ci(each["auroc_within_problem"]) for each in found),
        ],
        ["best-of-N at the largest N, difference", *(ci(_of(each, "best_of_n")) for each in found)],
        ["Brier score of steps, difference", *(ci(each["brier_of_steps"]) for each in found)],
        ["rank correlation of their scores", *(ci(each["rank_correlation"]) for each in found)],
    ]
    parts = [
        tag("summary", tag("h2", "Side by side", id="comparisons")),
        table(
            f"{first} minus each of the others, on the same rows; 95 % paired intervals",
            ["measure", *names],
            rows,
        ),
        paragraph(found[0]["mcnemar_counts"], "quiet"),
    ]
    whole = tag("details", *parts, class_="card", open="open")
    return tag("section", whole, aria_labelledby="comparisons")


def _of(each: Mapping[str, Any], what: str) -> Mapping[str, float] | None:
    found: Mapping[str, float] | None = each[what] and each[what]["accuracy"]
    return found


def _p(each: Mapping[str, Any]) -> str:
    found = each["first_errors"]
    return f"{found['mcnemar_p']:.2g}" if found else NOTHING


def _only(each: Mapping[str, Any]) -> str:
    found = each["first_errors"]
    return f"{found['only_first']:,} : {found['only_second']:,}" if found else NOTHING
