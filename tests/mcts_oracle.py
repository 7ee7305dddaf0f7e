"""MCTS written a second time, as plainly as possible and straight on a world: no nodes, no
requests, every number worked out anew from the list of values that came back.

A path is a tuple of step texts; the empty one is the problem.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

from search_core.strategies.mcts import MctsOptions
from tests.fakes import World, chance

Path = tuple[str, ...]
TIE = 1e-8
"""Sums that differ by less are equal: they differ by the order of addition alone."""


@dataclass
class Search:
    world: World
    options: MctsOptions
    backed_up: dict[Path, list[float]] = field(default_factory=lambda: {(): []})
    below: dict[Path, list[Path]] = field(default_factory=dict)
    ended: dict[Path, str] = field(default_factory=lambda: {(): "step"})
    selected: list[Path] = field(default_factory=list)
    """All leaves in the order in which the search came to them."""
    solutions: list[Path] = field(default_factory=list)
    batch: list[Path] = field(default_factory=list)
    again: int = 0
    """How often solutions were selected again."""

    def run(self) -> Search:
        options = self.options
        children = min(options.branching, options.n)
        longest = 1 if options.evaluation == "value" else options.max_steps
        left = options.n * options.max_steps
        while len(self.solutions) < options.n:
            self.batch, planned, counts = [], left, {}
            while (
                len(self.batch) < min(options.leaves_at_once, options.n // children)
                and any(self.is_free(path) for path in self.ended)
                and planned >= longest
            ):
                leaf = self.walk()
                self.batch.append(leaf)
                if self.ended[leaf] == "end":
                    self.again += 1
                else:
                    counts[leaf] = min(children, planned // longest)
                    planned -= counts[leaf] * longest
            if not self.batch:
                break
            self.selected += self.batch
            seen_again = [leaf for leaf in self.batch if leaf not in counts]
            self.batch = []
            new = [path for leaf, count in counts.items() for path in self.expand(leaf, count)]
            worth = [self.evaluate(path) for path in new]
            left -= sum(counts.values()) + sum(steps for _, steps in worth)
            for path, (value, _) in zip(new, worth, strict=True):
                self.back_up(path, value)
            for path in seen_again:
                self.back_up(path, self.backed_up[path][0])
        return self

    def is_free(self, path: Path) -> bool:
        """Whether it can be expanded."""
        deep = len(path) == self.options.max_steps
        taken = path in self.below or path in self.batch
        return self.ended[path] == "step" and not deep and not taken

    def leads_on(self, path: Path) -> bool:
        under = [one for one in self.ended if one[: len(path)] == path]
        ends = self.again < self.options.n
        return any((ends and self.ended[one] == "end") or self.is_free(one) for one in under)

    def walk(self) -> Path:
        path: Path = ()
        while path in self.below:
            sums = {one: self.worth(one) for one in self.below[path] if self.leads_on(one)}
            highest = max(sums.values())
            path = next(one for one, total in sums.items() if highest - total <= TIE)
        return path

    def worth(self, path: Path) -> float:
        """Q + U as they are now, the leaves of the batch counted as losses."""
        siblings = self.below[path[:-1]]
        losses = Counter(leaf[:end] for leaf in self.batch for end in range(len(leaf) + 1))
        seen = {one: len(self.backed_up[one]) + losses[one] for one in siblings}
        total, own, options = sum(seen.values()), seen[path], self.options
        mean = sum(self.backed_up[path]) / own
        if options.selection == "uct":
            return mean + options.exploration * math.sqrt(math.log(total) / own)
        return mean + options.exploration * self.prior(path) * math.sqrt(total) / (1 + own)

    def prior(self, path: Path) -> float:
        def power(one: Path) -> float:
            logprob = round(-chance("logprob", one[:-1], one[-1]), 4)
            return math.exp(logprob / self.options.prior_temperature)

        return power(path) / sum(power(one) for one in self.below[path[:-1]])

    def expand(self, leaf: Path, count: int) -> list[Path]:
        new: dict[Path, str] = {}
        for index in range(count):
            text, ended = self.world.step(leaf, index)
            new[(*leaf, text)] = ended
        self.below[leaf] = list(new)
        self.ended |= new
        self.backed_up |= {path: [] for path in new}
        return list(new)

    def evaluate(self, path: Path) -> tuple[float, int]:
        """What it is worth, and the steps of its rollout."""
        options, ended = self.options, self.ended[path]
        if ended == "end":
            self.found(path)
            return self.score(path), 0
        if ended == "length" or len(path) == options.max_steps:
            return 0.0, 0
        if options.evaluation == "value":
            return self.score(path), 0
        end = path
        while ended == "step" and len(end) < options.max_steps:
            text, ended = self.world.step(end, 0)
            end = (*end, text)
        reached = 0.0
        if ended == "end":
            self.found(end)
            reached = self.score(end)
        if options.evaluation == "mix":
            weight = options.rollout_weight
            return (1 - weight) * self.score(path) + weight * reached, len(end) - len(path)
        return reached, len(end) - len(path)

    def score(self, path: Path) -> float:
        """Nine digits of it: so much of a score is in a log, and no strategy is told more."""
        return float(f"{self.world.score(path):.9g}")

    def found(self, path: Path) -> None:
        if path not in self.solutions:
            self.solutions.append(path)

    def back_up(self, path: Path, value: float) -> None:
        for end in range(len(path) + 1):
            self.backed_up[path[:end]].append(value)
