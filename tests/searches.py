"""Searches in small worlds that can be worked out by hand, and what came of them.

A world is written as {path: its children in order}. A step that ends in "." ends the
solution, one in "~" hit the length limit; `_` stands for an empty step. Scores are by step.
"""

from __future__ import annotations

from collections.abc import Mapping

from search_core.log.events import Completed, Sampled, Spent
from search_core.problem import Problem
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from tests.fakes import FakeClock, FakeSolver, FakeVerifier


def unmarked(step: str) -> tuple[str, str]:
    if step == "_":
        return "", "step"
    if step.endswith("."):
        return f"The answer is {step[:-1]}.", "end"
    return (step[:-1], "length") if step.endswith("~") else (step, "step")


def run(
    name: str, children: Mapping[str, str], scores: Mapping[str, float], **options: object
) -> Run:
    """Run a strategy in a world; a step without a score scores 0.5."""
    texts = {unmarked(step)[0]: score for step, score in scores.items()}

    def step(steps: tuple[str, ...], index: int) -> tuple[str, str]:
        return unmarked(children[" ".join(steps)].split()[index])

    strategy = STRATEGIES[name]
    solver = FakeSolver(step)
    verifier = FakeVerifier(lambda steps: texts.get(steps[-1], 0.5))
    recipe = Recipe(Problem("?"), strategy, strategy.options.from_values(options))
    made = Run(recipe, solver.info, verifier.info, clock=FakeClock())
    drive(made, solver, verifier)
    return made


def parents(made: Run) -> list[list[str]]:
    """For each round, the texts of the steps that were continued, in order."""
    rounds: list[list[str]] = [[]]
    for event in made.events:
        if isinstance(event, Sampled):
            parent = made.tree.nodes[event.parent]
            rounds[-1].append("" if parent.parent is None else parent.text)
        elif isinstance(event, Spent) and event.call == "sample":
            rounds.append([])
    return rounds[:-1]


def by_state(made: Run, state: str) -> list[str]:
    return [node.text for node in made.tree.steps() if node.state == state]


def votes(made: Run, method: str) -> dict[str, float]:
    return {entry.answer: entry.votes for entry in made.tree.votes[method].tally}


def answers(made: Run) -> list[str | None]:
    """Answers in the order in which the paths were completed."""
    return [event.answer for event in made.events if isinstance(event, Completed)]


def answer(made: Run) -> str | None:
    assert made.tree.finished is not None
    return made.tree.finished.answer


def rules(made: Run) -> dict[str, str]:
    """Rule that settled each node, by text."""
    return {
        node.text: made.tree.decisions[node.decision].rule
        for node in made.tree.steps()
        if node.decision is not None
    }
