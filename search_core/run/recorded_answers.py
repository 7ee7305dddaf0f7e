"""What a recorded run found out about answers: which are equal, and which are right.

Comparing answers by algebra takes time, and what could not be compared then might be compared now:
a run that is driven again goes by what the log says. Only answers that the log does not know are
compared anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from search_core.answers import LAST, SECOND, AnswerClasses, Try, Undecided
from search_core.answers.judge import shared_judge
from search_core.answers.turns import Account
from search_core.answers.worker_process import AlgebraReply
from search_core.log.events import Compared, Completed, Event, Sampled, Scored
from search_core.log.tree import Node, Tree
from search_core.problem import Problem
from search_core.run.grading import grade_solution


class RecordedMarks:
    """A grader: the marks of a recorded run; what it did not grade is graded now."""

    def __init__(self, tree: Tree) -> None:
        self._marks: dict[tuple[str, ...], Node] = {
            tuple(step.text for step in tree.path(node.id)): node
            for node in tree.steps()
            if node.right is not None or node.right_undecided
        }

    def __call__(self, problem: Problem, steps: Sequence[str]) -> bool | None:
        """Whether a solution is right; None: nobody knows.

        Raises:
            Undecided: It could not be compared with the reference, then or now.
        """
        node = self._marks.get(tuple(steps))
        if node is None:
            return grade_solution(problem, steps)
        if node.right_undecided:
            raise Undecided(f"The recording could not compare {node.answer!r:.80}.")
        return node.right


class RecordedJudge:
    """Compares answers as a recorded run did: where it needed several tries, so does this."""

    def __init__(self, events: Sequence[Event], tree: Tree) -> None:
        completed = [event for event in events if isinstance(event, Completed)]
        self._class = {e.answer: e.group for e in completed if e.answer is not None}
        self._joined = {event.group: tree.nodes[event.id].group for event in completed}
        self._undecided = {(older, e.group) for e in completed for older in e.undecided}
        self._settled: dict[tuple[int, int], tuple[bool, Try]] = {}
        trying = LAST
        for event in reversed(events):
            if isinstance(event, Compared):
                self._settled[event.first, event.second] = event.equal, trying
            elif isinstance(event, Sampled | Scored | Completed):
                trying = SECOND  # the last try is after all else, when the votes are counted

    def compare(
        self,
        first: str,
        second: str,
        seconds: float,
        account: Account,
        cancelled: Callable[[], bool],
    ) -> AlgebraReply:
        """As `answers.comparing.Judge`: at no cost where the log knows."""
        one, other = self._class.get(first), self._class.get(second)
        if one is None or other is None:
            return shared_judge().compare(first, second, seconds, account, cancelled)
        pair = (min(one, other), max(one, other))
        if pair in self._settled:
            equal, trying = self._settled[pair]
            return AlgebraReply(equal if seconds >= trying.seconds else None)
        if pair in self._undecided:
            return AlgebraReply(None)
        return AlgebraReply(self._joined[one] == self._joined[other])


def recorded_classes(events: Sequence[Event], tree: Tree) -> AnswerClasses:
    """Classes of answers that are those of a recorded run."""
    return AnswerClasses(RecordedJudge(events, tree))
