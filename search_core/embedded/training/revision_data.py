"""What the revising solver learns from: earlier attempts, and after them a right one.

In the spirit of arXiv 2408.03314, section 6.1: attempts that were sampled side by side are put
in a row as if each had followed the one before, and the loss is on the right solution at the
end alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from search_core.embedded.generation import gold_solution
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.examples import TrainingExample
from search_core.embedded.training.rollouts import Prefixed

MOST_ATTEMPTS = 4
"""Earlier attempts before the last one, as in the paper."""
_WRONG_SHARE = 0.7


def revisions(
    attempts: Sequence[Prefixed], codec: Codec, rows: int, longest: int, seed: str
) -> Iterator[TrainingExample]:
    """Rows of attempts with what the solver should write next.

    Args:
        attempts: Of many problems, in any order.
        rows: Made of each problem's attempts.
        longest: Most tokens of an example; longer ones are left out.
        seed: Any text.
    """
    rng = random.Random(seed)
    pools: dict[str, list[Prefixed]] = {}
    for attempt in attempts:
        if attempt.tokens[-1] == codec.end:  # The search does not show unfinished ones either.
            pools.setdefault(attempt.problem.text, []).append(attempt)
    for text, pool in pools.items():
        (prompt,) = codec.prompts([text])
        (gold,) = codec.solutions([gold_solution(pool[0].problem, rng)])
        for _ in range(rows):
            row = draw_row(pool, rng)
            target = revise(row, pool, gold)
            read = codec.after_attempts(prompt, [attempt.tokens for attempt in row])
            steps = sum(token in (codec.delimiter, codec.end) for token in target)
            example = codec.example(read, target, [True] * steps)
            if len(example.tokens) <= longest:
                yield example


def draw_row(pool: Sequence[Prefixed], rng: random.Random) -> list[Prefixed]:
    """One to four of the attempts, none twice, most of them wrong where there are wrong ones."""
    left = list(pool)
    row: list[Prefixed] = []
    for _ in range(min(rng.randint(1, MOST_ATTEMPTS), len(left))):
        wrong = [place for place, attempt in enumerate(left) if not attempt.correct]
        only_wrong = bool(wrong) and rng.random() < _WRONG_SHARE
        row.append(left.pop(rng.choice(wrong) if only_wrong else rng.randrange(len(left))))
    return row


def revise(row: Sequence[Prefixed], pool: Sequence[Prefixed], gold: Sequence[int]) -> list[int]:
    """Tokens of what should follow a row of attempts.

    A right attempt of the row once more, the latest one: what is right is to be kept.
    Otherwise the right attempt of the pool that is most like the last one, so that a revision
    keeps what it can (the paper pairs by edit distance, this by the start in common), or the
    worked solution where no attempt was right.
    """
    for attempt in reversed(row):
        if _sound(attempt):
            return list(attempt.tokens)
    candidates: list[Sequence[int]] = [
        gold,
        *(attempt.tokens for attempt in pool if _sound(attempt)),
    ]
    last = row[-1].tokens
    likest: Sequence[int] = max(candidates, key=lambda tokens: _in_common(tokens, last))
    return list(likest)


def _sound(attempt: Prefixed) -> bool:
    """Right, and not by luck."""
    return attempt.correct and attempt.first_error is None


def _in_common(one: Sequence[int], other: Sequence[int]) -> int:
    """Length of the start that two solutions share."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
