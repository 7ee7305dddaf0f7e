"""The end of a run: solutions become candidates, every vote method judges, and one answers."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.answers import LAST, SECOND, AnswerClasses, Try, extract_answer
from search_core.log.events import Compared, Completed, Graded, Voted, VoteMethod
from search_core.log.run_log import RunLog
from search_core.problem import Problem
from search_core.protocols import Cancelled
from search_core.run.grading import Grader, Grading
from search_core.scoring import VOTE_METHODS, Candidate, Vote, vote


class Election:
    """Answers of one run, their equivalence classes, and the votes over them.

    Whatever compares answers asks `cancelled` while it goes on: once True, what is not known
    by then stays undecided.
    """

    def __init__(
        self, problem: Problem, log: RunLog, classes: AnswerClasses, grader: Grader | None
    ) -> None:
        self._log = log
        self._classes = classes
        self._grading = Grading(problem, grader)

    def complete(self, ids: Sequence[str], *, unfinished: bool, cancelled: Cancelled) -> None:
        """Paths became solutions: extract their answers and write both down."""
        for node_id in ids:
            answer = extract_answer("\n\n".join(self._steps(node_id)))
            placed = None if answer is None else self._classes.place(answer, cancelled)
            self._log.add(
                Completed,
                id=node_id,
                answer=answer,
                group=placed.group if placed else None,
                unfinished=unfinished,
                undecided=placed.undecided if placed else (),
            )
        self._settle(SECOND, cancelled)

    def hold(
        self,
        candidates: Sequence[str],
        method: VoteMethod,
        *,
        answerless: bool = False,
        cancelled: Cancelled,
    ) -> Vote:
        """Write down the vote of every method that has what it needs, and return the wanted one.

        What could not be compared so far is tried for the last time; what stays undecided votes
        apart. Without scores only the majority can be asked, whatever was wanted. With
        `answerless`, candidates without an answer have a vote too: for the empty answer.
        """
        self._settle(LAST, cancelled)
        entries = [self._candidate(key, answerless) for key in candidates]
        scored = all(entry.value is not None for entry in entries)
        votes = {m: vote(entries, m) for m in VOTE_METHODS if scored or m == "majority"}
        for held in votes.values():
            chosen = held.chosen.id if held.chosen else None
            self._log.add(Voted, method=held.method, tally=held.tally, chosen=chosen)
        return votes.get(method, votes["majority"])

    def _settle(self, trying: Try, cancelled: Cancelled) -> None:
        for settled in self._classes.settle(trying, cancelled):
            self._log.add(Compared, first=settled.first, second=settled.second, equal=settled.equal)

    def _candidate(self, key: str, answerless: bool) -> Candidate:
        node = self._log.tree.nodes[key]
        if node.answer is None and answerless:
            return Candidate(key, "", self._classes.group_of(""), node.aggregate)
        return Candidate(key, node.answer, node.group, node.aggregate)

    def grade(self, cancelled: Cancelled) -> None:
        """Hold every solution against the reference, if there is one."""
        solutions = {
            node.id: self._steps(node.id)
            for node in self._log.tree.steps()
            if node.state == "completed"
        }
        marks = self._grading.marks(solutions, cancelled)
        if marks.right or marks.wrong or marks.undecided:
            self._log.add(Graded, right=marks.right, wrong=marks.wrong, undecided=marks.undecided)

    def _steps(self, node_id: str) -> tuple[str, ...]:
        return tuple(node.text for node in self._log.tree.path(node_id))
