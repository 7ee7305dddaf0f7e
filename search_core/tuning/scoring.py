"""Scores that a verifier gives attempts, kept in a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from search_core.protocols import ScoreRequest
from search_core.tuning.attempts import TriedSolution
from search_core.tuning.problems import TuningProblem
from search_core.verifiers import load_verifier

_AT_ONCE = 64


def scored_by(
    model: str | Path,
    problems: Sequence[TuningProblem],
    attempts: Sequence[TriedSolution],
    path: Path,
    say: Callable[[str], None],
    *,
    device: str = "cpu",
    format: str = "auto",  # noqa: A002  as `load_verifier` has it
) -> list[float | None]:
    """The score of each finished attempt's last step, in [0, 1]; None for those without an end.

    It is read with all before it, so the last step's is that of the solution.

    Args:
        path: One score a line, in the attempts' order; gone on with where it is there.
    """
    known = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    scores: list[float | None] = [json.loads(line) for line in known]
    if len(scores) == len(attempts):
        return scores
    verifier = load_verifier(model, format=format, device=device, dtype="auto")
    while len(scores) < len(attempts):
        chosen = attempts[len(scores) : len(scores) + _AT_ONCE]
        asked = [one for one in chosen if one.finished]
        requests = [
            ScoreRequest(
                problems[one.problem].asked,
                one.steps,
                len(one.steps) - 1,
                True,
                (None,) * len(one.steps),
            )
            for one in asked
        ]
        replies = verifier.score(requests, lambda: False) if requests else []
        given = iter(reply.scores[-1] for reply in replies)
        new = [next(given) if one.finished else None for one in chosen]
        with path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(score) + "\n" for score in new)
        scores += new
        say(f"scored {len(scores)} of {len(attempts)} attempts")
    return scores
