"""What happened in a run, round by round, in plain sentences.

Rounds begin where `assets/js/log/rounds.js` begins them: at the first step that is written after
something else has happened. The page tells more of each; this is for a text to take along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from search_core.log.events import (
    BackedUp,
    Completed,
    Decided,
    Event,
    Graded,
    Merged,
    Sampled,
    Scored,
    Spent,
    Voted,
    Warned,
)
from search_core.log.tree import Tree
from search_core.picture.numbers import counted, format_score
from search_core.picture.text import one_line
from search_core.picture.words import answer_sentence

_LONGEST = 200
_MOST_ANSWERS = 4


@dataclass
class _Round:
    """What one round did, counted."""

    number: int
    written: int = 0
    rollouts: int = 0
    scored: int = 0
    merged: int = 0
    kept: int = 0
    pruned: int = 0
    backed_up: set[str] = field(default_factory=set)
    cutoffs: list[float] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    answers: list[str | None] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Count one event."""
        if isinstance(event, Sampled):
            self.written += event.role != "rollout"
            self.rollouts += event.role == "rollout"
        elif isinstance(event, Scored):
            self.scored += 1
        elif isinstance(event, Merged):
            self.merged += 1
        elif isinstance(event, Completed):
            self.answers.append(event.answer)
        elif isinstance(event, BackedUp):
            self.backed_up.add(event.id)
        elif isinstance(event, Warned):
            self.warnings.append(event.message)
        elif isinstance(event, Spent):
            self.number = event.round
        elif isinstance(event, Decided):
            self._decided(event)

    def _decided(self, event: Decided) -> None:
        self.kept += len(event.kept)
        self.pruned += len(event.pruned)
        if not event.kept and not event.pruned:
            self.reasons.append(event.why)
        if event.cutoff is not None and event.kept and event.pruned:
            self.cutoffs.append(event.cutoff)

    def sentences(self) -> Iterator[str]:
        """What it did, one sentence after another."""
        yield f"{self._written()} written{' and scored' if self.scored else ''}."
        if self.kept or self.pruned:
            yield f"{self.kept} kept, {self.pruned} pruned{self._cut()}."
        if self.merged:
            yield f"{counted(self.merged, 'duplicate')} merged."
        if self.answers:
            yield f"{counted(len(self.answers), 'path')} reached an end: {self._answers()}."
        yield from (one_line(why, _LONGEST) for why in dict.fromkeys(self.reasons))
        if self.backed_up:
            yield f"The values of {counted(len(self.backed_up), 'node')} were backed up."
        yield from (f"Warning: {one_line(said, _LONGEST)}" for said in dict.fromkeys(self.warnings))

    def _written(self) -> str:
        steps = counted(self.written, "step")
        if not self.rollouts:
            return steps
        ahead = f"{counted(self.rollouts, 'step')} of rollouts"
        return f"{steps} and {ahead}" if self.written else ahead

    def _cut(self) -> str:
        if not self.cutoffs:
            return ""
        least, most = format_score(min(self.cutoffs)), format_score(max(self.cutoffs))
        return f"; the cut was {least}" if least == most else f"; the cuts were {least} to {most}"

    def _answers(self) -> str:
        known = dict.fromkeys(one_line(answer, 24) for answer in self.answers if answer is not None)
        if not known:
            return "no answer"
        more = len(known) - _MOST_ANSWERS
        return ", ".join(list(known)[:_MOST_ANSWERS]) + (f" and {more} more" if more > 0 else "")


def story(events: Iterable[Event], tree: Tree) -> list[str]:
    """One entry for each round, and one for the end.

    Args:
        events: The whole log.
        tree: What it adds up to.
    """
    rounds: list[_Round] = []
    before: Event | None = None
    early: list[Event] = []
    for event in events:
        if isinstance(event, Voted | Graded):
            break
        if isinstance(event, Sampled) and not isinstance(before, Sampled):
            rounds.append(_Round(len(rounds) + 1))
            for one in early:
                rounds[-1].add(one)
            early = []
        before = event
        # A warning comes before the steps that the call wrote nevertheless.
        if isinstance(event, Warned) or not rounds:
            early.append(event)
        else:
            for one in (*early, event):
                rounds[-1].add(one)
            early = []
    return [*_without_repetition(rounds), answer_sentence(tree)]


def _without_repetition(rounds: Iterable[_Round]) -> Iterator[str]:
    """Rounds of which the same is to be said are told in one."""
    for said, same in groupby(rounds, key=lambda one: " ".join(one.sentences())):
        numbers = [one.number for one in same]
        if len(numbers) == 1:
            yield f"Round {numbers[0]}: {said}"
        else:
            yield f"Rounds {numbers[0]} to {numbers[-1]}, each: {said}"
