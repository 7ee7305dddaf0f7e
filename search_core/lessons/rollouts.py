"""Rollouts of a step, written while the reader waits: what the verifier's score is a guess of.

The reader asks for a few at a time. Which ones they are follows from a number that the page
draws, so the same number gives the same rollouts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from search_core.evaluation.written_paths import WrittenPath, write_to_end
from search_core.log.traces import Trace
from search_core.models import embedded_pair
from search_core.protocols import Cancelled
from search_core.run.recorded import recipe_of

EACH = 8
"""Rollouts that are written at a time."""
DRAWS = 10_000
"""Numbers that the page may draw, from 0."""
MOST = 10
"""How often one step may be asked for: by then the interval hardly gets narrower."""


class StepRollouts:
    """The solver of a recorded run, going on from some of its steps.

    Args:
        trace: Of the small embedded solver.
        steps: Ids of the steps.
    """

    def __init__(self, trace: Trace, steps: Sequence[str]) -> None:
        self._recipe = recipe_of(trace.started)
        self._paths = {step: [node.text for node in trace.tree.path(step)] for step in steps}

    def offers(self, step: str, draw: int) -> bool:
        """Whether there is such a step, and such a draw."""
        return step in self._paths and 0 <= draw < DRAWS

    def write(self, step: str, draw: int, cancelled: Cancelled) -> list[dict[str, Any]]:
        """`EACH` rollouts of a step to their ends.

        Returns:
            Of each `steps`, what was written after the step, and `right`, whether it arrives.

        Raises:
            RunCancelled: `cancelled()` became True.
            Exception: Whatever the solver raised.
        """
        recipe, before = self._recipe, self._paths[step]
        paths = [
            WrittenPath(recipe.problem, 0, f"rollout/{step}/{place}", place, list(before))
            for place in range(EACH)
        ]
        write_to_end(
            paths,
            recipe.sampling,
            embedded_pair().solver,
            cancelled,
            max_steps=recipe.options.max_steps,
            seed=draw,
        )
        return [{"steps": path.steps[len(before) :], "right": path.right} for path in paths]
