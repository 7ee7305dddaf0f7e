"""Word problems: one person's things change hands in 2 to 8 sentences that matter.

Sentences about other people or other things are mixed in, and must be skipped.
"""

from __future__ import annotations

import random

from search_core.embedded.families.arithmetic import Equation, compute, is_easy
from search_core.embedded.families.word_list import sample_names, sample_things, singular
from search_core.embedded.families.word_story import (
    KINDS,
    QUESTION_WORDING,
    START_WORDING,
    Move,
    SentenceKind,
    Story,
    StoryError,
    read_story,
)

_SYMBOL_WEIGHTS = {"+": 3, "-": 3, "*": 2, "/": 2}
_DISTRACTION_KINDS = ("buys", "finds", "loses", "sells", "uses", "makes")


def sample(level: int, rng: random.Random, *, made_up: bool = False) -> Story:
    """A random story with exactly `level` sentences that matter.

    Args:
        made_up: Whether some names and things are made up, so that copying generalises.
    """
    while True:
        try:
            story = read_story(_StoryWriter(rng, made_up).write(level))
        except StoryError:
            continue
        if len(story.moves) == level:
            return story


class _StoryWriter:
    """Writes one story; keeps track of who is being followed and what they hold."""

    def __init__(self, rng: random.Random, made_up: bool) -> None:
        self.rng = rng
        self.who, *self.others = sample_names(5, rng, made_up=made_up)
        self.things, *self.other_things = sample_things(4, rng, made_up=made_up)
        self.value = rng.randint(3, 60)

    def write(self, level: int) -> str:
        sentences = [START_WORDING.format(who=self.who, n=self.value, things=self.things)]
        # Extra sentences come from people who never take part in the story that matters.
        strangers = [self.others.pop(), self.others.pop()]
        spots = self._distraction_spots(level)
        for position in range(level):
            if position in spots:
                sentences.append(self._distraction(strangers))
            sentences.append(self._event(is_last=position == level - 1))
        sentences.append(QUESTION_WORDING.format(who=self.who, things=self.things))
        return " ".join(sentences)

    def _distraction_spots(self, level: int) -> set[int]:
        most = 1 if level == 2 else 2
        return set(self.rng.sample(range(level), self.rng.randint(0, most)))

    def _distraction(self, strangers: list[str]) -> str:
        things = self.rng.choice([self.things, self.rng.choice(self.other_things)])
        number = self.rng.randint(2, 40)
        stranger = self.rng.choice(strangers)
        if self.rng.random() < 0.4:
            return START_WORDING.format(who=stranger, n=number, things=things)
        wording = KINDS[self.rng.choice(_DISTRACTION_KINDS)].wording
        return wording.format(who=stranger, n=number, things=things)

    def _event(self, is_last: bool) -> str:
        rng = self.rng
        while True:
            symbol = rng.choices(list(_SYMBOL_WEIGHTS), list(_SYMBOL_WEIGHTS.values()))[0]
            kind = rng.choice([k for k in KINDS.values() if k.symbol == symbol])
            number = self._number(kind)
            fits = is_easy(self.value, symbol, number)
            # A comparison changes whom the story follows: keep it for the end, mostly.
            if fits and (kind.gives_to == "who" or is_last or rng.random() < 0.2):
                return self._tell(kind, number)

    def _number(self, kind: SentenceKind) -> int:
        if kind.number is not None:
            return kind.number
        if kind.symbol == "-":
            return self.rng.randint(2, max(2, min(80, self.value)))
        return self.rng.randint(2, 60) if kind.symbol == "+" else self.rng.randint(2, 9)

    def _tell(self, kind: SentenceKind, number: int) -> str:
        other = self.rng.choice(self.others)
        new = self.rng.choice(self.other_things)
        sentence = kind.wording.format(
            who=self.who,
            other=other,
            n=number,
            things=self.things,
            thing=singular(self.things),
            new=new,
        )
        self.value = compute(self.value, kind.symbol, number) or 0
        if kind.gives_to == "other":
            self.others.remove(other)
            self.others.append(self.who)
            self.who = other
        if kind.name == "swaps":
            self.other_things.remove(new)
            self.other_things.append(self.things)
            self.things = new
        return sentence


def step_text(move: Move, equation: Equation) -> str:
    """One step: "Ella gets 72 books from Rosa. 27 + 72 = 99"."""
    return f"{move.sentence} {equation}"


def solve(story: Story) -> list[str]:
    """The steps of a worked solution, without the closing "The answer is …"."""
    return [step_text(move, eq) for move, eq in zip(story.moves, story.equations(), strict=True)]
