"""A small world whose posterior is known: every path is listed, with its exact probability.

Strategies are played in it without the runner, thousands of times over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product

from search_core.seeds import node_seed
from search_core.strategies import STRATEGIES
from search_core.strategies.base import (
    Allocate,
    Choose,
    Complete,
    Decide,
    Nodes,
    NodeView,
    Sample,
    Score,
)
from tests.fakes import chance

WORDS = "abc"
LONGEST = 3
ANSWERS = 4


@dataclass(frozen=True)
class Played:
    """One run: the answers of the last population, one for each particle; all allocations."""

    answers: tuple[int, ...]
    allocations: tuple[Allocate, ...]


@dataclass(frozen=True)
class KnownWorld:
    """Each next step is one of three words, equally likely; a path has two or three steps.

    Attributes:
        short: First words whose paths end after two steps.
    """

    short: str = ""

    def ends(self, path: str) -> bool:
        return len(path) == LONGEST or (len(path) == 2 and path[0] in self.short)

    def paths(self) -> list[str]:
        """All solutions."""
        every = ["".join(p) for size in (2, LONGEST) for p in product(WORDS, repeat=size)]
        return [path for path in every if self.ends(path) and not self.ends(path[:-1])]

    @staticmethod
    def score(path: str) -> float:
        """0.15 to 0.85, whatever the seed."""
        return round(0.15 + 0.7 * chance("score", path), 3)

    @staticmethod
    def answer(path: str) -> int:
        return int(chance("answer", path) * ANSWERS)

    def play(self, strategy: str, seed: int, **options: object) -> Played:
        """Run a strategy: each sample is a new draw among the words."""
        made = STRATEGIES[strategy]
        root = NodeView("root", 0, "", "", "step", None, seed=node_seed(seed, "root"))
        plan = made.plan(root, made.options.from_values(options))
        children: dict[str, int] = {}
        allocations = []

        def child(parent: NodeView, place: int) -> NodeView:
            index = children[parent.id] = children.get(parent.id, -1) + 1
            key = f"{parent.id}.{index}"
            word = WORDS[int(chance(seed, key) * len(WORDS))]
            path = parent.path_text + word
            ended = "end" if self.ends(path) else "step"
            return NodeView(key, parent.depth + 1, word, path, ended, None, place=place)  # type: ignore[arg-type]

        request = next(plan)
        while not isinstance(request, Choose):
            reply: Nodes = ()
            if isinstance(request, Sample):
                reply = tuple(child(parent, at) for at, parent in enumerate(request.parents))
            elif isinstance(request, Score):
                reply = tuple(replace(n, aggregate=self.score(n.path_text)) for n in request.nodes)
            elif isinstance(request, Complete):
                reply = request.nodes
            elif isinstance(request, Decide):
                reply = request.kept
            elif isinstance(request, Allocate):
                allocations.append(request)
            request = plan.send(reply)
        answers = tuple(self.answer(node.path_text) for node in request.candidates)
        return Played(answers, tuple(allocations))

    def posterior(
        self, weight: Callable[[float], float], *, last_again: bool = True
    ) -> list[float]:
        """Probability of each answer: a path's own times the weights of all its steps.

        As in the method, the last step of a finished path counts again in each round in which
        others go on (`last_again`).
        """
        found = [0.0] * ANSWERS
        for path in self.paths():
            mass = len(WORDS) ** -float(len(path))
            for length in range(1, (LONGEST if last_again else len(path)) + 1):
                mass *= weight(self.score(path[:length]))
            found[self.answer(path)] += mass
        return [mass / sum(found) for mass in found]


def odds(score: float) -> float:
    return score / (1 - score)
