"""Countdown streams: a whole search, dead ends included, written as one long text.

After Stream of Search (arXiv 2404.03683). A stream is made of pieces, one blank line apart:

    25 - 7 = 18, left 3 8 18        a move, in the family's own words
    Back to 3 7 8 25.               the search leaves where it is for that state
    8 * 3 = 24, left 7 24 25        another move from there
    The answer is 24.               the end: the last result

A stream that has ended may be made to go on with "Wait, back to 3 7 8 25.". No two moves of
one search lead to the same state unless the state ends it, so a state names a move.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from search_core.embedded.families.arithmetic import Equation
from search_core.embedded.families.canonical import parse_countdown
from search_core.embedded.families.countdown import NumbersLeft, moves, step_text
from search_core.embedded.generation import answer_text
from search_core.problem import Problem

FORCED = "Wait"
"""What budget forcing writes when a stream has ended too soon."""

LUCK = (0.0, 0.3, 0.6)
_BROAD_SHARE = 0.2
_LAST_TRY_SHARE = 0.2


class StreamPiece(NamedTuple):
    """One piece of a stream.

    Attributes:
        parent: Index of the piece that it continues; -1 for the problem.
        forced: Whether it follows an answer: a solver never begins one by itself.
    """

    text: str
    parent: int
    forced: bool = False


class Stream(NamedTuple):
    """A finished stream; `solved` if its last answer is the target."""

    pieces: tuple[StreamPiece, ...]
    solved: bool

    @property
    def texts(self) -> list[str]:
        return [piece.text for piece in self.pieces]


def back_text(state: Sequence[int]) -> str:
    return f"Back to {' '.join(map(str, state))}."


def forced_back_text(state: Sequence[int]) -> str:
    return f"{FORCED}, back to {' '.join(map(str, state))}."


def search_stream(
    problem: Problem, rng: random.Random, most_moves: int, more_moves: int = 0
) -> Stream:
    """A random bounded search for a Countdown problem, as a stream.

    Depth first with a limited breadth, or a few first moves side by side and then depth
    first below each. Moves are drawn by how near they come to the target or a factor of it
    (the paper's heuristics); in some searches they are lucky guesses in a share of cases,
    which is what teaches a model where to look first. A search out of moves answers with the
    last result it has, wrong as it is.

    Args:
        most_moves: About how many moves it has; up to four more finish what was begun.
        more_moves: How many more it has, after "Wait", once it has answered; 0: it ends there.

    Raises:
        NotCanonicalError: The problem is not in Countdown's canonical wording.
    """
    numbers, target = parse_countdown(problem.text)
    search = _Search(tuple(sorted(numbers)), target, rng, most_moves)
    solved = search.run()
    if more_moves and search.force(more_moves):
        solved = search.run()
    return Stream(tuple(search.pieces), solved)


@dataclass
class _Search:
    """A search under way: what it wrote, where it is, and what it has seen."""

    start: NumbersLeft
    target: int
    rng: random.Random
    moves_left: int
    pieces: list[StreamPiece] = field(default_factory=list)
    place: int = -1
    """Index of the move that the next one continues."""
    places: dict[NumbersLeft, int] = field(default_factory=dict)
    """Every state that a move led to, and the root's."""
    alive: dict[NumbersLeft, bool] = field(default_factory=dict)
    result: int = 0

    def __post_init__(self) -> None:
        self.luck = self.rng.choice(LUCK)
        self.places[self.start] = -1

    def run(self) -> bool:
        """Searches until the target is reached or the moves are spent, and answers."""
        broad = len(self.start) > 3 and self.rng.random() < _BROAD_SHARE
        solved = self._broad() if broad else self._deep(self.start)
        while not solved and self.moves_left > 0 and self._open(self.start):
            self._go_back(self.start)
            solved = self._deep(self.start)
        if not solved:
            self._last_try()
        self._write(answer_text(self.result))
        return self.result == self.target

    def force(self, more_moves: int) -> bool:
        """Goes on after an answer; False if nothing is left to try."""
        if not self._open(self.start):
            return False
        self.moves_left = more_moves
        self._write(forced_back_text(self.start), forced=True)
        self.place = -1
        return True

    def _deep(self, state: NumbersLeft) -> bool:
        """Searches below a state that the stream is at; True once the target is reached."""
        if len(state) == 2:
            return self._finish_pair(state)
        breadth = self.rng.randint(2, 6) if len(state) == 3 else len(state) ** 3
        for turn in range(breadth):
            move = self._propose(state)
            if move is None or self.moves_left <= 0:
                return False
            if turn:
                self._go_back(state)
            if self._move(*move) or self._deep(move[1]):
                return True
        return False

    def _broad(self) -> bool:
        """Writes a few first moves side by side, then searches below each."""
        opened: list[NumbersLeft] = []
        for turn in range(self.rng.randint(2, 3)):
            move = self._propose(self.start)
            if move is None:
                break
            if turn:
                self._go_back(self.start)
            if self._move(*move):
                return True
            opened.append(move[1])
        opened.sort(key=self._distance)
        for state in opened:
            if self.moves_left <= 0:
                return False
            if self.places[state] != self.place:
                self._go_back(state)
            if self._deep(state):
                return True
        return False

    def _finish_pair(self, state: NumbersLeft) -> bool:
        """With two numbers left one look says whether they make the target."""
        choices = moves(state)
        hits = [move for move in choices if move[0].result == self.target]
        if hits:
            return self._move(*self.rng.choice(hits))
        if choices and self.rng.random() < _LAST_TRY_SHARE:
            self._move(*self._nearest(choices))
        return False

    def _last_try(self) -> None:
        """Plays on from where the stream is, as near to the target as it can see."""
        state = self._here()
        while choices := moves(state) if len(state) == 2 else self._open(state):
            equation, state = self._nearest(choices)
            self._move(equation, state)

    def _here(self) -> NumbersLeft:
        return next(state for state, place in self.places.items() if place == self.place)

    def _propose(self, state: NumbersLeft) -> tuple[Equation, NumbersLeft] | None:
        """A move to a state not seen yet; None if there is none."""
        choices = self._open(state)
        if not choices:
            return None
        if self.rng.random() < self.luck:
            good = [move for move in choices if self._leads_on(*move)]
            if good:
                return self.rng.choice(good)
        weights = [1 / (1 + self._distance(after)) for _, after in choices]
        return self.rng.choices(choices, weights)[0]

    def _open(self, state: NumbersLeft) -> list[tuple[Equation, NumbersLeft]]:
        return [move for move in moves(state) if move[1] not in self.places]

    def _leads_on(self, equation: Equation, after: NumbersLeft) -> bool:
        """Whether the target is reached by this move or after it."""
        if equation.result == self.target:
            return True
        if after not in self.alive:
            self.alive[after] = any(self._leads_on(*move) for move in moves(after))
        return self.alive[after]

    def _distance(self, state: NumbersLeft) -> int:
        """From the nearest number to the target, or to a factor of it worth making."""
        aims = [self.target, *(n for n in range(3, 10) if self.target % n == 0)]
        return min(abs(number - aim) for number in state for aim in aims)

    def _nearest(self, choices: list[tuple[Equation, NumbersLeft]]) -> tuple[Equation, NumbersLeft]:
        return min(choices, key=lambda move: (abs(move[0].result - self.target), move[0]))

    def _move(self, equation: Equation, after: NumbersLeft) -> bool:
        """Writes a move; True if it reached the target."""
        self.moves_left -= 1
        self._write(step_text(equation, after))
        self.place = len(self.pieces) - 1
        self.places[after] = self.place
        self.result = equation.result
        return equation.result == self.target

    def _go_back(self, state: NumbersLeft) -> None:
        self._write(back_text(state))
        self.place = self.places[state]

    def _write(self, text: str, *, forced: bool = False) -> None:
        self.pieces.append(StreamPiece(text, self.place, forced))
