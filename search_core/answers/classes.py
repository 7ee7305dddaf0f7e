"""Equivalence classes of answers, numbered in order of first appearance."""

from __future__ import annotations

from dataclasses import dataclass

from search_core.answers.comparing import (
    FIRST,
    AnswerKey,
    Cancelled,
    Comparer,
    Judge,
    Try,
    never,
)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an answer belongs.

    Attributes:
        group: Number of its class, from 0.
        undecided: Older classes of which it could not be decided whether they are the same.
            Only the answer that began a class has any.
    """

    group: int
    undecided: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """Two classes that could not be compared before, and now were. If they are equal, the
    second is a part of the first from now on, and its number means nothing any more."""

    first: int
    second: int
    equal: bool


class AnswerClasses:
    """Gives each answer the number of its class.

    Equality is not transitive: 35 is 35 cm and 35 m, which differ. So an answer is held against
    the first member of each class by algebra, oldest class first, and belongs to the first class
    that it equals and none of whose members it plainly differs from. Where it equals none and
    could not be compared with some, it begins a class of its own, which is undecided towards
    those: `settle` tries again.
    """

    def __init__(self, judge: Judge | None = None) -> None:
        self._comparer = Comparer(judge)
        self._known: dict[AnswerKey, int] = {}
        self._members: dict[int, list[str]] = {}
        self._undecided: set[tuple[int, int]] = set()
        self._next = 0

    @property
    def undecided(self) -> frozenset[tuple[int, int]]:
        """Pairs of classes, the older one first, of which nobody knows whether they are one."""
        return frozenset(self._undecided)

    @property
    def spent(self) -> float:
        """Processor seconds that comparing took so far."""
        return self._comparer.spent

    def group_of(self, answer: str, cancelled: Cancelled = never) -> int:
        """Number of an answer's class; otherwise as `place`."""
        return self.place(answer, cancelled).group

    def place(self, answer: str, cancelled: Cancelled = never) -> Placed:
        """Find an answer's class, or begin one.

        Args:
            answer: The whole of it: what is cut off cannot tell answers apart.
            cancelled: Once True, what would need algebra is undecided.

        Raises:
            RuntimeError: A worker process is needed and cannot start.
        """
        key = self._comparer.key(answer)
        if key in self._known:
            return Placed(self._known[key])
        undecided = []
        for number, members in self._members.items():
            equal = self._comparer.equal(members[0], answer, FIRST, cancelled)
            if equal and not any(self._comparer.differ(each, answer) for each in members):
                self._known[key] = number
                members.append(answer)
                return Placed(number)
            if equal is None:
                undecided.append(number)
        number, self._next = self._next, self._next + 1
        self._known[key] = number
        self._members[number] = [answer]
        self._undecided.update((older, number) for older in undecided)
        return Placed(number, tuple(undecided))

    def settle(self, trying: Try, cancelled: Cancelled = never) -> list[Settled]:
        """Compare again what could not be compared, the likeliest to succeed first.

        Raises:
            RuntimeError: A worker process is needed and cannot start.
        """
        settled = []
        for first, second in sorted(self._undecided, key=self._likeliest_first):
            if (first, second) not in self._undecided:
                continue  # one of them has become part of another class by now
            older, younger = self._members[first], self._members[second]
            equal = self._comparer.equal(older[0], younger[0], trying, cancelled)
            if equal:
                equal = not any(self._comparer.differ(a, b) for a in older for b in younger)
            if equal is not None:
                settled.append(Settled(first, second, equal))
                self._undecided.discard((first, second))
                if equal:
                    self._join(first, second)
        return settled

    def _likeliest_first(self, pair: tuple[int, int]) -> tuple[int, tuple[int, int]]:
        one, other = (self._members[number][0] for number in pair)
        return self._comparer.wear(one, other), pair

    def _join(self, first: int, second: int) -> None:
        """What was known of the older class is now true of both."""
        self._members[first] += self._members.pop(second)
        self._undecided = {pair for pair in self._undecided if second not in pair}
        self._known = {k: first if n == second else n for k, n in self._known.items()}
