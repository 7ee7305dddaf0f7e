"""Model replies, checked by now (`replies`), become events once they are priced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from search_core.flops import forward_flops, writing_flops
from search_core.log.events import MAX_REASON, Aggregate, Role, Sampled, Scored, Spent
from search_core.log.fields import ROOT, Repeats, Thought, parent_of
from search_core.log.run_log import RunLog
from search_core.log.tree import Node
from search_core.protocols import SolverInfo, StepSample, StepScores, VerifierInfo
from search_core.run.repetition import repetition
from search_core.scoring import aggregate_scores, rounded
from search_core.steps import thought_of


class Recorder:
    """Writes sampled steps and scores, with their cost, into a run's log."""

    def __init__(self, log: RunLog, solver: SolverInfo, verifier: VerifierInfo) -> None:
        self._log = log
        self._solver, self._verifier = solver, verifier
        self._path_scores: dict[str, tuple[float, ...]] = {ROOT: ()}

    def add_samples(
        self,
        round_: int,
        ids: Sequence[str],
        samples: Sequence[StepSample],
        seconds: float,
        *,
        role: Role = "step",
        after: Sequence[str | None] = (),
        forced: str = "",
        by: Mapping[str, str] | None = None,
    ) -> None:
        """Write down one batch of steps as the nodes of these ids.

        What a person wrote, and what is of an earlier run, has cost nothing now.

        Args:
            role, forced: Of all of them, as of `events.Sampled`.
            after: Of each, likewise; (): None of all.
            by: Who wrote them, by their ids, where persons did.
        """
        by = by or {}
        flops = [
            self._sample_flops(sample) if sample.flops is None else sample.flops
            for sample in samples
        ]
        noticed = [
            self._noticed(key, sample)
            if sample.repeats is None or sample.thought is None
            else (sample.repeats, sample.thought)
            for key, sample in zip(ids, samples, strict=True)
        ]
        # Each step in the order of the event's fields.
        said = [
            (
                key,
                sample.text,
                sample.tokens,
                None if sample.logprob is None else round(sample.logprob, 4),
                sample.ended,
                sample.prefilled,
                sample.reused,
                cost,
                role,
                read,
                repeats,
                thought,
                forced,
                by.get(key) or sample.by,
                sample.again,
            )
            for key, sample, cost, read, (repeats, thought) in zip(
                ids, samples, flops, after or [None] * len(ids), noticed, strict=True
            )
        ]
        self._log.add_steps(Sampled, said)
        asked = [
            sample
            for key, sample in zip(ids, samples, strict=True)
            if not (sample.again or by.get(key))
        ]
        self._log.add(
            Spent,
            round=round_,
            call="sample",
            requests=sum([not by.get(key) for key in ids]) if by else len(ids),
            generated=sum([sample.tokens for sample in asked]),
            prefilled=sum([sample.prefilled for sample in asked]),
            reused=sum([sample.reused for sample in asked]),
            solver_flops=sum(flops),
            seconds=round(seconds, 4),
            again=sum([sample.again for sample in samples]),
        )

    def _noticed(self, node_id: str, sample: StepSample) -> tuple[Repeats, Thought]:
        """What a step repeats, and whether it is thought."""
        path = self._log.tree.path(parent_of(node_id))
        return _repeats(sample, path), _thought(sample, path)

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
        said: list[tuple[object, ...]] = []
        for nodes, reply, cost in zip(wanted, replies, flops, strict=True):
            said += self._scored(nodes, reply, aggregate, cost, ahead)
            if aggregate != "last":
                # What is before the next one on its path may be among these.
                self._log.add_steps(Scored, said)
                said = []
        self._log.add_steps(Scored, said)
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
            if aggregate != "last":
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
