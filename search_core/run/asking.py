"""Serves those requests of a strategy that a model has to answer: samples, pieces, scores.

This is where budgets and limits are checked, and where rounds are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace

from search_core.acts import Act, Beside, Guidance
from search_core.log.events import ROOT, Role, Warned
from search_core.log.run_log import RunLog
from search_core.log.tree import Node
from search_core.protocols import (
    SampleRequest,
    ScoreRequest,
    StepSample,
    StepScores,
    UsageError,
)
from search_core.run.calls import ModelCall, ModelReply, SolverCall, VerifierCall
from search_core.run.decisions import DecisionWriter
from search_core.run.recipe import Recipe
from search_core.run.recorder import Recorder
from search_core.run.replies import ProtocolError
from search_core.run.requests import NodeRequests
from search_core.run.written import WrittenSteps
from search_core.strategies.base import Continue, Decide, Nodes, NodeView, Sample, Score

_MOST_NAMED = 5
"""Nodes that a sentence names."""


class ModelRequests:
    """Turns a strategy's requests into model calls, and the replies into nodes.

    Args:
        nodes: Writes what models are asked about a node.
        recorder: Writes their replies down.
        written: Keeps what only the run's own solver reads of them: its token ids.
        decisions: Writes down that a path was written on.
        clock: Seconds, monotone: what model calls are timed with.
        names: The solver's and the verifier's.
        guidance: What a person wants written beside, or in place of, what the strategy asks for.
    """

    def __init__(
        self,
        recipe: Recipe,
        log: RunLog,
        nodes: NodeRequests,
        recorder: Recorder,
        written: WrittenSteps,
        decisions: DecisionWriter,
        clock: Callable[[], float],
        names: tuple[str, str],
        guidance: Guidance,
    ) -> None:
        self._recipe = recipe
        self._log = log
        self._nodes = nodes
        self._recorder, self._written = recorder, written
        self._decisions = decisions
        self._clock = clock
        self._names = names
        self._guidance = guidance
        self.round = 0
        """Number of the round that is open; 0 before the first."""
        self.asked = ""
        """The model that is being asked, in a sentence; "" when none is."""

    def serve(self, request: Sample | Continue | Score) -> Generator[ModelCall, ModelReply, Nodes]:
        """Ask a model, and answer with the nodes.

        Raises:
            LimitReached: The run may not sample so many more steps.
            ProtocolError: The strategy asks for more than its budget allows, or a model's
                reply does not fit.
        """
        match request:
            case Sample(to_end=False):
                return (yield from self._sample(request, request.parents, request.after))
            case Sample():
                return (yield from self._sample_to_end(request))
            case Continue():
                return (yield from self._continue(request))
            case Score():
                return (yield from self._score(request))

    def _sample_to_end(self, request: Sample) -> Generator[ModelCall, ModelReply, Nodes]:
        leaves = list(request.parents)
        active = places = list(range(len(leaves)))
        after = request.after
        while active:
            children = yield from self._sample(request, [leaves[index] for index in active], after)
            after = ()  # What a path revises is said once, at its first step.
            for index, child in zip(active, children, strict=False):
                leaves[index] = child
            beside = children[len(active) :]
            places = [*places, *(places[active[child.place]] for child in beside)]
            active = [*active, *range(len(leaves), len(leaves) + len(beside))]
            leaves += beside
            active = [index for index in active if self._goes_on(leaves[index], request)]
            if not request.rollout:
                title = self._recipe.strategy.title
                why = f"{title} writes this path to its end before it judges."
                going = tuple(leaves[index] for index in active)
                self._decisions.write(self.round, Decide("run_to_end", why, kept=going))
        return tuple(replace(leaf, place=at) for leaf, at in zip(leaves, places, strict=True))

    @staticmethod
    def _goes_on(leaf: NodeView, request: Sample) -> bool:
        return leaf.ended == "step" and leaf.depth < request.max_steps

    def _sample(
        self, request: Sample, parents: Sequence[NodeView], after: Sequence[NodeView | None]
    ) -> Generator[ModelCall, ModelReply, Nodes]:
        role: Role = "rollout" if request.rollout else "step"
        before = [node.id if node else None for node in after] or [None] * len(parents)
        parent_ids = [parent.id for parent in parents]
        beside = [] if request.rollout else self._guidance.beside(parent_ids)
        self._open_round(len(parents), len(beside))
        places = list(range(len(parents)))
        if beside:
            places += [step.place for step in beside]
            before = [before[place] for place in places]
            parent_ids = [parent_ids[place] for place in places]
        ids = self._nodes.child_ids(parent_ids)
        by_hand = self._by_hand(ids, beside)
        asked = self._nodes.sample(
            parent_ids,
            ids,
            role,
            before,
            request.attempts_seen,
            request.max_steps if request.to_end else 0,
        )
        if by_hand:
            left = [place for place, node_id in enumerate(ids) if node_id not in by_hand]
            given, seconds = yield from self._ask_solver(
                [asked[place] for place in left],
                [ids[place] for place in left],
                request.temperature,
                role,
            )
            rest = iter(given)
            samples = [
                _as_written(by_hand[node_id]) if node_id in by_hand else next(rest)
                for node_id in ids
            ]
        else:
            samples, seconds = yield from self._ask_solver(asked, ids, request.temperature, role)
        who = {node_id: act.who for node_id, act in by_hand.items()}
        self._keep_ids(ids, samples)
        self._recorder.add_samples(
            self.round, ids, samples, seconds, role=role, after=before, by=who
        )
        return self._nodes.views(ids, places)

    def _by_hand(self, ids: Sequence[str], beside: Sequence[Beside]) -> dict[str, Act]:
        """The steps that a person wrote, by their ids; those beside are the last ones."""
        found: dict[str, Act] = {}
        if not self._guidance.acts:
            return found
        for node_id, step in zip(ids, [None] * (len(ids) - len(beside)) + [*beside], strict=True):
            act = self._guidance.text_of(node_id) or (step.written if step else None)
            if act is not None:
                found[node_id] = act
        return found

    def retrace(self, node_id: str) -> Generator[ModelCall, ModelReply, Nodes]:
        """The path to a node of an earlier run, written down again: what a search goes on from.

        Its steps are asked for by their ids, one after the other: they are known.
        """
        ids = _way_to(node_id)
        for place, step in enumerate(ids):
            before = [*ids[:place]][-1:] or [ROOT]
            asked = self._nodes.sample(before, [step], "step", [None])
            samples, seconds = yield from self._ask_solver(asked, [step], None)
            self._keep_ids([step], samples)
            self._recorder.add_samples(self.round, [step], samples, seconds)
        return self._nodes.views(ids)

    def _continue(self, request: Continue) -> Generator[ModelCall, ModelReply, Nodes]:
        """One more piece of a stream; where it belongs is known once it is written."""
        self._open_round(1)
        pieces = [piece.id for piece in request.stream]
        asked = self._nodes.stream(pieces, request.forced)
        samples, seconds = yield from self._ask_solver([asked], [], request.temperature)
        samples = [replace(sample, text=request.forced + sample.text) for sample in samples]
        texts = [piece.text for piece in request.stream]
        place = request.place(texts, samples[0].text) if samples else -1
        parent = pieces[place] if place >= 0 else ROOT
        last = pieces[-1] if pieces else ROOT
        [node_id] = self._nodes.child_ids([parent])
        self._keep_ids([node_id], samples)
        self._recorder.add_samples(
            self.round,
            [node_id],
            samples,
            seconds,
            after=[None if parent == last else last],
            forced=request.forced,
        )
        return self._nodes.views([node_id])

    def _keep_ids(self, ids: Sequence[str], samples: Sequence[StepSample]) -> None:
        """What the steps were written in."""
        for node_id, sample in zip(ids, samples, strict=True):
            if sample.ids is not None:
                self._written.keep(node_id, sample.ids)

    def _score(self, request: Score) -> Generator[ModelCall, ModelReply, Nodes]:
        wanted: list[list[Node]] = []
        asked: list[ScoreRequest] = []
        planned: set[str] = set()
        ends = request.ends or request.nodes
        for end in ends:
            new = self._nodes.unscored(end.id, planned)
            if new:
                planned.update([node.id for node in new])
                wanted.append(new)
                asked.append(self._nodes.score(new))
        if wanted:
            requests = tuple(asked)
            before = self._clock()
            self.asked = f"Verifier {self._names[1]}"
            replies: list[StepScores] = yield VerifierCall(requests)  # type: ignore[assignment]
            self.asked = ""
            seconds = self._clock() - before
            pairs = zip(request.nodes, ends, strict=True)
            ahead = {node.id: end.id for node, end in pairs if node.id != end.id}
            self._recorder.add_scores(
                self.round, wanted, replies, request.aggregate, seconds, ahead
            )
            self._look_for_missing(wanted, replies)
        return self._nodes.views([node.id for node in request.nodes])

    def _look_for_missing(
        self, wanted: Sequence[Sequence[Node]], replies: Sequence[StepScores]
    ) -> None:
        """A step without a verdict has no score: a search that ranks steps cannot go on, a vote
        can.

        Raises:
            UsageError: The strategy decides by the scores of steps.
        """
        missing = [
            node.id
            for nodes, reply in zip(wanted, replies, strict=True)
            if None in reply.scores
            for node, score in zip(nodes, reply.scores, strict=True)
            if score is None
        ]
        if not missing:
            return
        named = f"node{'s' * (len(missing) > 1)} {', '.join(missing[:_MOST_NAMED])}"
        more = len(missing) - _MOST_NAMED
        who = f"Verifier {self._names[1]} came to no verdict on {named}"
        who += f" and {more} more" if more > 0 else ""
        strategy = self._recipe.strategy
        if strategy.writes != "solutions":
            raise UsageError(
                f"{who}, and {strategy.title} decides by the score of every step. Allow the "
                "verifier more tokens, or choose another one, or a strategy that scores finished "
                "solutions alone, as Best-of-N does."
            )
        self._log.add(
            Warned,
            message=f"{who}: without a score of each solution only the majority has a vote.",
        )

    def _open_round(self, samples: int, beside: int = 0) -> None:
        recipe, tree = self._recipe, self._log.tree
        most = recipe.options.width + self._guidance.room
        if not 0 < samples <= most:
            raise ProtocolError(
                f"{recipe.strategy.name} asked for {samples} samples in one round; "
                f"its budget allows 1 to {most}."
            )
        recipe.limits.check(
            samples + beside,
            recipe.sampling.max_step_tokens,
            nodes=len(tree.nodes) - 1,
            written=tree.cost.generated,
            seconds=self._log.seconds,
        )
        self.round += 1

    def _ask_solver(
        self,
        requests: Sequence[SampleRequest],
        ids: Sequence[str],
        temperature: float | None,
        role: Role = "step",
    ) -> Generator[ModelCall, ModelReply, tuple[list[StepSample], float]]:
        """The solver's reply, and how many seconds it took to come."""
        if not requests:  # A person wrote them all.
            return [], 0.0
        sampling = self._recipe.sampling
        if temperature is not None:
            sampling = replace(sampling, temperature=temperature)
        before = self._clock()
        call = SolverCall(tuple(requests), sampling, tuple(ids), role)
        self.asked = f"Solver {self._names[0]}"
        samples: list[StepSample] = yield call  # type: ignore[assignment]
        self.asked = ""
        self._check_logprobs(samples)
        return samples, self._clock() - before

    def _check_logprobs(self, samples: Sequence[StepSample]) -> None:
        strategy = self._recipe.strategy
        if None in [sample.logprob for sample in samples] and strategy.reads_logprobs(
            self._recipe.options
        ):
            raise ProtocolError(
                f"Solver {self._names[0]} gave no log-probability of a step, and {strategy.title} "
                "goes by them with these options. Choose others, or another solver."
            )


def _as_written(act: Act) -> StepSample:
    """What a person wrote, as a reply: nobody generated it."""
    return StepSample(act.text, 0, None, "end" if act.ends else "step", flops=0.0)


def _way_to(node_id: str) -> list[str]:
    """Ids from the first step to a node; none to the problem."""
    if node_id == ROOT:
        return []
    parts = node_id.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
