"""Asks a verifier for the score of every step of a tree, each once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from search_core.log.tree import Node, Tree
from search_core.protocols import (
    Cancelled,
    KeepsPaths,
    RunCancelled,
    ScoreRequest,
    StepScores,
    Verifier,
    VerifierInfo,
)
from search_core.run.calls import Checked, scored
from search_core.scoring import rounded
from search_core.whatif.unwritten import UNWRITTEN

_RUN = "rescored"
_ScoreKey = tuple[tuple[str, ...], bool]


class TreeScores(Checked):
    """A verifier whose scores of one tree are known once they were asked for.

    A search that is driven again over the same steps finds them here, and asks for nothing.

    Args:
        verifier: Asked for what is not known.
        problem: The tree's.
    """

    def __init__(self, verifier: Verifier, problem: str) -> None:
        self._verifier, self._problem = verifier, problem
        self._known: dict[_ScoreKey, float | None] = {}
        if isinstance(verifier, KeepsPaths):
            self.release = verifier.release

    @property
    def info(self) -> VerifierInfo:
        """The verifier's, of a revision of its own: what the run's verifier said, which may be
        called the same, is not taken for what this one says."""
        info = self._verifier.info
        return replace(info, revision=f"{info.revision} {_RUN}")

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        """As of any verifier."""
        wanted = {
            (request.steps, request.first, request.finished): request
            for request in requests
            if self._of(request) is None
        }
        if missing := list(wanted.values()):
            replies = scored(self._verifier, missing, cancelled)
            for request, reply in zip(missing, replies, strict=True):
                for place, score in enumerate(reply.scores, start=request.first):
                    # As a log writes it down, so that a run's own scores are found again.
                    known = None if score is None else rounded(score)
                    self._known[_key(request, place)] = known
        return [StepScores(self._of(request) or ()) for request in requests]

    def _of(self, request: ScoreRequest) -> tuple[float | None, ...] | None:
        if request.steps[-1].endswith(UNWRITTEN):
            # Nobody wrote it, so nobody is asked about it: the search leaves it aside.
            return (0.0,) * (len(request.steps) - request.first)
        keys = [_key(request, place) for place in range(request.first, len(request.steps))]
        if any(key not in self._known for key in keys):
            return None
        return tuple(self._known[key] for key in keys)


def _key(request: ScoreRequest, place: int) -> _ScoreKey:
    finished = request.finished and place == len(request.steps) - 1
    return request.steps[: place + 1], finished


def score_tree(
    tree: Tree, scores: TreeScores, cancelled: Cancelled, *, batch: int
) -> dict[str, float | None]:
    """The score of every step that the verifier judges, by its node's id.

    An outcome verifier judges the ends of solutions alone.

    Args:
        batch: Paths in one call, at least 1.

    Raises:
        RunCancelled: `cancelled()` became True.
        Exception: Whatever the verifier raised.
    """
    found: dict[str, float | None] = {}
    wanted = _requests(tree, whole=scores.info.scores == "solutions")
    problem = tree.started.problem.text if tree.started else ""
    try:
        while requests := list(islice(wanted, batch)):
            if cancelled():
                raise RunCancelled
            for request, reply in zip(requests, scores.score(requests, cancelled), strict=True):
                found.update(zip(request.ids[request.first :], reply.scores, strict=True))
    finally:
        if hasattr(scores, "release"):
            scores.release(_RUN, problem)
    return found


def _requests(tree: Tree, *, whole: bool) -> Iterator[ScoreRequest]:
    """One for each end of the tree, for the steps of its path that no earlier one asks for."""
    problem = tree.started.problem.text if tree.started else ""
    asked: set[str] = set()
    for node in tree.steps():
        if node.children if not whole else not _is_solution(node):
            continue
        path = tree.path(node.id)
        first = len(path) - 1 if whole else sum(step.id in asked for step in path)
        asked.update(step.id for step in path)
        yield ScoreRequest(
            problem=problem,
            steps=tuple(step.text for step in path),
            first=first,
            finished=whole or node.ended == "end",
            logprobs=tuple(step.logprob for step in path),
            run=_RUN,
            ids=tuple(step.id for step in path),
        )


def _is_solution(node: Node) -> bool:
    return node.ended == "end" or node.state == "completed"
