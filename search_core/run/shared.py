"""Replies that several runs share while they go: what one has asked, nobody asks again.

Runs of the same seed, problem and sampling ask the same as long as their trees are the same; the
first of them asks the model, and whoever asks it meanwhile waits for the same reply. What a reply
cost stands in the log of every run that uses it: each is the run that it would have been alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from search_core.protocols import (
    Cancelled,
    KeepsPaths,
    RunCancelled,
    SampleRequest,
    Sampling,
    ScoreRequest,
    Solver,
    StepSample,
    StepScores,
    Verifier,
    watch_of,
)
from search_core.run.calls import Checked, sampled, scored
from search_core.run.known import (
    KnownReplies,
    remainder,
    sample_question,
    score_question,
    together,
    watch_of_places,
)

_SECONDS_BETWEEN_LOOKS = 0.05
_Found = TypeVar("_Found")


class SharedReplies:
    """What one solver or one verifier has replied to all runs that share it. Thread-safe.

    Attributes:
        saved: Tokens that were not written, or not read by a verifier, because another run had
            asked for them.
    """

    def __init__(self) -> None:
        self.known = KnownReplies()
        self.saved = 0
        self._lock = threading.Lock()
        self._asked: dict[Hashable, threading.Event] = {}

    def replies(
        self,
        questions: Sequence[Hashable],
        look: Callable[[int], _Found | None],
        ask: Callable[[list[int]], None],
        cancelled: Cancelled,
    ) -> tuple[list[_Found], set[int]]:
        """Of each question what is known of it, and which of them this run had to ask itself.

        Args:
            look: What is known of the question at this place; None: it is to be asked.
            ask: Asks the questions at these places; the replies are known afterwards. Whoever
                waits for some of them asks itself where this fails.

        Raises:
            RunCancelled: `cancelled()` became True.
            Exception: Whatever `ask` raised.
        """
        own: set[int] = set()
        while True:
            with self._lock:
                found = [look(place) for place in range(len(questions))]
                missing = [place for place, reply in enumerate(found) if reply is None]
                if not missing:
                    return [reply for reply in found if reply is not None], own
                waits = [
                    self._asked[questions[place]]
                    for place in missing
                    if questions[place] in self._asked
                ]
                mine = [place for place in missing if questions[place] not in self._asked]
                answered = threading.Event()
                self._asked.update(dict.fromkeys((questions[place] for place in mine), answered))
            if mine:
                # Before anything is waited for: no two runs ever wait for each other.
                try:
                    ask(mine)
                finally:
                    with self._lock:
                        for place in mine:
                            self._asked.pop(questions[place], None)
                    answered.set()
                own.update(mine)
            for reply in waits:
                while not reply.wait(_SECONDS_BETWEEN_LOOKS):
                    if cancelled():
                        raise RunCancelled

    def look(self, look: Callable[[KnownReplies], _Found]) -> _Found:
        """What is found there, or what is put there, while nobody else does."""
        with self._lock:
            return look(self.known)

    def save(self, tokens: int) -> None:
        """So many tokens were had for nothing."""
        with self._lock:
            self.saved += tokens


class SharedSolver(Checked):
    """A solver for one of several runs; see `SharedReplies`."""

    def __init__(self, solver: Solver, shared: SharedReplies) -> None:
        self.info = solver.info
        self._solver, self._shared = solver, shared
        if isinstance(solver, KeepsPaths):
            self.release = solver.release

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        """As of any solver."""
        shared, watch = self._shared, watch_of(cancelled)

        def ask(places: list[int]) -> None:
            asked = [requests[place] for place in places]
            beside = watch_of_places(watch, places)
            try:
                new = sampled(self._solver, asked, sampling, beside)
            finally:
                for message in beside.warnings():
                    watch.warn(message)

            def teach(known: KnownReplies) -> None:
                for request, sample in zip(asked, new, strict=True):
                    known.learn_sample(request, sampling, sample)

            shared.look(teach)

        found, own = shared.replies(
            [sample_question(request, sampling) for request in requests],
            lambda place: shared.known.sample(requests[place], sampling),
            ask,
            watch,
        )
        shared.save(sum(s.tokens for place, s in enumerate(found) if place not in own))
        return found


class SharedVerifier(Checked):
    """A verifier for one of several runs; see `SharedReplies`."""

    def __init__(self, verifier: Verifier, shared: SharedReplies) -> None:
        self.info = verifier.info
        self._verifier, self._shared = verifier, shared
        if isinstance(verifier, KeepsPaths):
            self.release = verifier.release

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        """As of any verifier."""
        shared, info = self._shared, self.info

        def look(place: int) -> StepScores | None:
            scores = shared.known.scores(requests[place], info)
            whole = requests[place].first + len(scores) == len(requests[place].steps)
            return together(scores, None) if whole else None

        def ask(places: list[int]) -> None:
            asked = shared.look(
                lambda known: [remainder(requests[place], known, info) for place in places]
            )
            replies = scored(self._verifier, asked, cancelled)

            def teach(known: KnownReplies) -> None:
                for request, reply in zip(asked, replies, strict=True):
                    known.learn_scores(request, info, reply)

            shared.look(teach)

        found, own = shared.replies(
            # A path is known by its last step: whoever asks for more of its steps waits as well.
            [score_question(request, len(request.steps) - 1, info) for request in requests],
            look,
            ask,
            cancelled,
        )
        shared.save(sum(s.tokens for place, s in enumerate(found) if place not in own))
        return found
