"""Solutions as the token ids that a search over them will see, and what is learned of them."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.engine.path_tokens import PathTokens
from search_core.tuning.packs import Example


def solver_example(
    tokens: PathTokens,
    asked: str,
    steps: Sequence[str],
    end: int,
    imitate: Sequence[bool] | None = None,
) -> Example:
    """A solution whose tokens are learned; the problem is only read.

    Args:
        end: Id of the token that ends a solution.
        imitate: For each step, whether it is learned; None: all are.
    """
    ids = tokens.prompt(asked)
    begin = len(ids)
    at: list[int] = []
    for piece, learned in zip(
        _pieces(tokens, steps, end), imitate or (True,) * len(steps), strict=True
    ):
        if learned:
            at += range(len(ids) - 1, len(ids) + len(piece) - 1)
        ids += piece
    return Example(ids, tuple(at), tuple(float(ids[place + 1]) for place in at), begin)


def verifier_example(
    tokens: PathTokens, asked: str, steps: Sequence[str], labels: Sequence[float], end: int
) -> Example:
    """A finished solution that is judged at each step's last token, as the format
    token_classification reads it.

    Args:
        labels: For each step, the score that it should get.
    """
    ids = tokens.prompt(asked)
    begin = len(ids)
    at = []
    for piece in _pieces(tokens, steps, end):
        ids += piece
        at.append(len(ids) - 1)
    return Example(ids, tuple(at), tuple(labels), begin)


def _pieces(tokens: PathTokens, steps: Sequence[str], end: int) -> list[tuple[int, ...]]:
    return [*(tokens.step(text) for text in steps[:-1]), tokens.last_step(steps[-1], end)]
