"""A tree of any size without any model: what the page is measured with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search_core.log.events import (
    Completed,
    Decided,
    Event,
    Finished,
    Graded,
    ModelRecord,
    ProblemRecord,
    Sampled,
    Scored,
    Spent,
    Started,
    Verdict,
)
from search_core.problem import Problem
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    ScoreRequest,
    SolverInfo,
    StepSample,
    StepScores,
    VerifierInfo,
)
from search_core.search import search
from search_core.seeds import node_seed

_WIDTH = 4


class _SyntheticSolver:
    """Writes steps of ordinary length that never end."""

    info = SolverInfo("synthetic solver")

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        return [self._step(request) for request in requests]

    def _step(self, request: SampleRequest) -> StepSample:
        number = request.seed % 90 + 10
        text = f"{number} + {request.index} = {number + request.index}, way {request.seed % 10**6}"
        return StepSample(text, tokens=18, logprob=-2.5, ended="step", prefilled=4, reused=60)


class _SyntheticVerifier:
    """Scores that depend on the path alone."""

    info = VerifierInfo("synthetic verifier")

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        return [StepScores((self._score(request),), tokens=20) for request in requests]

    def _score(self, request: ScoreRequest) -> float:
        return node_seed(0, "/".join(request.steps)) % 10_000 / 10_000


def synthetic_log(nodes: int) -> list[Event]:
    """Log of a beam search with at least so many nodes.

    Raises:
        ValueError: More nodes than the largest beam search has.
    """
    n = 64 if nodes <= 64 * 100 else 256
    rounds = -(-nodes // n)
    if rounds > 100:
        raise ValueError(f"{nodes} nodes were asked for; at most {256 * 100} can be made.")
    problem = Problem("Use 3, 7, 8 and 25 to make 24.", answer="24")
    result = search(
        problem,
        "beam_search",
        solver=_SyntheticSolver(),
        verifier=_SyntheticVerifier(),
        n=n,
        beam_width=_WIDTH,
        max_steps=rounds,
    )
    return result.events


def large_log(nodes: int) -> list[Event]:
    """Log of about so many nodes, larger than any search here may become: as one that is opened.

    Its shape is that of a beam search with four children a step, which keeps 256 steps a round:
    most branches end soon, a few go on to the last round. A third of the answers are right.
    """
    width = min(1_024, max(64, nodes // 64))
    rounds = max(2, nodes // width)
    log = _LogWriter(width)
    beam = ["root"]
    for number in range(1, rounds + 1):
        ids = log.sample(number, beam, last=number == rounds)
        scores = {node: _share(node) for node in ids}
        log.score(number, scores)
        if number < rounds:
            beam = log.decide(number, scores)
        else:
            log.end(scores)
    return log.events


def _share(node: str) -> float:
    return node_seed(0, node) % 10_000 / 10_000


class _LogWriter:
    """Numbers events as a runner does."""

    def __init__(self, width: int) -> None:
        self.width = width
        problem = ProblemRecord(text="Use 3, 7, 8 and 25 to make 24.", answer="24")
        model = ModelRecord(name="synthetic solver")
        header: dict[str, Any] = {"run": "large", "problem": problem, "strategy": "beam_search"}
        header |= {"solver": model, "verifier": ModelRecord(name="synthetic verifier")}
        options: dict[str, bool | int | float | str | None] = {
            "n": width,
            "beam_width": _WIDTH,
            "aggregate": "last",
        }
        self.events: list[Event] = [
            Started(seq=0, t=0, options=options, sampling={}, seed=0, limits={}, **header)
        ]

    def _add(self, kind: type[Event], **fields: Any) -> None:
        self.events.append(kind(seq=len(self.events), t=len(self.events) / 1000, **fields))

    def sample(self, number: int, beam: Sequence[str], last: bool) -> list[str]:
        ids = []
        for index in range(self.width):
            parent, child = beam[index % len(beam)], index // len(beam)
            ids.append(str(child) if parent == "root" else f"{parent}.{child}")
        for node in ids:
            seed = node_seed(1, node)
            first = seed % 90 + 10
            text = f"{first} + {number} = {first + number}, way {seed % 10**6}"
            ending = {"ended": "end"} if last else {}
            costs = {"tokens": 18, "logprob": -(seed % 9_000) / 1000, "prefilled": 4, "reused": 60}
            self._add(Sampled, id=node, text=text, flops=1.8e7, **costs, **ending)
        spent = {"generated": 18 * self.width, "seconds": 0.05, "solver_flops": 1.8e7 * self.width}
        self._add(Spent, round=number, call="sample", requests=self.width, **spent)
        return ids

    def score(self, number: int, scores: Mapping[str, float]) -> None:
        for node, score in scores.items():
            self._add(Scored, id=node, score=score, tokens=20, flops=2.4e7)
        spent = {"verified": 20 * self.width, "seconds": 0.03, "verifier_flops": 2.4e7 * self.width}
        self._add(Spent, round=number, call="score", requests=self.width, **spent)

    def decide(self, number: int, scores: Mapping[str, float]) -> list[str]:
        order = sorted(scores, key=lambda node: -scores[node])
        keep = self.width // _WIDTH
        cutoff = scores[order[keep - 1]]
        verdicts = [
            Verdict(node, rank, round(scores[node] - cutoff, 6))
            for rank, node in enumerate(order, 1)
        ]
        why = f"Beam search keeps the {keep} best of each round by last score."
        kept, pruned = tuple(verdicts[:keep]), tuple(verdicts[keep:])
        decision: dict[str, Any] = {"round": number, "rule": "top_k", "why": why}
        self._add(Decided, **decision, cutoff=cutoff, kept=kept, pruned=pruned)
        kept_ids = set(order[:keep])
        return [node for node in scores if node in kept_ids]

    def end(self, scores: Mapping[str, float]) -> None:
        answers = {node: ("24", "29", "31")[node_seed(2, node) % 3] for node in scores}
        groups = {answer: group for group, answer in enumerate(dict.fromkeys(answers.values()))}
        for node, answer in answers.items():
            self._add(Completed, id=node, answer=answer, group=groups[answer])
        right = tuple(node for node, answer in answers.items() if answer == "24")
        wrong = tuple(node for node, answer in answers.items() if answer != "24")
        best = max(scores, key=scores.__getitem__)
        self._add(Graded, right=right, wrong=wrong)
        self._add(Finished, status="completed", method="best", chosen=best, answer=answers[best])
