"""Lets the run's solver go on from steps, again and again, and keeps how that ended.

A rollout's seed follows from what it goes on from and its place alone. So the same audit gives the
same counts whatever was in a batch with it, and whether it was stopped in between or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

from search_core.answers import Undecided
from search_core.audit.shares import ReachedShare
from search_core.audit.store import RolloutEnd, RolloutsFile
from search_core.embedded import FAMILIES
from search_core.evaluation.outcomes import short_hash, written_by
from search_core.evaluation.written_paths import WrittenPath, write_to_end
from search_core.log.tree import Node, Tree
from search_core.problem import Problem
from search_core.protocols import Cancelled, RunCancelled, Sampling, Solver, SolverInfo
from search_core.run.grading import grade_solution

ROLLOUTS_VERSION = 1
PASS = 4
"""Rollouts that each step gets before any step gets more: stopped early, all are known alike."""


@dataclass(frozen=True, slots=True)
class Continuing:
    """How rollouts go on: all that they depend on, beside the path and their place.

    Attributes:
        max_steps: The most steps of a path.
        seed: Another one draws other rollouts.
    """

    problem: Problem
    solver: SolverInfo
    sampling: Sampling
    max_steps: int
    seed: int = 0

    def key(self, steps: Sequence[str]) -> str:
        """Short hash of a path and of how rollouts go on from it."""
        return short_hash(
            {
                "audit": ROLLOUTS_VERSION,
                "problem": asdict(self.problem),
                "solver": written_by(self.solver),
                "prompt": self.solver.prompt,
                "sampling": self.sampling.said(),
                "max_steps": self.max_steps,
                "seed": self.seed,
                "steps": list(steps),
            }
        )


@dataclass
class RolloutDesk:
    """What is known of rollouts, and asks for more.

    Attributes:
        written: How many were written by this desk, the known ones not counted.
        tokens: That the solver wrote for those.
    """

    tree: Tree
    how: Continuing
    store: RolloutsFile
    written: int = 0
    tokens: int = 0
    _keys: dict[str, str] = field(default_factory=dict)

    def share(self, node_id: str, rollouts: int) -> ReachedShare:
        """What the first so many rollouts from a step say, as far as they are there."""
        node = self.tree.nodes[node_id]
        if node.ended != "step":
            return ReachedShare(known=self.right(node))
        ends = [self.store.get((self.key(node_id), place)) for place in range(rollouts)]
        judged = [end.reached for end in ends if end is not None and end.reached is not None]
        return ReachedShare(sum(judged), len(judged))

    def undecided(self, node_ids: Sequence[str], rollouts: int) -> int:
        """How many rollouts could not be judged."""
        ends = (self.store.get((self.key(n), k)) for n in node_ids for k in range(rollouts))
        return sum(end is not None and end.reached is None for end in ends)

    def missing(self, node_ids: Sequence[str], rollouts: int) -> Iterator[tuple[str, int]]:
        """Rollouts that are not there yet, in the order in which they are to be written.

        Steps whose paths say the same share theirs.
        """
        due: set[tuple[str, int]] = set()
        for first in range(0, rollouts, PASS):
            for node_id in node_ids:
                if self.tree.nodes[node_id].ended != "step":
                    continue
                key = self.key(node_id)
                for place in range(first, min(first + PASS, rollouts)):
                    if (key, place) not in self.store.keys and (key, place) not in due:
                        due.add((key, place))
                        yield node_id, place

    def write(
        self,
        wanted: Sequence[tuple[str, int]],
        solver: Solver,
        cancelled: Cancelled,
        *,
        at_once: int,
        most_tokens: int | None = None,
        on_batch: Callable[[], None] = lambda: None,
    ) -> bool:
        """Write rollouts and keep each batch as soon as it is there.

        Args:
            at_once: Rollouts in one call, at least 1.
            most_tokens: No batch begins once so many were written; None: no limit.
            on_batch: Called after each batch.

        Returns:
            Whether all were written.

        Raises:
            RunCancelled: `cancelled()` became True; whole batches are kept.
            Exception: Whatever the solver raised.
        """
        for start in range(0, len(wanted), at_once):
            if cancelled():
                raise RunCancelled
            if most_tokens is not None and self.tokens >= most_tokens:
                return False
            paths = [self._path(node, place) for node, place in wanted[start : start + at_once]]
            how = self.how
            write_to_end(
                paths, how.sampling, solver, cancelled, max_steps=how.max_steps, seed=how.seed
            )
            for (node, place), path in zip(wanted[start:], paths, strict=False):
                self.store.keep(
                    (self.key(node), place), RolloutEnd(self._reached(path), path.tokens)
                )
                self.written += 1
                self.tokens += path.tokens
            on_batch()
        return True

    def key(self, node_id: str) -> str:
        """Of the rollouts from this step."""
        if node_id not in self._keys:
            self._keys[node_id] = self.how.key(self._texts(node_id))
        return self._keys[node_id]

    def _path(self, node_id: str, place: int) -> WrittenPath:
        steps = self._texts(node_id)
        return WrittenPath(
            self.how.problem,
            place,
            f"audit/{self.key(node_id)}/{place}",
            place,
            list(steps),
            [None] * len(steps),
        )

    def _texts(self, node_id: str) -> list[str]:
        return [step.text for step in self.tree.path(node_id)]

    def right(self, node: Node) -> bool | None:
        """Whether a step that ended is a right solution; None: it could not be compared."""
        if node.right is not None:
            return node.right
        if node.ended != "end":
            return False  # it was cut off, and nothing can go on from it
        return judged(self.how.problem, self._texts(node.id))

    def _reached(self, path: WrittenPath) -> bool | None:
        return judged(self.how.problem, path.steps) if path.ended == "end" else False


def can_be_judged(problem: Problem) -> bool:
    """Whether anybody knows what is right: a family's checker, or a reference answer."""
    return problem.family in FAMILIES or problem.answer is not None


def judged(problem: Problem, steps: Sequence[str]) -> bool | None:
    """Whether a finished solution is right; None: it could not be compared."""
    try:
        return bool(grade_solution(problem, steps))
    except Undecided:
        return None
