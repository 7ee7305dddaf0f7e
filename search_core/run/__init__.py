"""One run: a recipe and two models in, a log of events out.

It knows neither page nor server, and of models only their protocols. Begin with `recipe.py` and
`runner.py`; `asking.py` serves what a strategy asks of models, `decisions.py` writes down what it
decides, `election.py` ends the run, `grading.py` says what is right, and `driving.py` answers the
model calls of one run.
"""

from search_core.run.calls import ModelCall, ModelReply, SolverCall, VerifierCall
from search_core.run.driving import drive, never
from search_core.run.estimate import CostEstimate, estimate, seconds_on_gpu
from search_core.run.grading import Grader, grade_solution
from search_core.run.limits import LimitReached, Limits
from search_core.run.pairing import check_solver, check_verifier, size_note
from search_core.run.recipe import Recipe
from search_core.run.releasing import Releaser
from search_core.run.replies import ProtocolError
from search_core.run.runner import Run, ignore

__all__ = [
    "CostEstimate",
    "Grader",
    "LimitReached",
    "Limits",
    "ModelCall",
    "ModelReply",
    "ProtocolError",
    "Recipe",
    "Releaser",
    "Run",
    "SolverCall",
    "VerifierCall",
    "check_solver",
    "check_verifier",
    "drive",
    "estimate",
    "grade_solution",
    "ignore",
    "never",
    "seconds_on_gpu",
    "size_note",
]
