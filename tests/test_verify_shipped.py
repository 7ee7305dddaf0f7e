"""What the guide says of the shipped report cards is what stands in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from search_core.verify.findings import harmless_edits, interval

ROOT = Path(__file__).resolve().parents[1]
CARDS = json.loads((ROOT / "assets/results/verify/embedded.json").read_text("utf-8"))["cards"]
GUIDE = (ROOT / "assets/guide/verify.md").read_text(encoding="utf-8")
Card = Mapping[str, Any]


def within(what: str) -> Callable[[Card], str]:
    def said(card: Card) -> str:
        found = card["ranking"][what]["within_problem"]["auroc"]
        return interval(found, 3) if found else "–"

    return said


def pooled(card: Card) -> str:
    return f"{card['ranking']['solutions']['pooled']['value']:.3f}"


def first_errors(card: Card) -> str:
    found = card["benchmarks"]["processbench"]
    if not found:
        return "–"
    f1 = found["pooled"]
    return f"{f1['on_errors']:.0f}, {f1['on_correct']:.0f}, {f1['f1']:.1f}"


def errors_of_scores(card: Card) -> str:
    found = card["reliability"]
    steps = f"{found['steps']['ece']['value']:.3f}" if found["steps"] else "–"
    return f"{steps}; {found['solutions']['ece']['value']:.3f}"


def cut(card: Card) -> str:
    found = card["cuts"]
    return f"{found['by_threshold']['precision']['value']:.3f}" if found else "–"


def best_of(card: Card) -> str:
    curve = {point["n"]: 100 * point["value"] for point in card["best_of_n"]["curve"]}
    return f"{curve[1]:.1f}, {curve[4]:.1f}"


ROWS: dict[str, Callable[[Card], str]] = {
    "AUROC of attempts within a problem": within("solutions"),
    "the same, pooled": pooled,
    "AUROC of steps at one depth of a problem": within("steps"),
    "first errors found, sound solutions left alone, F1, %": first_errors,
    "ECE of steps; of solutions": errors_of_scores,
    "cut steps that were wrong": cut,
    "right by best-of-1, best-of-4, %": best_of,
}


@pytest.mark.parametrize("row", ROWS)
def test_the_guides_table_is_that_of_the_cards(row: str) -> None:
    cells = [ROWS[row](CARDS[name]) for name in ("small", "early", "outcome", "large")]
    assert f"| {row} | {' | '.join(cells)} |" in GUIDE


def test_at_least_300_problems_of_each_family_and_what_harmless_edits_do() -> None:
    for card in CARDS.values():
        families = {row["value"]: row for row in card["breakdowns"]["family"]}
        assert set(families) == {"expression", "word", "countdown"}
        assert all(row["solutions"] >= 4 * 300 - 10 for row in families.values())
    harmless = harmless_edits(CARDS["small"]["stress"])
    assert harmless is not None
    assert f"{100 * harmless.lowered:.0f} % of edits that change nothing that counts" in GUIDE
