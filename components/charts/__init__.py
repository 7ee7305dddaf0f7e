"""Charts of a run. Each is a pure view model, a thin plotly figure of it, and one sentence
that says the same to those who do not see it.

`frame` is what all of them share, `drawing` hands them to the page. They read a tree or its
events and know nothing of forms and running searches. Begin with `effective`, the simplest.
"""

from __future__ import annotations

from components.charts.cost import CostView, cost_figure, cost_summary, cost_view
from components.charts.effective import (
    EffectiveView,
    effective_figure,
    effective_summary,
    effective_view,
)
from components.charts.scores import ScoresView, scores_figure, scores_summary, scores_view
from components.charts.votes import VotesView, votes_figure, votes_summary, votes_view

__all__ = [
    "CostView",
    "EffectiveView",
    "ScoresView",
    "VotesView",
    "cost_figure",
    "cost_summary",
    "cost_view",
    "effective_figure",
    "effective_summary",
    "effective_view",
    "scores_figure",
    "scores_summary",
    "scores_view",
    "votes_figure",
    "votes_summary",
    "votes_view",
]
