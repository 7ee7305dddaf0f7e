"""Judges for tests: they say what a test wants, and what it cost."""

from __future__ import annotations

import threading
from collections.abc import Callable

from search_core.answers.turns import Account
from search_core.answers.worker_process import AlgebraReply


class NoAlgebra:
    """A judge that must not be asked."""

    def compare(
        self,
        first: str,
        second: str,
        seconds: float,
        account: Account,
        cancelled: Callable[[], bool],
    ) -> AlgebraReply:
        raise AssertionError(f"asked about {first!r} and {second!r}")


class Blocked:
    """A judge that compares until it is told to stop, or released.

    Attributes:
        begun: Set once it compares.
        release_it: Set it, and it goes on.
    """

    def __init__(self) -> None:
        self.begun, self.release_it = threading.Event(), threading.Event()

    def compare(
        self,
        first: str,
        second: str,
        seconds: float,
        account: Account,
        cancelled: Callable[[], bool],
    ) -> AlgebraReply:
        self.begun.set()
        while not cancelled() and not self.release_it.wait(0.01):
            pass
        return AlgebraReply(None, 0.0)


class Knows:
    """A judge that is told what to say.

    Attributes:
        says: Of two answers whether they are equal, or None.
        cost: Processor seconds that a comparison takes; undecided ones take all that they may.
        asked: What it was asked, and for how many seconds.
    """

    def __init__(self, says: Callable[[str, str], bool | None], cost: float = 0.01) -> None:
        self.says = says
        self.cost = cost
        self.asked: list[tuple[str, str, float]] = []

    def compare(
        self,
        first: str,
        second: str,
        seconds: float,
        account: Account,
        cancelled: Callable[[], bool],
    ) -> AlgebraReply:
        self.asked.append((first, second, seconds))
        equal = self.says(first, second)
        return AlgebraReply(equal, seconds if equal is None else self.cost)
