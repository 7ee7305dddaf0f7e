"""One sentence on each verifier: what one may do with it, by its own figures."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from search_core.verify.verdict import verdict

CARDS: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "assets/results/verify/embedded.json").read_text()
)["cards"]


@pytest.mark.parametrize(
    ("name", "state", "said"),
    [
        ("small", "good", "“small” can be trusted to rank and to cut"),
        ("early", "bad", "“early” should not steer a search alone"),
        ("outcome", "good", "“outcome” can be trusted to rank, as long as"),
        ("large", "good", "“large” can be trusted to rank and to cut"),
    ],
)
def test_the_embedded_verifiers_are_told_apart(name: str, state: str, said: str) -> None:
    found = verdict(name, CARDS[name])
    assert found.state == state
    assert found.sentence.startswith(said)
    # What to do in plain words; the figures stand apart.
    assert found.sentence.count(". ") == 0
    assert not any(sign in found.sentence for sign in "%(;0123456789")
    assert found.figures.startswith("AUROC within a problem ")
    assert found.whole == f"{found.sentence} {found.figures}"


def changed(path: str, value: Any) -> dict[str, Any]:
    card = copy.deepcopy(CARDS["small"])
    *places, last = path.split("/")
    inside = card
    for place in places:
        inside = inside[place]
    inside[last] = value
    return card


AREA = "ranking/solutions/within_problem/auroc"


@pytest.mark.parametrize(
    ("path", "value", "state", "said"),
    [
        (AREA, None, "open", "cannot be told"),
        (AREA, {"value": 0.55, "low": 0.45, "high": 0.65}, "bad", "as chance would"),
        (AREA, {"value": 0.2, "low": 0.1, "high": 0.3}, "bad", "worse than chance"),
        (AREA.replace("auroc", "problems"), 19, "open", "too few problems"),
        (AREA, {"value": 0.75, "low": 0.7, "high": 0.8}, "open", "these rows do not tell"),
        ("best_of_n/more_samples_hurt", True, "bad", "it picks worse ones"),
        ("cuts/by_threshold/precision", {"value": 0.6, "low": 0.5, "high": 0.7}, "open",
         "less to cut"),
    ],
)  # fmt: skip
def test_each_fault_is_named(path: str, value: Any, state: str, said: str) -> None:
    found = verdict("mine", changed(path, value))
    assert found.state == state
    assert said in found.sentence
