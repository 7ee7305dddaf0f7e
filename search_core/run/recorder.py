"""Model replies, checked by now (`replies`), become events once they are priced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from search_core.flops import forward_flops, writing_flops
from search_core.log.events import MAX_REASON, Aggregate, Role, Sampled, Scored, Spent
from search_core.log.fields import ROOT, Repeats, Thought, parent_of
from search_core.log.run_log import RunLog
from search_core.log.tree import Node
from search_core.protocols import SolverInfo, StepSample, StepScores, VerifierInfo
from search_core.run.repetition import repetition
from search_core.scoring import aggregate_scores, rounded
from search_core.steps import thought_of


class PlannedNode(NamedTuple):
    """What is known of a node before its text is. Fields as of `events.Sampled`."""

    id: str
    role: Role = "step"
    after: str | None = None
    forced: str = ""
    by: str = ""


class Recorder:
    """Writes sampled steps and scores, with their cost, into a run's log."""

    def __init__(self, log: RunLog, solver: SolverInfo, verifier: VerifierInfo) -> None:
        self._log = log
        self._solver, self._verifier = solver, verifier
        self._path_scores: dict[str, tuple[float, ...]] = {ROOT: ()}

    def add_samples(
        self,
        round_: int,
        planned: Sequence[PlannedNode],
        samples: Sequence[StepSample],
        seconds: float,
    ) -> None:
        """Write down one batch of steps as the nodes that they are.

        What a person wrote, and what is of an earlier run, has cost nothing now.
        """
        flops = [
            self._sample_flops(sample) if sample.flops is None else sample.flops
            for sample in samples
        ]
        pairs = list(zip(planned, samples, strict=True))
        asked = [sample for node, sample in pairs if not node.by and not sample.again]
        said = self._said
        self._log.add_steps(
            Sampled,
            [said(node, sample, cost) for (node, sample), cost in zip(pairs, flops, strict=True)],
        )
        self._log.add(
            Spent,
            round=round_,
            call="sample",
            requests=sum([not node.by for node in planned]),
            generated=sum([sample.tokens for sample in asked]),
            prefilled=sum([sample.prefilled for sample in asked]),
            reused=sum([sample.reused for sample in asked]),
            solver_flops=sum(flops),
            seconds=round(seconds, 4),
            again=sum([sample.again for sample in samples]),
        )

    def _said(self, node: PlannedNode, sample: StepSample, flops: float) -> tuple[object, ...]:
        """One step in the order of the event's fields."""
        repeats, thought = sample.repeats, sample.thought
        if repeats is None or thought is None:
            path = self._log.tree.path(parent_of(node.id))
            repeats, thought = _repeats(sample, path), _thought(sample, path)
        return (
            node.id,
            sample.text,
            sample.tokens,
            None if sample.logprob is None else round(sample.logprob, 4),
            sample.ended,
            sample.prefilled,
            sample.reused,
            flops,
            node.role,
            node.after,
            repeats,
            thought,
            node.forced,
            node.by or sample.by,
            sample.again,
        )

    def add_scores(
        self,
        round_: int,
        wanted: Sequence[Sequence[Node]],
        replies: Sequence[StepScores],
        aggregate: Aggregate,
        seconds: float,
        ahead: Mapping[str, str],
    ) -> None:
        """Write down one batch of scores.

        A step that got none has no event, and where the aggregate needs it, neither has what
        comes after it on its path.

        Args:
            wanted: Each request's new nodes, in path order.
            ahead: For nodes that are judged by the end of a rollout, that end: the last one
                of the node's request.
        """
        flops = [
            self._score_flops(reply) if reply.flops is None else reply.flops for reply in replies
        ]
        for nodes, reply, cost in zip(wanted, replies, flops, strict=True):
            # One request after the other: what is before it on its path may be in the last one.
            self._log.add_steps(Scored, self._scored(nodes, reply, aggregate, cost, ahead))
        self._log.add(
            Spent,
            round=round_,
            call="score",
            requests=len(wanted),
            reused=sum([reply.reused for reply in replies]),
            verified=sum([reply.tokens for reply in replies]),
            verifier_flops=sum(flops),
            seconds=round(seconds, 4),
            again=sum([reply.again == len(reply.scores) for reply in replies]),
        )

    def _scored(
        self,
        nodes: Sequence[Node],
        reply: StepScores,
        aggregate: Aggregate,
        flops: float,
        ahead: Mapping[str, str],
    ) -> list[tuple[object, ...]]:
        """The scores of one request in the order of the event's fields."""
        known = _known(reply.scores, aggregate)
        path = () if aggregate == "last" else self._scores_to(nodes[0].parent or ROOT)
        said: list[tuple[object, ...]] = []
        paid = False
        for index, score in known.items():
            node_id = nodes[index].id
            path = (*path, score)
            end = ahead.get(node_id) if ahead else None
            later = [known[place] for place in known if place > index] if end else ()
            if aggregate == "last" and not later:
                path_score = score
            else:
                path_score = aggregate_scores((*path, *later) if later else path, aggregate)
            # A request's cost is written down once: by the first score that was asked for.
            again = index < reply.again
            pays = not (paid or again)
            paid = paid or pays
            said.append(
                (
                    node_id,
                    "",
                    score,
                    None if path_score == score else path_score,
                    end,
                    reply.tokens if pays else 0,
                    flops if pays else 0.0,
                    _end_of(reply.reasons[index]) if reply.reasons else "",
                    again,
                )
            )
        return said

    def _scores_to(self, node_id: str) -> tuple[float, ...]:
        """The scores on the path to a node, of those steps that have one."""
        nodes, known = self._log.tree.nodes, self._path_scores
        way: list[Node] = []
        while node_id not in known:
            way.append(nodes[node_id])
            node_id = way[-1].parent or ROOT
        scores = known[node_id]
        for node in reversed(way):
            if node.score is not None:
                scores = (*scores, node.score)
            if len(scores) == node.depth:  # All have one, so no other will come.
                known[node.id] = scores
        return scores

    def _sample_flops(self, sample: StepSample) -> float:
        return writing_flops(
            self._solver.shape,
            written=sample.tokens,
            prefilled=sample.prefilled,
            reused=sample.reused,
            known=sample.reused if sample.known is None else sample.known,
        )

    def _score_flops(self, reply: StepScores) -> float:
        return forward_flops(
            self._verifier.shape,
            context=reply.reused,
            tokens=reply.tokens,
            outputs=len(reply.scores) if reply.tokens else 0,
        )


def _repeats(sample: StepSample, path: Sequence[Node]) -> Repeats:
    if sample.repeats is not None:
        return sample.repeats
    return repetition(sample.text, [step.text for step in path])


def _thought(sample: StepSample, path: Sequence[Node]) -> Thought:
    """As the solver says, else as the text does."""
    if sample.thought is not None:
        return sample.thought
    return thought_of(sample.text, bool(path) and path[-1].thought == "open")


def _known(scores: Sequence[float | None], aggregate: Aggregate) -> dict[int, float]:
    """The scores that can be written down, by their places: "last" alone needs none before it."""
    known: dict[int, float] = {}
    for place, score in enumerate(scores):
        if score is not None:
            known[place] = rounded(score)
        elif aggregate != "last":
            break
    return known


def _end_of(reason: str) -> str:
    """As much of it as a log holds: its end, where the verdict is."""
    return reason if len(reason) <= MAX_REASON else "…" + reason[1 - MAX_REASON :]
