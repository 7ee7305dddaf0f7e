"""Measuring: strategies and budgets on held-out problems, with honest intervals.

It knows how runs are driven and nothing of what a command line or a page makes of the figures.
Begin with `arms.py` (what is compared) and `measure.py` (running it); `comparison.py` makes rows
of the outcomes, `intervals.py` says how sure they are, and `figure.py` draws them.
"""

from search_core.evaluation.arms import Arm, make_arms
from search_core.evaluation.comparison import Comparison
from search_core.evaluation.figure import evaluation_figure
from search_core.evaluation.measure import MeasurementPlan, Measurements, Models, measure
from search_core.evaluation.outcomes import Outcome
from search_core.evaluation.problems import draw_problems
from search_core.evaluation.rollouts import RolloutPlan, Rollouts
from search_core.evaluation.store import OutcomeStore

__all__ = [
    "Arm",
    "Comparison",
    "MeasurementPlan",
    "Measurements",
    "Models",
    "Outcome",
    "OutcomeStore",
    "RolloutPlan",
    "Rollouts",
    "draw_problems",
    "evaluation_figure",
    "make_arms",
    "measure",
]
