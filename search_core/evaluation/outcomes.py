"""What one run of an evaluation came to: small enough to keep thousands."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from typing import Any

from search_core.evaluation.arms import Arm
from search_core.evaluation.attempts import Attempt, attempts_of
from search_core.log.events import VERSION, Event, Spent
from search_core.log.tree import Tree
from search_core.problem import Problem
from search_core.protocols import SolverInfo, VerifierInfo
from search_core.run.recipe import Recipe

OUTCOME_VERSION = 2
_KEY_CHARACTERS = 24


@dataclass(frozen=True)
class Outcome:
    """One run's result and cost. Tokens are counts; seconds are its share of its batches.

    Attributes:
        key: Hash of everything that the run depends on; see `run_key`.
        problem: Hash of the problem.
        arm: Name of the arm.
        right: For each judge ("majority", "weighted", "best", "any") that could be asked,
            whether its choice is right. One that could not be compared with the reference is
            not known to be, and counts as not right.
        attempts: Those of best-of-N, in order; of other strategies none.
    """

    key: str
    problem: str
    arm: str
    seed: int
    status: str
    right: dict[str, bool]
    generated: int
    prefilled: int
    reused: int
    verified: int
    solver_flops: float
    verifier_flops: float
    solver_seconds: float
    verifier_seconds: float
    attempts: tuple[Attempt, ...] = ()

    def to_json(self) -> str:
        """One line of NDJSON, without the line break."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_values(cls, values: dict[str, Any]) -> Outcome:
        """The outcome that `to_json` wrote.

        Raises:
            TypeError, KeyError: The values are not those of an outcome.
        """
        made = (Attempt(*attempt) for attempt in values["attempts"])
        attempts = tuple(attempt._replace(scores=tuple(attempt.scores)) for attempt in made)
        return cls(**{**values, "attempts": attempts})


def problem_key(problem: Problem) -> str:
    """Short hash of a problem: text, reference, family and level."""
    return short_hash(asdict(problem))


def run_key(recipe: Recipe, solver: SolverInfo, verifier: VerifierInfo) -> str:
    """Short hash of everything that a run's outcome depends on, model revisions included."""
    reads_scores = recipe.strategy.uses_verifier
    return short_hash(
        {
            "versions": [OUTCOME_VERSION, VERSION],
            "problem": asdict(recipe.problem),
            "strategy": recipe.strategy.name,
            "options": asdict(recipe.options),
            "sampling": recipe.sampling.said(),
            "limits": asdict(recipe.limits),
            "seed": recipe.seed,
            "solver": written_by(solver),
            "verifier": [verifier.name, verifier.revision, verifier.dtype]
            if reads_scores
            else None,
        }
    )


def written_by(solver: SolverInfo) -> list[str]:
    """What tells solvers apart: steps that were asked for one by one are another solver's."""
    steps = [] if solver.steps == "continued" else [solver.steps]
    return [solver.name, solver.revision, solver.dtype, *steps]


def outcome_of(arm: Arm, recipe: Recipe, key: str, events: list[Event], tree: Tree) -> Outcome:
    """Read the result off a finished run.

    A run without an answer is wrong: nobody was helped.
    """
    solutions = [node for node in tree.steps() if node.state == "completed"]
    right = {
        method: bool(vote.chosen and tree.nodes[vote.chosen].right)
        for method, vote in tree.votes.items()
    }
    right["any"] = any(node.right for node in solutions)
    cost, spent = tree.cost, [event for event in events if isinstance(event, Spent)]
    seconds = {
        call: math.fsum(event.seconds for event in spent if event.call == call)
        for call in ("sample", "score")
    }
    return Outcome(
        key=key,
        problem=problem_key(recipe.problem),
        arm=arm.name,
        seed=recipe.seed,
        status=tree.finished.status if tree.finished else "unfinished",
        right=right,
        generated=cost.generated,
        prefilled=cost.prefilled,
        reused=cost.reused,
        verified=cost.verified,
        solver_flops=cost.solver_flops,
        verifier_flops=cost.verifier_flops,
        solver_seconds=round(seconds["sample"], 4),
        verifier_seconds=round(seconds["score"], 4),
        attempts=attempts_of(recipe.problem, tree) if arm.is_best_of_n else (),
    )


def short_hash(values: Any) -> str:
    """Hash of JSON-ready values, short enough to name a run."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_KEY_CHARACTERS]
