"""Replies that are known already: a plan driven again over them asks models only for the rest.

A strategy is a generator, and a sample's seed follows from its place alone. So a run whose replies
are known can be driven again (`drive(run, KnownSolver(…), KnownVerifier(…))`), with other options
too, and comes to the same tree wherever it asks the same. A sample is known by its parent and its
index, a score by its node and its verifier, and each only as the reply to the same question: the
same steps before it, the same attempts read, the same sampling.

What is not known is asked of `otherwise`, any solver or verifier, and is known from then on.
Without one the run stops there: it ends well, what it has found so far votes, and `missing` says
what it would have asked. Hence this one mechanism serves

- replay and what-if: the replies of a finished run and no `otherwise`, with its own options or with
  others (`search_core.whatif`);
- a larger N from a smaller one: the same, with the models as `otherwise`;
- going on after a crash: the replies of the log that is left (`recorded.py`), likewise;
- races with shared samples: strategies that run at a time over the same replies (`shared.py`);
- steering by hand (`search_core.steer`): the replies of the run that was steered, given as what
  they are, of an earlier run; what a person wrote is no reply, the runner itself writes it down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from search_core.protocols import (
    Cancelled,
    KeepsPaths,
    RunCancelled,
    SampleRequest,
    Sampling,
    ScoreRequest,
    Solver,
    SolverInfo,
    StepSample,
    StepScores,
    Verifier,
    VerifierInfo,
    Watch,
    watch_of,
)
from search_core.run.calls import Checked, sampled, scored

SampleQuestion = tuple[object, ...]
ScoreQuestion = tuple[str, str, str, str, tuple[str, ...], bool]


class MissingReplies(RunCancelled):
    """A run stopped where it would have asked what nobody has answered."""


@dataclass(frozen=True, slots=True)
class KnownScore:
    """What one step scored (None: there was no verdict), and what that took; fields as of
    `StepScores`. `again`: it was of an earlier run already when it was written down."""

    score: float | None
    tokens: int = 0
    reused: int = 0
    flops: float | None = 0.0
    reason: str = ""
    again: bool = False
    alone: StepScores | None = None
    """The whole reply, where it was about this step alone: it is given again as it is."""


class KnownReplies:
    """What solvers and verifiers have replied so far, by what they were asked. Not thread-safe."""

    def __init__(self) -> None:
        # By its seed, which tells nearly all questions apart: to hash a whole one takes longer than
        # to compare it with the one that is there.
        self._samples: dict[int, list[tuple[SampleQuestion, StepSample]]] = {}
        self._scores: dict[ScoreQuestion, KnownScore] = {}

    def learn_sample(self, request: SampleRequest, sampling: Sampling, sample: StepSample) -> None:
        """Know this step from now on."""
        asked = sample_question(request, sampling)
        others = [known for known in self._samples.get(request.seed, ()) if known[0] != asked]
        self._samples[request.seed] = [*others, (asked, sample)]

    def learn_scores(self, request: ScoreRequest, info: VerifierInfo, reply: StepScores) -> None:
        """Know these scores from now on. What the call cost is that of its first step that is of
        no earlier run."""
        reasons = reply.reasons or ("",) * len(reply.scores)
        for place, (score, reason) in enumerate(zip(reply.scores, reasons, strict=True)):
            known = KnownScore(score, reason=reason, again=place < reply.again)
            if place == min(reply.again, len(reply.scores) - 1):
                known = KnownScore(
                    score,
                    reply.tokens,
                    reply.reused,
                    reply.flops,
                    reason,
                    known.again,
                    reply if len(reply.scores) == 1 else None,
                )
            self._scores[score_question(request, request.first + place, info)] = known

    def sample(self, request: SampleRequest, sampling: Sampling) -> StepSample | None:
        """The step that was written there; None: none was."""
        asked = sample_question(request, sampling)
        for question, sample in self._samples.get(request.seed, ()):
            if question == asked:
                return sample
        return None

    def scores(self, request: ScoreRequest, info: VerifierInfo) -> list[KnownScore]:
        """Scores of the wanted steps, up to the first that was not scored."""
        found: list[KnownScore] = []
        for place in range(request.first, len(request.steps)):
            known = self._scores.get(score_question(request, place, info))
            if known is None:
                break
            found.append(known)
        return found


class KnownSolver(Checked):
    """A solver that gives again what is known, and asks another one for the rest.

    Args:
        otherwise: Asked for what is not known. None: the run stops there.
        learn: Whether its replies are known from then on.
        earlier: Whether what is known is of an earlier run: it is given as such and costs nothing.
            Otherwise it is given as what it was, at its cost then.
    """

    def __init__(
        self,
        known: KnownReplies,
        info: SolverInfo,
        otherwise: Solver | None = None,
        *,
        learn: bool = True,
        earlier: bool = False,
    ) -> None:
        self.info = info
        self.missing: list[SampleRequest] = []
        """What was not known, in the order in which it was asked for."""
        self._known, self._otherwise, self._learn = known, otherwise, learn
        self._earlier = earlier
        if isinstance(otherwise, KeepsPaths):
            self.release = otherwise.release

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        """As of any solver.

        Raises:
            MissingReplies: Something is not known, and there is nobody to ask.
        """
        known = self._known.sample
        replies = [known(request, sampling) for request in requests]
        if self._earlier:
            replies = [reply and _of_earlier(reply) for reply in replies]
        places = [place for place, reply in enumerate(replies) if reply is None]
        if places:
            asked = [requests[place] for place in places]
            self.missing += asked
            if self._otherwise is None:
                raise MissingReplies(f"{_counted(len(asked), 'step')} would have to be written.")
            watch = watch_of_places(watch_of(cancelled), places)
            try:
                new = sampled(self._otherwise, asked, sampling, watch)
            finally:
                for message in watch.warnings():
                    watch_of(cancelled).warn(message)
            for place, sample in zip(places, new, strict=True):
                if self._learn:
                    self._known.learn_sample(requests[place], sampling, sample)
                replies[place] = sample
        return [reply for reply in replies if reply is not None]


class KnownVerifier(Checked):
    """A verifier that gives known scores again, and asks another for the rest. As `KnownSolver`.

    Args:
        info: Whose scores are wanted.
    """

    def __init__(
        self,
        known: KnownReplies,
        info: VerifierInfo,
        otherwise: Verifier | None = None,
        *,
        learn: bool = True,
        earlier: bool = False,
    ) -> None:
        self.info = info
        self.missing: list[ScoreRequest] = []
        """What was not known; `first` is the first step of each without a score."""
        self._known, self._otherwise, self._learn = known, otherwise, learn
        self._earlier = earlier
        if isinstance(otherwise, KeepsPaths):
            self.release = otherwise.release

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        """As of any verifier. Raises as `KnownSolver.sample`."""
        known, info = self._known.scores, self.info
        found = [known(request, info) for request in requests]
        if self._earlier:
            found = [[_score_of_earlier(score) for score in scores] for scores in found]
        asked = {
            place: replace(request, first=request.first + len(scores))
            for place, (request, scores) in enumerate(zip(requests, found, strict=True))
            if request.first + len(scores) < len(request.steps)
        }
        new: dict[int, StepScores] = {}
        if asked:
            self.missing += asked.values()
            if self._otherwise is None:
                raise MissingReplies(f"{_counted(len(asked), 'path')} would have to be scored.")
            replies = scored(self._otherwise, list(asked.values()), cancelled)
            new = dict(zip(asked, replies, strict=True))
            for place, reply in new.items() if self._learn else ():
                self._known.learn_scores(asked[place], self.info, reply)
        return [together(scores, new.get(place)) for place, scores in enumerate(found)]


def _of_earlier(sample: StepSample) -> StepSample:
    """The same as what is of an earlier run: it costs nothing."""
    return replace(sample, prefilled=0, reused=0, known=None, flops=0.0, again=True)


def _score_of_earlier(known: KnownScore) -> KnownScore:
    return KnownScore(known.score, reason=known.reason, again=True)


def sample_question(request: SampleRequest, sampling: Sampling) -> SampleQuestion:
    """What is asked: requests that give the same reply have the same."""
    # The seed says parent and index; the rest says that the question is the same.
    return (
        request.seed,
        request.index,
        request.problem,
        request.steps,
        request.attempts,
        request.opening,
        sampling,
    )


def score_question(request: ScoreRequest, place: int, info: VerifierInfo) -> ScoreQuestion:
    """The same of the score of one step of a path."""
    node = request.ids[place] if request.ids else ""
    steps = request.steps[: place + 1]
    finished = request.finished and place == len(request.steps) - 1
    return info.name, info.revision, node, request.problem, steps, finished


def remainder(request: ScoreRequest, known: KnownReplies, info: VerifierInfo) -> ScoreRequest:
    """What of a path is still to be scored."""
    return replace(request, first=request.first + len(known.scores(request, info)))


def together(known: Sequence[KnownScore], new: StepScores | None) -> StepScores:
    """One reply of what was known and of what was asked for now."""
    if new is not None and not known:
        return new
    if new is None and len(known) == 1:
        [one] = known
        if one.alone is not None:
            return one.alone
        reasons = (one.reason,) if one.reason else ()
        return StepScores(
            (one.score,), one.tokens, one.reused, one.flops, reasons, again=int(one.again)
        )
    flops = [score.flops for score in known] + ([new.flops] if new else [])
    said = [score.reason for score in known]
    if new is not None:
        said += new.reasons or ("",) * len(new.scores)
    return StepScores(
        scores=(*(score.score for score in known), *(new.scores if new else ())),
        tokens=sum(score.tokens for score in known) + (new.tokens if new else 0),
        reused=sum(score.reused for score in known) + (new.reused if new else 0),
        flops=None if None in flops else sum(flop for flop in flops if flop is not None),
        reasons=tuple(said) if any(said) else (),
        again=sum(score.again for score in known),
    )


def watch_of_places(watch: Watch, places: Sequence[int]) -> Watch:
    """A watch for some samples of a call, told by their places among all of them."""
    return Watch(watch, lambda place, tokens: watch.written(places[place], tokens))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
