"""One class: where its teacher is, who follows, what is asked, and what was chosen."""

from __future__ import annotations

import hmac
import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

MOST_PUPILS = 200
MOST_OPTIONS = 12
GONE_SECONDS = 30.0
"""A pupil whose page has followed nothing for so long has left: a phone that changes its network,
and a page that is loaded anew, take less."""


class ClassRefusedError(ValueError):
    """Something that may not be done; the message is for whoever asked.

    Attributes:
        status: Of the answer.
    """

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class TeacherPlace:
    """Where a teacher is.

    Attributes:
        run: Id of the run on show.
        cursor: How many of its events are on show.
        live: Whether the cursor goes on with the run.
        node: The selected node; "": none.
    """

    run: str
    cursor: int
    live: bool = False
    node: str = ""


@dataclass(slots=True)
class ClassQuestion:
    """Which of the branches below a node it shall be.

    Attributes:
        number: Which question of its class it is, from 1 on.
        node: Whose children are to be chosen from.
        options: Their ids.
        choices: What each pupil has chosen, as a place in `options`.
    """

    number: int
    run: str
    node: str
    options: tuple[str, ...]
    choices: dict[str, int] = field(default_factory=dict)
    revealed: bool = False

    def counts(self) -> list[int]:
        """How many have chosen each option."""
        counted = Counter(self.choices.values())
        return [counted[place] for place in range(len(self.options))]


@dataclass(slots=True)
class _Pupil:
    streams: int = 0
    seen: float = 0.0


class ClassRoom:
    """The state of a class; every change gives it a new version and wakes whoever follows.

    Args:
        code: By which it is found.
        place: Where its teacher is.
        owner: Whose it is.
        clock: Seconds that only go forward.
    """

    def __init__(
        self, code: str, place: TeacherPlace, owner: str, clock: Callable[[], float]
    ) -> None:
        self.code, self.owner = code, owner
        self.token = secrets.token_urlsafe(24)
        """Whoever has it leads the class: nobody but its teacher's page is told it."""
        self.place = place
        self.question: ClassQuestion | None = None
        self.over = ""
        """Why it has ended; "": it has not."""
        self.version = 1
        self.opened = self.taught = clock()
        self._clock = clock
        self._asked = 0
        self._teachers = 0
        self._pupils: dict[str, _Pupil] = {}
        self._wake: set[Callable[[], None]] = set()
        self._told: dict[bool, tuple[int, bytes]] = {}

    # The teacher -----------------------------------------------------------------------------

    def is_led_by(self, token: str) -> bool:
        """Whether this is the teacher's token."""
        return hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode())

    def move(self, place: TeacherPlace) -> None:
        """The teacher is somewhere else; a question about another run is over."""
        self.taught = self._clock()
        if place == self.place:
            return
        self.place = place
        if self.question and self.question.run != place.run:
            self.question = None
        self._changed()

    def ask(self, node: str, options: tuple[str, ...]) -> None:
        """Ask which of these it shall be; pressed twice, it is one question.

        Raises:
            ClassRefusedError: There is nothing to choose from, or too much.
        """
        self.taught = self._clock()
        if not 2 <= len(set(options)) == len(options) <= MOST_OPTIONS:
            raise ClassRefusedError(
                f"A question needs 2 to {MOST_OPTIONS} different branches; got {len(options)}."
            )
        asked = self.question
        run = self.place.run
        if asked and not asked.revealed and (asked.run, asked.options) == (run, options):
            return
        self._asked += 1
        self.question = ClassQuestion(self._asked, run, node, options)
        self._changed()

    def reveal(self) -> None:
        """Show what was chosen; from now on no choice is changed.

        Raises:
            ClassRefusedError: Nothing is asked.
        """
        self.taught = self._clock()
        if self.question is None:
            raise ClassRefusedError("Nothing is asked at present.")
        if not self.question.revealed:
            self.question.revealed = True
            self._changed()

    def go_on(self) -> None:
        """The question is done with."""
        self.taught = self._clock()
        if self.question is not None:
            self.question = None
            self._changed()

    def end(self, why: str = "The teacher has ended the class.") -> None:
        """It is over; whoever follows is told, and nothing more comes."""
        if self.over:
            return
        self.over = why
        self.question = None
        self._pupils.clear()
        self._changed()

    @property
    def taught_by(self) -> int:
        """How many pages of the teacher are open."""
        return self._teachers

    @contextmanager
    def taught_here(self) -> Iterator[None]:
        """While a teacher's page is open."""
        self._teachers += 1
        try:
            yield
        finally:
            self._teachers -= 1
            self.taught = self._clock()

    def seconds_alone(self) -> float:
        """For how long nothing has been heard of the teacher."""
        return 0.0 if self._teachers else self._clock() - self.taught

    # Pupils ----------------------------------------------------------------------------------

    @property
    def following(self) -> int:
        """How many pupils' pages follow."""
        return sum(pupil.streams > 0 for pupil in self._pupils.values())

    def join(self) -> str:
        """One more pupil: the token by which a page is known again.

        Raises:
            ClassRefusedError: It is full.
        """
        self._forget_gone()
        if len(self._pupils) >= MOST_PUPILS:
            raise ClassRefusedError(f"This class is full: it holds {MOST_PUPILS}.", 429)
        token = secrets.token_urlsafe(12)
        self._pupils[token] = _Pupil(seen=self._clock())
        return token

    def knows(self, token: str) -> bool:
        """Whether a pupil of this token is there."""
        return token in self._pupils

    def streams_of(self, token: str) -> int:
        """How many pages follow as this pupil."""
        return self._pupils[token].streams

    @contextmanager
    def followed_by(self, token: str) -> Iterator[None]:
        """While a pupil's page follows."""
        pupil = self._pupils[token]
        pupil.streams += 1
        if pupil.streams == 1:
            self._changed(seen_by_pupils=False)
        try:
            yield
        finally:
            pupil.streams -= 1
            pupil.seen = self._clock()
            if not pupil.streams:
                self._changed(seen_by_pupils=False)

    def choose(self, token: str, number: int, place: int) -> None:
        """A pupil's choice, in place of the one before.

        Raises:
            ClassRefusedError: It is not asked, or no longer; or there is no such branch.
        """
        if not self.knows(token):
            raise ClassRefusedError("Join the class first: this page is not known there.", 403)
        question = self.question
        if question is None or question.number != number:
            raise ClassRefusedError("This question is over.", 409)
        if question.revealed:
            raise ClassRefusedError("It is revealed: nothing is changed any more.", 409)
        if not 0 <= place < len(question.options):
            raise ClassRefusedError(
                f"There is no branch {place}: expected 0 to {len(question.options) - 1}."
            )
        if question.choices.get(token) != place:
            question.choices[token] = place
            self._changed(seen_by_pupils=False)

    def _forget_gone(self) -> None:
        """Make room; a choice counts on, whoever made it."""
        now = self._clock()
        for token, pupil in list(self._pupils.items()):
            if not pupil.streams and now - pupil.seen > GONE_SECONDS:
                del self._pupils[token]

    # What is told ----------------------------------------------------------------------------

    @contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Have this called at each change, for a while."""
        self._wake.add(wake)
        try:
            yield
        finally:
            self._wake.discard(wake)

    def told(self, *, teacher: bool = False) -> bytes:
        """The newest state as JSON, made once for all. What was chosen is in it once revealed;
        a teacher is told how many have chosen before."""
        version, text = self._told.get(teacher, (0, b""))
        if version != self.version:
            text = json.dumps(self._state(teacher=teacher), separators=(",", ":")).encode()
            self._told[teacher] = self.version, text
        return text

    def _state(self, *, teacher: bool) -> dict[str, Any]:
        if self.over:
            return {"over": self.over}
        place = self.place
        state: dict[str, Any] = {
            "run": place.run,
            "cursor": place.cursor,
            "live": place.live,
            "node": place.node,
        }
        if self.question:
            state["question"] = self._question_state(self.question, teacher=teacher)
        if teacher:
            state["following"] = self.following
        return state

    def _question_state(self, question: ClassQuestion, *, teacher: bool) -> dict[str, Any]:
        told: dict[str, Any] = {
            "number": question.number,
            "node": question.node,
            "options": question.options,
        }
        if question.revealed:
            told["counts"] = question.counts()
        if teacher:
            told["answered"] = len(question.choices)
        return told

    def _changed(self, *, seen_by_pupils: bool = True) -> None:
        before = None if seen_by_pupils else self._told.get(False)
        kept = before is not None and before[0] == self.version
        self.version += 1
        if kept and before is not None:
            self._told[False] = self.version, before[1]
        for wake in list(self._wake):
            wake()
