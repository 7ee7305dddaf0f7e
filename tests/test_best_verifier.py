"""Which of several verifiers a report says to take."""

from __future__ import annotations

from typing import Any

from search_core.verify.best_verifier import best_verifier


def card(area: float | None) -> dict[str, Any]:
    auroc = None if area is None else {"value": area, "low": area, "high": area}
    return {"ranking": {"solutions": {"within_problem": {"auroc": auroc}}}}


def pair(first: str, second: str, low: float, high: float) -> dict[str, Any]:
    gap = {"value": (low + high) / 2, "low": low, "high": high}
    return {"first": first, "second": second, "auroc_within_problem": gap}


def test_one_that_is_surely_better_is_named() -> None:
    cards = {"a": card(0.6), "b": card(0.9), "c": card(0.8)}
    # The pair as it comes may be the other way round.
    found = best_verifier(cards, [pair("a", "b", -0.4, -0.2), pair("c", "b", -0.15, -0.05)])
    assert found is not None
    assert found.state == "good"
    assert found.whole == (
        "“b” tells right attempts from wrong ones best, “c” is next. AUROC within a problem 0.900 "
        "and 0.800; 95 % interval of the difference 0.050 to 0.150."
    )


def test_where_the_interval_holds_nothing_neither_is() -> None:
    cards = {"a": card(0.9), "b": card(0.89)}
    found = best_verifier(cards, [pair("a", "b", -0.01, 0.03)])
    assert found is not None
    assert found.state == "open"
    assert "cannot be told from these rows" in found.sentence
    found = best_verifier(cards, [])
    assert found is not None
    assert found.state == "open"
    assert found.sentence.startswith("“a” comes before “b”")


def test_alone_or_without_figures_nobody_is_best() -> None:
    assert best_verifier({"a": card(0.9)}, []) is None
    assert best_verifier({"a": card(0.9), "b": card(None)}, []) is None
