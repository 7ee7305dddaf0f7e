"""Charts of very large runs: what is drawn is bounded, and the sentence tells of everything."""

from __future__ import annotations

import json

import pytest

from components.charts import (
    cost_figure,
    cost_summary,
    cost_view,
    effective_view,
    scores,
    scores_figure,
    scores_summary,
    scores_view,
)
from components.charts.frame import MOST_ROUNDS
from search_core.log.events import Allocated, Spent
from search_core.log.tree import Tree
from tests.random_trees import tree_of


def scored(tree: Tree) -> int:
    return sum(node.aggregate is not None for node in tree.steps())


def scored_tree(size: int) -> Tree:
    tree = tree_of(size, 40, 3)
    for node in tree.steps():
        node.aggregate = node.score or 0.5
    return tree


def test_of_very_many_steps_some_are_drawn_and_all_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    most = 150
    assert most < scores.MOST_DRAWN
    monkeypatch.setattr(scores, "MOST_DRAWN", most)
    tree = scored_tree(4 * most + 7)
    view = scores_view(tree)
    assert most / 2 < len(view.steps) <= most + 1
    assert sum(span.count for span in view.spans) == scored(tree)
    assert "of them are drawn" in scores_summary(view)
    assert tree.finished is not None
    assert tree.finished.chosen in {step.id for step in view.steps}
    figure = json.loads(scores_figure(view).to_json())
    assert sum(len(trace["y"]) for trace in figure["data"]) <= most + 1 + 3 * len(view.cuts)


def test_of_few_steps_all_are_drawn() -> None:
    tree = scored_tree(300)
    view = scores_view(tree)
    assert len(view.steps) == scored(tree)
    assert "drawn" not in scores_summary(view)


def test_of_very_many_rounds_the_last_are_drawn_and_all_are_told() -> None:
    rounds = 4 * MOST_ROUNDS
    events = [
        Spent(seq=at, t=0.0, round=at + 1, call="sample", requests=1, generated=1)
        for at in range(rounds)
    ]
    view = cost_view(events)
    assert [view.rounds[0][0], view.rounds[-1][0]] == [rounds - MOST_ROUNDS + 1, rounds]
    assert view.total.generated == rounds
    assert "2,000 rounds (the last 500 are drawn)" in cost_summary(view)
    assert max(len(bar.x) for bar in cost_figure(view).data) == MOST_ROUNDS
    assert "drawn" not in cost_summary(cost_view(events[:MOST_ROUNDS]))


def test_of_very_many_allocations_the_last_are_drawn() -> None:
    tree = tree_of(3, 3, 1)
    allocations = [
        Allocated(seq=at, t=0.0, round=at, rule="systematic", effective=1.0, shares=())
        for at in range(2 * MOST_ROUNDS)
    ]
    tree.remembered[Allocated] = list(allocations)
    view = effective_view(tree)
    assert len(view.points) == MOST_ROUNDS
    assert view.points[-1].round == 2 * MOST_ROUNDS - 1
