"""How much likelier one model finds a solution than another: an implicit process reward."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from search_core.engine.reading.path_reading import ReadRequest, ReadResult

if TYPE_CHECKING:
    from search_core.engine.reading.reader import Reader

BETA = 0.001
"""Of EurusPRM (its model cards)."""


class LogRatio:
    """Reads an implicit process reward model (arXiv 2412.01981; PRIME-RL/EurusPRM).

    At the end of step t, q_t = beta * log(model(y) / reference(y)), where y is the solution up
    to there, the step's delimiter or the end token included, and not the problem. q_t is what
    the solution's reward is expected to be (proposition 3.1), and the cards give it for each
    step. The models were trained by cross-entropy on sigmoid(q) as the probability that a
    solution is right, so that is the score: above 0.5 where the model finds the solution
    likelier than its reference does.

    Different from the cards' code: that one cuts at a position up to two tokens behind a
    step's delimiter, inside a step that is not written yet in a search, and counts the
    prompt's last token.

    Args:
        model, reference: They read likelihoods (`engine.reading.readouts.LikelihoodReadout`).
        beta: Above 0.
    """

    def __init__(self, model: Reader, reference: Reader, beta: float = BETA) -> None:
        self._model, self._reference, self._beta = model, reference, beta

    def read(self, requests: Sequence[ReadRequest]) -> list[ReadResult | None]:
        """As `Reader.read`; a token that both models read is counted once."""
        ours = self._model.read(requests)
        theirs = self._reference.read(requests)
        return [
            None if own is None or other is None else self._result(own, other)
            for own, other in zip(ours, theirs, strict=True)
        ]

    def release(
        self, run: str, beginnings: Sequence[tuple[tuple[int, ...], int]] | None = None
    ) -> None:
        """As `Reader.release`, for both."""
        self._model.release(run, beginnings)
        self._reference.release(run, beginnings)

    @property
    def cached_tokens(self) -> int:
        """As of `Reader`, for both."""
        return self._model.cached_tokens + self._reference.cached_tokens

    @property
    def cached_bytes(self) -> int:
        """As of `Reader`, for both."""
        return self._model.cached_bytes + self._reference.cached_bytes

    def forget(self) -> None:
        """As `Reader.forget`, for both."""
        self._model.forget()
        self._reference.forget()

    def _result(self, own: ReadResult, other: ReadResult) -> ReadResult:
        values = tuple(
            1 / (1 + math.exp(-self._beta * (ours - theirs)))
            for ours, theirs in zip(own.values, other.values, strict=True)
        )
        return ReadResult(values, own.tokens, own.reused)
