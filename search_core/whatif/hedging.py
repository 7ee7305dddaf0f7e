"""Hedged selection: soft best-of-N, which draws an answer where best-of-N takes the highest score.

A verifier that errs is exploited most by whoever always takes its highest score: with more samples
the true quality of that one rises first and then falls. Drawing solution i with a probability in
proportion to exp(score_i / λ) hedges against it: λ near 0 is best-of-N, a large λ a draw of lots.

Source: soft best-of-N, arXiv 2506.19248, section 3. There λ is chosen where true quality peaks;
here it is given, so that one sees what each value does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from search_core.scoring import Candidate
from search_core.seeds import unit_numbers
from search_core.strategies.resampling import multinomial, softmax

MOST_LAMBDA = 100.0


@dataclass(frozen=True, slots=True)
class AnswerShare:
    """One answer, and the probability, 0 to 1, that it is drawn."""

    answer: str
    group: int
    probability: float


@dataclass(frozen=True, slots=True)
class Hedge:
    """What soft best-of-N makes of some candidates.

    Attributes:
        strength: λ, above 0.
        voters: The candidates that have an answer.
        probabilities: Of each, that it is drawn; they add up to 1.
        drawn: The one that the seed draws; None: no candidate has an answer.
    """

    strength: float
    voters: tuple[Candidate, ...]
    probabilities: tuple[float, ...]
    drawn: Candidate | None

    @property
    def shares(self) -> list[AnswerShare]:
        """All answers, the likeliest first."""
        shares: dict[int | None, AnswerShare] = {}
        for voter, probability in zip(self.voters, self.probabilities, strict=True):
            so_far = shares[voter.group].probability if voter.group in shares else 0.0
            share = AnswerShare(str(voter.answer), voter.group or 0, so_far + probability)
            shares[voter.group] = share
        return sorted(shares.values(), key=lambda share: -share.probability)


def hedged(candidates: Sequence[Candidate], strength: float, seed: int) -> Hedge:
    """Soft best-of-N over candidates; as in every vote, those without an answer have no part.

    Args:
        candidates: Scored; whoever has no score counts as 0, as in a vote.
        strength: λ, above 0 to `MOST_LAMBDA`.
        seed: Draws the solution.

    Raises:
        ValueError: λ is outside its range.
    """
    if not 0 < strength <= MOST_LAMBDA:
        raise ValueError(
            f"hedge (λ) is {strength!r:.60}; it must be above 0 and at most {MOST_LAMBDA:g}."
        )
    voters = tuple(c for c in candidates if c.group is not None and c.answer is not None)
    if not voters:
        return Hedge(strength, (), (), None)
    weights = softmax([(candidate.value or 0.0) / strength for candidate in voters])
    drawn = multinomial(weights, unit_numbers(seed, "soft best-of-N", 1)).index(1)
    return Hedge(strength, voters, tuple(weights), voters[drawn])
