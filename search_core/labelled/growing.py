"""Grows a tree that somebody else made, step by step, into a trace like those of our own runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from search_core.answers import AnswerClasses
from search_core.log.events import (
    MAX_DEPTH,
    ROOT,
    BackedUp,
    Decided,
    Ended,
    Finished,
    ModelRecord,
    ProblemRecord,
    Sampled,
    Scored,
    Started,
    Verdict,
    Warned,
)
from search_core.log.run_log import RunLog
from search_core.log.traces import Trace
from search_core.problem import Problem
from search_core.run.election import Election
from search_core.scoring import rounded

_LONGEST_NAME = 200


def _never() -> bool:
    return False


class GrownTree:
    """A log that is written after the event, by who knows how the tree came out.

    Token counts, times and cost are 0, for nobody knows them.

    Args:
        problem: With its reference answer, where there is one.
        run: The run's id in the log: where the tree was found.
        solver: Who wrote the steps.
        verifier: Who scored them.
        strategy: What grew the tree, in the form of a name: "surviving_paths".

    Raises:
        ValueError: In any method, with the end of a sentence about the row, where the tree is
            deeper or wider than a trace can hold.
    """

    def __init__(
        self, problem: Problem, *, run: str, solver: str, verifier: str, strategy: str
    ) -> None:
        self._problem = problem
        self._log = RunLog(lambda: 0.0, lambda _: None)
        self._log.add(
            Started,
            run=run[:_LONGEST_NAME],
            problem=ProblemRecord(
                text=problem.text, answer=problem.answer, family=problem.family, level=problem.level
            ),
            solver=ModelRecord(name=solver[:_LONGEST_NAME]),
            verifier=ModelRecord(name=verifier[:_LONGEST_NAME]),
            strategy=strategy,
            options={},
            sampling={},
            seed=0,
            limits={},
        )

    def step(self, parent: str, text: str, *, ended: Ended = "step") -> str:
        """A new child of a node; its id."""
        node = self._log.tree.node(parent)
        if node.depth >= MAX_DEPTH:
            raise ValueError(f"is deeper than {MAX_DEPTH} steps, which a tree can be at most")
        index = len(node.children)
        if index > 99_999:
            raise ValueError("has more than 100,000 steps after one step")
        found = f"{index}" if parent == ROOT else f"{parent}.{index}"
        self._log.add(Sampled, id=found, text=text, tokens=0, logprob=None, ended=ended)
        return found

    def score(self, scores: Mapping[str, float | None]) -> None:
        """Scores in [0, 1] of nodes by their ids; None where nobody scored one.

        All that appear together are scored together: a view takes that for one round.
        """
        for node, score in scores.items():
            if score is not None:
                self._log.add(Scored, id=node, score=rounded(score))

    def decide(
        self, rule: str, why: str, *, kept: Sequence[str] = (), pruned: Sequence[str] = ()
    ) -> None:
        """Some nodes were kept and others pruned; each decision is a round of its own."""
        self._log.add(
            Decided,
            round=self._log.tree.rounds + 1,
            rule=rule,
            why=why,
            kept=tuple(Verdict(node) for node in kept),
            pruned=tuple(Verdict(node) for node in pruned),
        )

    def back_up(self, node: str, visits: int, value: float) -> None:
        """A node's value became another one."""
        self._log.add(BackedUp, id=node, visits=visits, value=rounded(value))

    def warn(self, message: str) -> None:
        """Something that everybody who opens the tree should know."""
        self._log.add(Warned, message=message)

    def finish(self, solutions: Sequence[str]) -> Trace:
        """The whole trace: these nodes end solutions, which are voted on and graded."""
        election = Election(self._problem, self._log, AnswerClasses(), None)
        chosen, method = None, None
        if solutions:
            election.complete(solutions, unfinished=False, cancelled=_never)
            held = election.hold(solutions, "best", cancelled=_never)
            chosen, method = held.chosen, held.method
            election.grade(_never)
        self._log.add(
            Finished,
            status="completed",
            method=method,
            chosen=chosen.id if chosen else None,
            answer=chosen.answer if chosen else None,
        )
        return Trace(tuple(self._log.events))
