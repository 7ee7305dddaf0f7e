"""Equivalence classes of answers, numbered in order of first appearance."""

from __future__ import annotations

import time
from collections import Counter
from typing import Protocol

from search_core.answers.extraction import MAX_ANSWER
from search_core.answers.judge import shared_judge
from search_core.answers.normal_form import NormalForm, decided_without_algebra, normal_form

PATIENCE = 8.0
"""Seconds of algebra that one set of classes may ask for; an ordinary comparison takes 0.01."""
MAX_TIMEOUTS = 2
"""Comparisons of one answer that may run out of time."""


class Judge(Protocol):
    """Compares two answers by algebra."""

    def start(self) -> None:
        """Gets ready, so that starting is not taken for comparing."""
        ...

    def equal(self, first: str, second: str) -> bool | None:
        """True, False, or None: it took too long."""
        ...


class AnswerClasses:
    """Gives each answer the number of its class.

    Equality by algebra is not transitive, so an answer is held against the first member of
    each class only, oldest class first. Numbers and words are compared here; everything
    else goes to math-verify in a worker process. Hostile answers cannot hold up a run:
    one that twice runs out of time is no longer compared, and after `PATIENCE` seconds of
    algebra only spelling counts.
    """

    def __init__(self, judge: Judge | None = None) -> None:
        self._judge = judge
        self._known: dict[tuple[str, str], int] = {}
        self._first_members: list[tuple[str, NormalForm]] = []
        self._timeouts: Counter[str] = Counter()
        self._seconds = 0.0

    def group_of(self, answer: str) -> int:
        """Class number, from 0, of an answer.

        Raises:
            RuntimeError: The worker process cannot start.
        """
        form = normal_form(answer)
        key = (form.kind, form.text)
        if key not in self._known:
            self._known[key] = self._matching_class(answer, form)
        return self._known[key]

    def _matching_class(self, answer: str, form: NormalForm) -> int:
        for number, (member, member_form) in enumerate(self._first_members):
            decided = decided_without_algebra(member_form, form)
            if decided or (decided is None and self._equal_by_algebra(member, answer)):
                return number
        self._first_members.append((answer, form))
        return len(self._first_members) - 1

    def _equal_by_algebra(self, member: str, answer: str) -> bool:
        worn_out = any(self._timeouts[judged] >= MAX_TIMEOUTS for judged in (member, answer))
        if worn_out or self._seconds >= PATIENCE or max(len(member), len(answer)) > MAX_ANSWER:
            return False
        judge = self._judge or shared_judge()
        judge.start()
        started = time.monotonic()
        equal = judge.equal(member, answer)
        self._seconds += time.monotonic() - started
        if equal is None:
            self._timeouts.update((member, answer))
        return bool(equal)


def same_answer(first: str, second: str) -> bool:
    """Whether two answers are equal.

    Raises:
        RuntimeError: The worker process is needed and cannot start.
    """
    classes = AnswerClasses()
    return classes.group_of(first) == classes.group_of(second)
