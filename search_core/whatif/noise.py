"""Planted noise: a verifier whose scores are off by a known amount."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from statistics import NormalDist
from typing import TypeAlias

from search_core.protocols import (
    Cancelled,
    KeepsPaths,
    ScoreRequest,
    StepScores,
    Verifier,
    VerifierInfo,
)
from search_core.run.calls import Checked, scored
from search_core.scoring import rounded

MOST_NOISE = 1.0
_NORMAL = NormalDist()
Digest: TypeAlias = "hashlib._Hash"


class NormalDraws:
    """Standard normal draws, one of each path: they follow from a seed and the path's text alone.

    Those that were drawn are kept: with more or less noise they are the same.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self._digests: dict[tuple[str, ...], Digest] = {}
        self._drawn: dict[tuple[str, ...], float] = {}

    def of(self, steps: tuple[str, ...]) -> float:
        """The path's."""
        drawn = self._drawn.get(steps)
        if drawn is None:
            drawn = self._drawn[steps] = _normal(self._digest(steps).digest())
        return drawn

    def _digest(self, steps: tuple[str, ...]) -> Digest:
        """Of a path's text."""
        found = self._digests.get(steps)
        if found is None:
            if not steps:
                found = hashlib.sha256(f"{self.seed}".encode())
            else:
                found = self._digest(steps[:-1]).copy()
                # The length tells "a", "b" from "ab".
                found.update(f"/{len(steps[-1])}/{steps[-1]}".encode())
            self._digests[steps] = found
        return found


class NoisyVerifier(Checked):
    """Another verifier's scores, each off by a normal draw, and clipped to 0 to 1.

    The draw follows from the seed and the path's text alone, so equal paths are off by the same,
    and a step keeps its noise whatever else is searched.

    Args:
        verifier: Whose scores are spoiled.
        noise: Standard deviation of the draws, in scores: 0 (nothing) to `MOST_NOISE`.
        seed: Another one plants other noise.
        draws: Of this seed, those that were drawn before.

    Raises:
        ValueError: The noise is outside its range.
    """

    def __init__(
        self, verifier: Verifier, noise: float, seed: int = 0, draws: NormalDraws | None = None
    ) -> None:
        if not 0 <= noise <= MOST_NOISE:
            raise ValueError(f"noise is {noise!r:.60}; it must be 0 to {MOST_NOISE:g}.")
        self._verifier, self._noise = verifier, noise
        self._draws = draws if draws and draws.seed == seed else NormalDraws(seed)
        if isinstance(verifier, KeepsPaths):
            self.release = verifier.release

    @property
    def info(self) -> VerifierInfo:
        return self._verifier.info

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        """As of any verifier; raises as the other one does."""
        replies = scored(self._verifier, requests, cancelled)
        if not self._noise:
            return replies
        return [
            _with_scores(reply, self._spoiled(request, reply.scores))
            for request, reply in zip(requests, replies, strict=True)
        ]

    def _spoiled(
        self, request: ScoreRequest, scores: Sequence[float | None]
    ) -> tuple[float | None, ...]:
        steps, first, noise, draw = request.steps, request.first, self._noise, self._draws.of
        # As a log knows a score: what was recorded and what is scored now are off alike. Of a
        # missing one nothing can be off.
        return tuple(
            [
                None
                if known is None
                else min(
                    1.0,
                    max(
                        0.0,
                        rounded(known)
                        + noise * draw(steps if place == len(steps) else steps[:place]),
                    ),
                )
                for place, known in enumerate(scores, start=first + 1)
            ]
        )


def _with_scores(reply: StepScores, scores: tuple[float | None, ...]) -> StepScores:
    """`dataclasses.replace` would look at each field by its name, for every step."""
    return StepScores(
        scores, reply.tokens, reply.reused, reply.flops, reply.reasons, again=reply.again
    )


def _normal(digest: bytes) -> float:
    """A standard normal draw: the middle of one of 2^52 equally likely parts."""
    return _NORMAL.inv_cdf(((int.from_bytes(digest[:7], "big") >> 4) + 0.5) / 2**52)
