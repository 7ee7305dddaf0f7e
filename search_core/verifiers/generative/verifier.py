"""A verifier that writes its reasoning before it judges."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from search_core.protocols import (
    Cancelled,
    ScoreRequest,
    StepIds,
    StepScores,
    VerifierInfo,
    WarnsOnce,
    Watch,
    watch_of,
)
from search_core.verifiers.generative.asking import JudgedPath, Path, chain_about
from search_core.verifiers.generative.boxed import WROTE_AGAIN, judged_in_boxes
from search_core.verifiers.generative.chains import Bill, Chain, ReasoningModel
from search_core.verifiers.generative.options import Reasoning
from search_core.verifiers.generative.questions import CUT, judged_by_question

_MOST_REMEMBERED = 4096


class GenerativeVerifier:
    """Scores steps by the verdicts of a model that reasons first.

    A score is the probability of the good verdict against the bad one, averaged over the chains
    of thought that are written for it. All that is written and read for it is counted: its
    tokens and FLOPs are the verifier's.

    Args:
        model: The model.
        reasoning: How it is asked, how many chains it writes, and how long they may be.
    """

    def __init__(self, model: ReasoningModel, reasoning: Reasoning) -> None:
        self._model, self._reasoning = model, reasoning
        self._notes: OrderedDict[Path, str] = OrderedDict()
        self._guard = threading.Lock()
        self._cut = WarnsOnce([CUT.format(tokens=reasoning.tokens)])
        self._again = WarnsOnce([WROTE_AGAIN])

    @property
    def info(self) -> VerifierInfo:
        return VerifierInfo.of(self._model.info, writes=self._reasoning.tokens)

    def memory(self) -> int:
        """Bytes of keys and values that are kept; see `HoldsMemory`."""
        return self._model.cached_bytes

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        """Scores for each request, in their order.

        A step that no verdict was written for has none (`StepScores.scores`).
        What is asked about twice is written once, and counted for the first who asks.

        Raises:
            RunCancelled: `cancelled()` became True.
            ValueError: A path leaves no room in the model's context.
        """
        watch = watch_of(cancelled)
        if not requests:
            return []
        if self._reasoning.prompt.closing:
            return self._by_question(requests, watch)
        return self._in_boxes(requests, watch)

    def release(
        self,
        run: str,
        problem: str,
        paths: Sequence[tuple[str, ...]] | None = None,
        step_ids: Sequence[StepIds] = (),
    ) -> None:
        """See `KeepsPaths`."""
        if paths is None:
            for warns in (self._cut, self._again):
                warns.forget(run)
            self._model.release(run, None)
            return
        chains = []
        for path in paths:
            last, before = self._chain(problem, path, run), self._chain(problem, path[:-1], run)
            if last is not None:
                chains.append((last, before))
        self._model.release(run, chains)

    def _chain(self, problem: str, steps: tuple[str, ...], run: str) -> Chain | None:
        """A chain about these steps; None: there are none, or what it looks back on is unknown."""
        beginnings = [(problem, steps[:end]) for end in range(1, len(steps))]
        earlier: list[str] = []
        if self._reasoning.prompt.looks_back:
            with self._guard:
                earlier = [self._notes[path] for path in beginnings if path in self._notes]
            if len(earlier) < len(beginnings):
                return None
        if not steps:
            return None
        return chain_about((problem, steps), self._reasoning, run, earlier=earlier)

    def _in_boxes(self, requests: Sequence[ScoreRequest], watch: Watch) -> list[StepScores]:
        asked = [[(request.problem, request.steps)] for request in requests]
        boxed = judged_in_boxes(self._model, self._reasoning, _runs(requests, asked), watch)
        judged = boxed.judged
        if boxed.again:
            self._again.warn(requests[0].run, watch)
        if boxed.misfit:
            watch.warn(boxed.misfit)
        of_paths = [judged[paths[0]] for paths in asked]
        found = [
            StepScores(of_path.scores[request.first :], reasons=of_path.reasons[request.first :])
            for request, of_path in zip(requests, of_paths, strict=True)
        ]
        return _billed(found, asked, judged)

    def _by_question(self, requests: Sequence[ScoreRequest], watch: Watch) -> list[StepScores]:
        known = self._known(requests)
        asked = [
            [
                path
                for path in _beginnings(request)
                if len(path[1]) > request.first
                or (self._reasoning.prompt.looks_back and path not in known)
            ]
            for request in requests
        ]
        found = judged_by_question(
            self._model, self._reasoning, _runs(requests, asked), known, watch
        )
        if found.cut:
            self._cut.warn(requests[0].run, watch)
        self._remember(found.notes)
        wanted = [
            [found.judged[path] for path in _beginnings(request)[request.first :]]
            for request in requests
        ]
        replies = [
            StepScores(
                tuple(step.scores[0] for step in steps),
                reasons=tuple(step.reasons[0] for step in steps),
            )
            for steps in wanted
        ]
        return _billed(replies, asked, found.judged)

    def _known(self, requests: Sequence[ScoreRequest]) -> dict[Path, str]:
        """What was written about the steps before, as far as it is remembered."""
        with self._guard:
            return {
                path: self._notes[path]
                for request in requests
                for path in _beginnings(request)
                if path in self._notes
            }

    def _remember(self, notes: Mapping[Path, str]) -> None:
        if not self._reasoning.prompt.looks_back:
            return
        with self._guard:
            for path, text in notes.items():
                self._notes[path] = text
                self._notes.move_to_end(path)
            while len(self._notes) > _MOST_REMEMBERED:
                self._notes.popitem(last=False)


def _beginnings(request: ScoreRequest) -> list[Path]:
    """The path up to each of its steps."""
    return [(request.problem, request.steps[:end]) for end in range(1, len(request.steps) + 1)]


def _runs(requests: Sequence[ScoreRequest], asked: Sequence[Sequence[Path]]) -> dict[Path, str]:
    """Each path once, with the run of the first who asks about it."""
    runs: dict[Path, str] = {}
    for request, paths in zip(requests, asked, strict=True):
        for path in paths:
            runs.setdefault(path, request.run)
    return runs


def _billed(
    found: Sequence[StepScores],
    asked: Sequence[Sequence[Path]],
    judged: Mapping[Path, JudgedPath],
) -> list[StepScores]:
    """With what they cost: what is asked about twice is the first one's."""
    unpaid = set(judged)
    replies = []
    for reply, paths in zip(found, asked, strict=True):
        bill, free = Bill(), 0
        for path in paths:
            of_path = judged[path].bill
            if path in unpaid:
                bill += of_path
            else:
                free += of_path.tokens + of_path.reused
            unpaid.discard(path)
        replies.append(
            replace(reply, tokens=bill.tokens, reused=bill.reused + free, flops=bill.flops)
        )
    return replies
