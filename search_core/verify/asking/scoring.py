"""Asks a verifier for all steps of many solutions, in batches of about equal length."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from search_core.labelled import LabelledSolution
from search_core.protocols import Cancelled, KeepsPaths, RunCancelled, ScoreRequest, Verifier
from search_core.run.calls import scored
from search_core.verify.asking.scores_file import GivenScores, ScoresFile, row_key

_WINDOW = 16
"""Batches that are put in order of length together: a batch pads to its longest path."""
_RUN = "verify"
_PIECE = re.compile(r"[^\W\d_]{1,6}|\d|[^\w\s]")
"""About what becomes a token: by characters, sums and stories of one length in tokens would lie
far apart, and the padding of batches took a fifth more."""


def score_missing(
    rows: Iterable[LabelledSolution],
    verifier: Verifier,
    key: str,
    store: ScoresFile,
    cancelled: Cancelled,
    *,
    batch: int,
    finished: bool = True,
    on_done: Callable[[int], None] = lambda count: None,
) -> None:
    """Score all rows that the store does not know, and keep each as soon as it is there.

    A row that the verifier refuses (too long for it, say) is kept with the reason.

    Args:
        key: The verifier's, as `verifier_key` gives it.
        batch: Rows in one call, at least 1.
        finished: Whether the rows are whole solutions, and not their beginnings.
        on_done: Is told how many more rows are done; those that were known are not counted.

    Raises:
        RunCancelled: `cancelled()` became True; what was scored is kept.
        ValueError: The verifier goes by log-probabilities, which no file has.
        Exception: Whatever else the verifier raised.
    """
    if verifier.info.reads_logprobs:
        raise ValueError(
            f"{verifier.info.name} goes by the solver's log-probabilities, which a file of "
            "solutions does not have. Choose another verifier."
        )
    source = iter(rows)
    while window := list(islice(source, _WINDOW * batch)):
        unknown = [row for row in window if not store.knows(row_key(row), key)]
        # Attempts that say the same, as a small solver's often do, are read once.
        missing = list({row_key(row): row for row in unknown}.values())
        on_done(len(unknown) - len(missing))
        missing.sort(key=_length)
        for start in range(0, len(missing), batch):
            if cancelled():
                raise RunCancelled
            chunk = missing[start : start + batch]
            for row, scores in _scored(chunk, verifier, cancelled, finished):
                store.add(row_key(row), key, scores)
            if isinstance(verifier, KeepsPaths):
                verifier.release(_RUN, chunk[0].problem)
            on_done(len(chunk))


def _length(row: LabelledSolution) -> int:
    """Of a solution, in about tokens."""
    return sum(len(_PIECE.findall(text)) for text in (row.problem, *row.steps))


def _scored(
    rows: list[LabelledSolution], verifier: Verifier, cancelled: Cancelled, finished: bool
) -> Iterator[tuple[LabelledSolution, GivenScores | str]]:
    """Each row's scores, or why it has none: one bad row costs the others nothing."""
    try:
        yield from zip(rows, _asked(rows, verifier, cancelled, finished), strict=True)
        return
    except ValueError as error:
        if len(rows) == 1:
            yield rows[0], str(error)[:500] or type(error).__name__
            return
    for row in rows:
        yield from _scored([row], verifier, cancelled, finished)


def _asked(
    rows: list[LabelledSolution], verifier: Verifier, cancelled: Cancelled, finished: bool
) -> list[GivenScores]:
    whole = verifier.info.scores == "solutions"
    requests = [
        ScoreRequest(
            row.problem,
            row.steps,
            first=len(row.steps) - 1 if whole else 0,
            finished=finished,
            logprobs=(None,) * len(row.steps),
            run=_RUN,
        )
        for row in rows
    ]
    replies = scored(verifier, requests, cancelled)
    return [
        (None,) * request.first + tuple(reply.scores)
        for request, reply in zip(requests, replies, strict=True)
    ]
