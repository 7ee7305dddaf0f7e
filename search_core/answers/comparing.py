"""Whether two answers are equal, for one caller: what decides, and how much it may cost.

Nothing here looks at a clock. What a caller may ask for is counted in the processor time that
its comparisons took, so an answer means the same on a busy machine as on an idle one.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from search_core.answers.judge import shared_judge
from search_core.answers.normal_form import NormalForm, decided_without_algebra, normal_form
from search_core.answers.turns import Account
from search_core.answers.worker_process import AlgebraReply

MAX_COMPARED = 1_000
"""Longest answer, in characters, whose meaning is looked at. A longer one equals only the answer
that is the same character by character."""
ALLOWANCE = 8.0
"""Processor seconds that one caller's comparisons may take in all; one of the usual kind takes
0.01 to 0.05."""
MAX_FAILURES = 2
"""An answer with so many more undecided comparisons than decided ones is worn out."""

Cancelled = Callable[[], bool]
AnswerKey = tuple[str, str]


class Undecided(Exception):
    """Whether two answers are equal could not be decided."""


@dataclass(frozen=True, slots=True)
class Try:
    """How hard one comparison is tried.

    Attributes:
        seconds: Processor time that it may take.
        share: Part of the caller's allowance that is gone before tries of this kind end.
        worn_out: Whether answers that wear out comparisons are compared too.
    """

    seconds: float
    share: float
    worn_out: bool = False


FIRST = Try(0.5, 0.5)
"""When an answer appears."""
SECOND = Try(1.5, 0.75)
"""Once more, when all solutions of a round are there."""
LAST = Try(4.0, 1.0, worn_out=True)
"""When the votes are counted; after this it stays undecided."""


class Judge(Protocol):
    """Compares two answers by algebra; `AlgebraJudge` says how."""

    def compare(
        self, first: str, second: str, seconds: float, account: Account, cancelled: Cancelled
    ) -> AlgebraReply:
        """Equal, different, or undecided, and the processor time that it took."""
        ...


def never() -> bool:
    """Nobody stops this."""
    return False


class Comparer:
    """Compares the answers of one caller, each pair once. Not thread-safe.

    Numbers and words are compared here; everything else goes to algebra, in a worker process.
    Hostile answers use up their own caller's allowance and nobody else's: what is left after
    that is undecided, and only ever that.
    """

    def __init__(self, judge: Judge | None = None) -> None:
        self._judge = judge
        self._account = Account()
        self._readings: dict[str, tuple[AnswerKey, NormalForm | None]] = {}
        self._decided: dict[frozenset[AnswerKey], bool] = {}
        self._tried: dict[frozenset[AnswerKey], float] = {}
        self._failures: Counter[AnswerKey] = Counter()
        self.spent = 0.0
        """Processor seconds so far."""

    def key(self, answer: str) -> AnswerKey:
        """Equal keys are equal answers; unequal ones may be equal too."""
        return self._read(answer)[0]

    def wear(self, first: str, second: str) -> int:
        """How much more often comparisons with these were undecided than decided."""
        return self._failures[self.key(first)] + self._failures[self.key(second)]

    def equal(
        self, first: str, second: str, trying: Try = FIRST, cancelled: Cancelled = never
    ) -> bool | None:
        """Whether two answers are equal; None: undecided, in this try or any before it.

        Raises:
            RuntimeError: A worker process is needed and cannot start.
        """
        (one, form), (other, other_form) = self._read(first), self._read(second)
        if one == other:
            return True
        if form is None or other_form is None:
            return False  # too long to be read: the text itself decides
        decided = decided_without_algebra(form, other_form)
        if decided is not None:
            return decided
        pair = frozenset((one, other))
        if pair in self._decided:
            return self._decided[pair]
        left = trying.share * ALLOWANCE - self.spent
        worn_out = any(self._failures[key] >= MAX_FAILURES for key in pair)
        tried = self._tried.get(pair, 0.0) >= trying.seconds
        if left <= 0 or tried or cancelled() or (worn_out and not trying.worn_out):
            return None
        judge = self._judge or shared_judge()
        seconds = min(trying.seconds, left)
        comparison = judge.compare(first, second, seconds, self._account, cancelled)
        self.spent += comparison.seconds
        if comparison.equal is not None:
            self._decided[pair] = comparison.equal
            self._failures.subtract(pair)
        elif not cancelled():
            self._tried[pair] = trying.seconds
            self._failures.update(pair)
        return comparison.equal

    def differ(self, first: str, second: str) -> bool:
        """Whether two answers are known to differ without any algebra."""
        (one, form), (other, other_form) = self._read(first), self._read(second)
        if one == other or form is None or other_form is None:
            return one != other
        return decided_without_algebra(form, other_form) is False

    def _read(self, answer: str) -> tuple[AnswerKey, NormalForm | None]:
        if answer not in self._readings:
            if len(answer) > MAX_COMPARED:
                digest = hashlib.sha256(answer.encode("utf-8", "surrogatepass")).hexdigest()
                self._readings[answer] = ("long", digest), None
            else:
                form = normal_form(answer)
                self._readings[answer] = (form.kind, form.text), form
        return self._readings[answer]


def same_answer(first: str, second: str) -> bool:
    """Whether two answers are equal.

    Raises:
        Undecided: It could not be decided within the allowance.
        RuntimeError: A worker process is needed and cannot start.
    """
    comparer = Comparer()
    for trying in (FIRST, LAST):
        equal = comparer.equal(first, second, trying)
        if equal is not None:
            return equal
    raise Undecided(f"{first[:80]!r} and {second[:80]!r} could not be compared.")
