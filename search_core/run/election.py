"""The end of a run: solutions become candidates, every vote method judges, one answers; and what
is right or wrong, where a reference is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from search_core.answers import AnswerClasses, extract_answer, same_answer
from search_core.log.events import Completed, Graded, Voted, VoteMethod
from search_core.log.run_log import RunLog
from search_core.problem import Problem
from search_core.scoring import VOTE_METHODS, Candidate, Vote, vote

Grader = Callable[[Problem, Sequence[str]], bool | None]
MAX_ANSWER = 200


class Election:
    """Answers of one run, their equivalence classes, and the votes over them."""

    def __init__(
        self, problem: Problem, log: RunLog, classes: AnswerClasses, grader: Grader
    ) -> None:
        self._problem = problem
        self._log = log
        self._classes = classes
        self._grader = grader

    def complete(self, node_id: str, *, unfinished: bool) -> None:
        """A path became a solution: extract its answer and write both down."""
        answer = extract_answer(self._text(node_id))
        if answer is not None:
            answer = answer[:MAX_ANSWER]
        group = None if answer is None else self._classes.group_of(answer)
        self._log.add(Completed, id=node_id, answer=answer, group=group, unfinished=unfinished)

    def hold(
        self, candidates: Sequence[str], method: VoteMethod, *, answerless: bool = False
    ) -> Vote:
        """Write down the vote of every method that has what it needs, and return the wanted one.

        Without scores only the majority can be asked, whatever was wanted. With `answerless`,
        candidates without an answer have a vote too: for the empty answer.
        """
        entries = [self._candidate(key, answerless) for key in candidates]
        scored = all(entry.value is not None for entry in entries)
        votes = {m: vote(entries, m) for m in VOTE_METHODS if scored or m == "majority"}
        for held in votes.values():
            chosen = held.chosen.id if held.chosen else None
            self._log.add(Voted, method=held.method, tally=held.tally, chosen=chosen)
        return votes.get(method, votes["majority"])

    def _candidate(self, key: str, answerless: bool) -> Candidate:
        node = self._log.tree.nodes[key]
        if node.answer is None and answerless:
            return Candidate(key, "", self._classes.group_of(""), node.aggregate)
        return Candidate(key, node.answer, node.group, node.aggregate)

    def grade(self) -> None:
        """Hold every solution against the reference, if there is one."""
        marks: dict[bool, list[str]] = {True: [], False: []}
        for node in self._log.tree.steps():
            if node.state == "completed":
                right = self._grader(self._problem, [n.text for n in self._log.tree.path(node.id)])
                if right is not None:
                    marks[right].append(node.id)
        if marks[True] or marks[False]:
            self._log.add(Graded, right=tuple(marks[True]), wrong=tuple(marks[False]))

    def _text(self, node_id: str) -> str:
        return "\n\n".join(node.text for node in self._log.tree.path(node_id))


def grade_solution(problem: Problem, steps: Sequence[str]) -> bool | None:
    """Whether a finished solution is right; None if nobody knows.

    A problem of an embedded family is judged by the family's exact checker (for Countdown
    the steps count, not only the last number); any other by its reference answer.
    """
    from search_core.embedded import FAMILIES, grade

    if problem.family in FAMILIES:
        return grade(problem, steps).correct
    if problem.answer is None:
        return None
    answer = extract_answer("\n\n".join(steps))
    return answer is not None and same_answer(answer, problem.answer)
